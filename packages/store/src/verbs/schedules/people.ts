/** Verbs on schedules as people see and change them. */
import { AppError, type ScheduleRow, type WorkflowId } from '@vaquita/core';
import type { PageRequest } from '../../ports/api.ts';
import type { SqlDriver, SqlStatement, SqlValue } from '../../ports/driver.ts';
import type { ScheduleFilter, ScheduleReader, ScheduleStore } from '../../ports/schedules.ts';
import { many, one, statement, writeOr } from '../../sql/access.ts';
import { checkLimit, decodeCursor, toPage } from '../../sql/page.ts';
import { SCHEDULE_FIRES, SCHEDULES } from '../../sql/tables.ts';

const SELECT = `select ${SCHEDULES.columns} from schedules`;
const FIRES = `select ${SCHEDULE_FIRES.columns} from schedule_fires where schedule_id = ?`;
const OF_WORKFLOWS = `select ${SCHEDULES.columns} from json_each(?) w cross join schedules on schedules.id in (
  select x.id from schedules x indexed by schedules_name where x.workflow_id = w.value order by x.name limit ?)`;
const LAST_FIRES = `select ${SCHEDULE_FIRES.columns} from json_each(?) s cross join schedule_fires
  on schedule_fires.schedule_id = s.value
  and fire_at = (select max(f.fire_at) from schedule_fires f where f.schedule_id = s.value)`;

const NO_CALENDAR_IS_GONE = `not exists (select 1 from (
    select value from json_each(?, '$.calendars.include') union select value from json_each(?, '$.calendars.exclude')
  ) where value not in (select id from calendars))`;
const CREATE = `${SCHEDULES.insertSelect} where ${NO_CALENDAR_IS_GONE}`;

/** What the leader is to look at: it finds out itself when the next fire time is. */
const WORKFLOW_ONLINE = 'exists (select 1 from workflows w where w.id = workflow_id and w.online = 1)';
const BEGUN = 'begun_at = ?, cursor_at = max(cursor_at, ?), begun_cursor_at = max(cursor_at, ?)';
const BEGIN = `update schedules set ${BEGUN},
  due_at = case when ${WORKFLOW_ONLINE} then ? end where id = ? and online = 1`;
/** Before the change itself. */
const BEGIN_ANEW_WITH_PLAN = `update schedules set ${BEGUN},
  due_at = case when online = 1 and ${WORKFLOW_ONLINE} then ? end where id = ? and revision = ? and plan <> ?`;
/** Of each change by a person; after it the leader finds out anew whether it can deal with the schedule. */
const CHANGED = 'problem = null, revision = revision + 1, updated_by = ?, updated_at = ?';
const UPDATE = `update schedules set name = coalesce(?, name), description = coalesce(?, description),
  plan = coalesce(?, plan), start = coalesce(?, start), ${CHANGED}
  where id = ? and revision = ? and (? is null or ${NO_CALENDAR_IS_GONE})`;
const SET_ONLINE = `update schedules set online = ?, ${CHANGED}
  where id = ? and online <> ? and revision = coalesce(?, revision)`;
const REST = 'update schedules set due_at = null where id = ?';
const PAUSE = `update schedules set paused_until = ?, ${CHANGED}
  where id = ? and revision = coalesce(?, revision)`;
const DELETE = 'delete from schedules where id = ? and revision = coalesce(?, revision)';
/** Before the change itself: fire times that have come up and are not decided get their records from the leader. */
const LEAVE = `insert or ignore into schedule_remains (schedule_id, project_id, workflow_id, plan, after_at, up_to, why)
  select id, project_id, workflow_id, plan, cursor_at, ?, ? from schedules
  where cursor_at < ? and online = 1 and ${WORKFLOW_ONLINE}`;
const LEAVE_OF = `${LEAVE} and id = ?`;
const LEAVE_OF_PLAN = `${LEAVE_OF} and revision = ? and plan <> ?`;
const LEAVE_OF_WORKFLOW = `${LEAVE} and workflow_id = ?`;
/** What the plan of a schedule names, beside it. */
const USE = `insert into calendar_uses (calendar_id, schedule_id)
  select value, ? from json_each(?, '$.calendars.include') union select value, ? from json_each(?, '$.calendars.exclude')`;
const USE_NO_MORE = 'delete from calendar_uses where schedule_id = ?';
const USE_NO_MORE_OF_WORKFLOW =
  'delete from calendar_uses where schedule_id in (select id from schedules where workflow_id = ?)';
const SKIP_QUEUED = `update schedule_fires set outcome = 'skipped', reason_code = 'schedule_changed', reason = ?, decided_at = ?
  where outcome = 'queued'`;
const SKIP_QUEUED_OF = `${SKIP_QUEUED} and schedule_id = ?`;
/** Before the change itself: another plan has nothing wait that the one before let wait. */
const SKIP_QUEUED_OF_PLAN = `${SKIP_QUEUED} and schedule_id = (select id from schedules where id = ? and revision = ? and plan <> ?)`;
const SKIP_QUEUED_OF_WORKFLOW = `${SKIP_QUEUED} and schedule_id in (select id from schedules where workflow_id = ?)`;

export const TAKEN_OFFLINE = 'The schedule was taken offline before this fire time had its turn.';
export const OTHER_PLAN = 'The schedule got another plan before this fire time had its turn.';
export const DELETED = 'The schedule was deleted before this fire time had its turn.';
export const WORKFLOW_OFFLINE = 'The workflow was taken offline or deleted before this fire time had its turn.';

export function createScheduleVerbs(driver: SqlDriver): ScheduleStore {
  const reader = createScheduleReader(driver);
  const { find, findByName } = reader;

  return {
    ...reader,
    async create(row) {
      const plan = JSON.stringify(row.plan);
      const unit = [
        statement(CREATE, [...SCHEDULES.args({ ...row, dueAt: null }), plan, plan], 1),
        statement(USE, [row.id, plan, row.id, plan]),
        statement(BEGIN, begunArgs(row.updatedAt, row.id)),
      ];
      await writeOr(driver, unit, async () => {
        const exists = await one(driver, 'select 1 from workflows where id = ?', [row.workflowId]);
        if (exists === undefined) return new AppError('not_found', `There is no workflow ${row.workflowId}.`);
        return (await findByName(row.workflowId, row.name)) === undefined ? calendarGone() : nameInUse(row.name);
      });
    },
    async update({ id, revision }, { name, description, plan, start, by, at }) {
      const [planText, startText] = [plan, start].map((value) => (value === undefined ? null : JSON.stringify(value)));
      const args: SqlValue[] = [name ?? null, description ?? null, planText!, startText!, by, at, id, revision];
      const unit = [statement(UPDATE, [...args, planText!, planText!, planText!], 1)];
      if (plan !== undefined) {
        unit.unshift(
          statement(LEAVE_OF_PLAN, [at, OTHER_PLAN, at, id, revision, planText!]),
          statement(SKIP_QUEUED_OF_PLAN, [OTHER_PLAN, at, id, revision, planText!]),
          statement(BEGIN_ANEW_WITH_PLAN, [...begunArgs(at, id), revision, planText!]),
        );
        unit.push(statement(USE_NO_MORE, [id]), statement(USE, [id, planText!, id, planText!]));
      }
      await writeOr(driver, unit, async () => {
        const row = await find(id);
        if (row === undefined) return noSchedule(id);
        if (row.revision !== revision) return changedMeanwhile();
        const other = name === undefined ? undefined : await findByName(row.workflowId, name);
        return other === undefined || other.id === id ? calendarGone() : nameInUse(other.name);
      });
    },
    async setOnline(id, online, { by, at, revision }) {
      const target = online ? 1 : 0;
      const change = statement(SET_ONLINE, [target, by, at, id, target, revision ?? null], 1);
      if (online) return changeOnce([change, statement(BEGIN, begunArgs(at, id))], { id, revision });
      const rest = [statement(SKIP_QUEUED_OF, [TAKEN_OFFLINE, at, id]), statement(REST, [id])];
      return changeOnce([statement(LEAVE_OF, [at, TAKEN_OFFLINE, at, id]), change, ...rest], { id, revision });
    },
    async pause(id, until, { by, at, revision }) {
      const change = statement(PAUSE, [until, by, at, id, revision ?? null], 1);
      await writeOr(driver, [change], () => refusal(id));
    },
    async delete(id, { at, revision }) {
      const unit = [
        statement(LEAVE_OF, [at, DELETED, at, id]),
        statement(SKIP_QUEUED_OF, [DELETED, at, id]),
        statement(USE_NO_MORE, [id]),
        statement(DELETE, [id, revision ?? null], 1),
      ];
      await writeOr(driver, unit, () => refusal(id));
    },
  };

  /** Of a change that would go well with any row of its revision. */
  async function refusal(id: string): Promise<AppError> {
    return (await find(id)) === undefined ? noSchedule(id) : changedMeanwhile();
  }

  /** @returns false when it is as asked already. */
  async function changeOnce(
    unit: readonly SqlStatement[],
    { id, revision }: { readonly id: string; readonly revision: number | undefined },
  ): Promise<boolean> {
    try {
      await driver.write(unit);
      return true;
    } catch (thrown) {
      if (!(thrown instanceof AppError) || thrown.code !== 'conflict') throw thrown;
      const row = await find(id);
      if (row === undefined) throw noSchedule(id);
      if ((revision ?? row.revision) !== row.revision) throw changedMeanwhile();
      return false;
    }
  }
}

function createScheduleReader(driver: SqlDriver): ScheduleReader {
  async function findOne(where: string, args: readonly SqlValue[]): Promise<ScheduleRow | undefined> {
    const row = await one(driver, `${SELECT} where ${where}`, args);
    return row && SCHEDULES.read(row);
  }

  return {
    find: (id) => findOne('id = ?', [id]),
    findByName: (workflowId, name) => findOne('workflow_id = ? and name = ?', [workflowId, name]),
    async list(filter, page) {
      const { limit, where, args } = listParts(filter, page);
      const rows = await many(driver, `${SELECT} ${where} order by id limit ?`, [...args, limit + 1]);
      return toPage(rows.map(SCHEDULES.read), limit, (row) => row.id);
    },
    async ofWorkflows(ids, each) {
      const rows = await many(driver, OF_WORKFLOWS, [JSON.stringify([...new Set(ids)]), each]);
      return rows.map(SCHEDULES.read);
    },
    async fires(id, page, outcome) {
      const limit = checkLimit(page.limit);
      const before = decodeCursor(page, 'number');
      const parts = [FIRES];
      const args: SqlValue[] = [id];
      if (before !== null) {
        parts.push('fire_at < ?');
        args.push(before);
      }
      if (outcome !== undefined) {
        parts.push('outcome = ?');
        args.push(outcome);
      }
      const rows = await many(driver, `${parts.join(' and ')} order by fire_at desc limit ?`, [...args, limit + 1]);
      return toPage(rows.map(SCHEDULE_FIRES.read), limit, (row) => row.fireAt);
    },
    async lastFires(ids) {
      return (await many(driver, LAST_FIRES, [JSON.stringify(ids)])).map(SCHEDULE_FIRES.read);
    },
  };
}

/** A workflow is of one project: when both are given the workflow's index does the work. */
function listParts({ projectId, workflowId, online }: ScheduleFilter, page: PageRequest) {
  const where: string[] = [];
  const args: SqlValue[] = [];
  const also = (part: string, ...values: SqlValue[]): void => {
    where.push(part);
    args.push(...values);
  };
  const after = decodeCursor(page, 'text');
  if (workflowId !== undefined) also('workflow_id = ?', workflowId);
  if (projectId !== undefined) also(workflowId === undefined ? 'project_id = ?' : '+project_id = ?', projectId);
  if (after !== null) also('id > ?', after);
  // As a constant: the indices of what is online, and of what is not, are found by it.
  if (online !== undefined) also(`online = ${Number(online)}`);
  return { limit: checkLimit(page.limit), where: where.length === 0 ? '' : `where ${where.join(' and ')}`, args };
}

/** Before the change of the workflow itself: what its schedules do when it goes on- or offline. */
export function followWorkflow(id: WorkflowId, online: boolean, at: number): readonly SqlStatement[] {
  const changes = 'exists (select 1 from workflows w where w.id = ? and w.online <> ?)';
  if (online) {
    const begin = `update schedules set ${BEGUN}, due_at = ? where workflow_id = ? and online = 1 and ${changes}`;
    return [statement(begin, [...begunArgs(at, id), id, 1])];
  }
  return [
    statement(`${LEAVE_OF_WORKFLOW} and ${changes}`, [at, WORKFLOW_OFFLINE, at, id, id, 0]),
    statement(`${SKIP_QUEUED_OF_WORKFLOW} and ${changes}`, [WORKFLOW_OFFLINE, at, id, id, 0]),
    statement('update schedules set due_at = null, problem = null where workflow_id = ?', [id]),
  ];
}

/** Before the workflow itself is deleted. */
export function deleteSchedulesOf(id: WorkflowId, at: number): readonly SqlStatement[] {
  return [
    statement(LEAVE_OF_WORKFLOW, [at, WORKFLOW_OFFLINE, at, id]),
    statement(SKIP_QUEUED_OF_WORKFLOW, [WORKFLOW_OFFLINE, at, id]),
    statement(USE_NO_MORE_OF_WORKFLOW, [id]),
    statement('delete from schedules where workflow_id = ?', [id]),
  ];
}

function begunArgs(at: number, id: string): readonly SqlValue[] {
  return [at, at, at, at, id];
}

export function noSchedule(id: string): AppError {
  return new AppError('not_found', `There is no schedule ${id}.`);
}

export function nameInUse(name: string): AppError {
  return new AppError('name_in_use', `The workflow has a schedule named "${name}" already. Choose another name.`);
}

export function calendarGone(): AppError {
  return new AppError('conflict', 'One of the calendars is not there any more. Look again at which there are.');
}

export function changedMeanwhile(): AppError {
  return new AppError(
    'conflict',
    'Somebody else has changed the schedule meanwhile. Look at it again, then change it.',
  );
}
