/** Verbs of the leader's duty on schedules; `ScheduleQueue` says what holds. */
import {
  AppError,
  type ScheduleFireRow,
  type ScheduleId,
  type ScheduleRow,
  type WorkflowInstanceId,
  type WorkflowState,
} from '@vaquita/core';
import type { SqlDriver, SqlStatement } from '../../ports/driver.ts';
import type { OpenRun, ScheduleQueue, ScheduleStep } from '../../ports/schedules.ts';
import { OPEN_STATES_SQL } from '../../schema/state-lists.ts';
import { many, one, statement } from '../../sql/access.ts';
import { fence } from '../../sql/fence.ts';
import { CALENDARS, SCHEDULE_FIRES, SCHEDULE_REMAINS, SCHEDULES } from '../../sql/tables.ts';
import { fileCommand } from '../commands.ts';
import type { DocumentCache } from '../document-cache.ts';
import { filingStatements } from '../instances.ts';
import { createScheduledWorkflows } from './scheduled-workflows.ts';

const WORKFLOW_ONLINE = 'exists (select 1 from workflows w where w.id = schedules.workflow_id and w.online = 1)';
const DUE = `select ${SCHEDULES.columns} from schedules indexed by schedules_due
  where due_at is not null and due_at <= ? and ${WORKFLOW_ONLINE} order by due_at, id limit ?`;
const NEXT_DUE =
  'select min(due_at) as at from schedules indexed by schedules_due where due_at is not null and due_at > ?';
const OPEN = `i.origin_id is not null and i.state in ${OPEN_STATES_SQL}`;
const UNBLOCKED = `select ${SCHEDULES.columns} from schedules where id in (
    select distinct schedule_id from schedule_fires indexed by schedule_fires_queued where outcome = 'queued' and schedule_id > ?)
  and online = 1 and ${WORKFLOW_ONLINE}
  and not exists (select 1 from workflow_instances i indexed by workflow_instances_origin_open
    where i.origin_id = schedules.id and ${OPEN}) order by id limit ?`;

const CALENDARS_OF = `select ${CALENDARS.columns} from calendars where id in (select value from json_each(?))`;
const OPEN_RUNS = `select i.origin_id, i.id, i.state from json_each(?) s
  cross join workflow_instances i indexed by workflow_instances_origin_open on i.origin_id = s.value
  where ${OPEN} order by i.id`;
const QUEUED = `select ${SCHEDULE_FIRES.columns} from json_each(?) s
  cross join schedule_fires indexed by schedule_fires_queued on schedule_fires.schedule_id = s.value
  where outcome = 'queued' order by fire_at`;
const RECORDED = `select f.schedule_id, f.fire_at from json_each(?) s
  cross join schedule_fires f on f.schedule_id = s.value ->> 0 and f.fire_at > s.value ->> 1`;

const ADVANCE = `update schedules set cursor_at = ?, due_at = ?, problem = null
  where id = ? and revision = ? and cursor_at = ? and online = 1 and ${WORKFLOW_ONLINE}`;
const DEQUEUE = `update schedule_fires set outcome = ?, reason_code = ?, reason = ?, workflow_instance_id = ?, decided_at = ?
  where schedule_id = ? and fire_at = ? and outcome = 'queued'`;

const SET_ASIDE = `update schedules set problem = ? where id = ? and revision = ? and online = 1 and ${WORKFLOW_ONLINE}`;

const AHEAD = 'select id, cursor_at from schedules where cursor_at > ? and online = 1 limit ?';
/** By a clock that was ahead. */
const UNTRUE = `schedule_id = ? and decided_at > ? and outcome in ('missed', 'skipped')`;
const FIRST_UNTRUE = `(select min(fire_at) - 1 from schedule_fires where ${UNTRUE})`;
/** Never to before it began. What it has not come to since then is decided from there on. */
const TAKE_BACK = `update schedules set
    cursor_at = min(?, case when cursor_at = begun_cursor_at then begun_at
      else max(begun_at, coalesce(${FIRST_UNTRUE}, ?)) end),
    begun_cursor_at = begun_at,
    due_at = case when ${WORKFLOW_ONLINE} then ? end
  where id = ? and cursor_at = ?`;
const FORGET = `delete from schedule_fires where ${UNTRUE}
  and through_at > (select cursor_at from schedules where id = schedule_id)`;

const REMAINS = `select ${SCHEDULE_REMAINS.columns}, (select json_group_array(f.fire_at) from schedule_fires f
    where f.schedule_id = schedule_remains.schedule_id and f.fire_at > after_at and f.fire_at <= up_to) as recorded
  from schedule_remains limit ?`;
const SETTLE = 'update schedule_remains set after_at = ? where schedule_id = ? and up_to = ? and after_at = ?';
const SETTLED = 'delete from schedule_remains where schedule_id = ? and up_to = ? and after_at = ?';

const FIGURES = `select (select count(*) from schedules) as total,
  (select count(*) from schedules indexed by schedules_due where due_at is not null) as active,
  (select count(*) from schedule_fires indexed by schedule_fires_queued where outcome = 'queued') as queued,
  (select count(*) from schedules indexed by schedules_problem where problem is not null) as failing`;

export function createScheduleQueueVerbs(driver: SqlDriver, documents: DocumentCache): ScheduleQueue {
  const scheduledWorkflows = createScheduledWorkflows(driver, documents);

  /** Nothing is asked about an empty list. */
  async function rowsOf(sql: string, list: readonly unknown[]) {
    return list.length === 0 ? [] : await many(driver, sql, [JSON.stringify(list)]);
  }

  async function takeBackOne(epoch: number, id: ScheduleId, cursorAt: number, now: number): Promise<boolean> {
    try {
      await driver.write([
        fence(epoch),
        statement(TAKE_BACK, [now, id, now, now, now, id, cursorAt], 1),
        statement(FORGET, [id, now]),
      ]);
      return true;
    } catch (thrown) {
      if (thrown instanceof AppError && thrown.code === 'conflict') return false;
      throw thrown;
    }
  }

  return {
    async due(by, limit) {
      return (await many(driver, DUE, [by, limit])).map(SCHEDULES.read);
    },
    async nextDueAt(after) {
      return ((await one(driver, NEXT_DUE, [after]))?.at ?? null) as number | null;
    },
    async unblocked(after, limit) {
      return (await many(driver, UNBLOCKED, [after ?? '', limit])).map(SCHEDULES.read);
    },
    async surroundings(schedules) {
      const calendars = schedules.flatMap(({ plan }) => [...plan.calendars.include, ...plan.calendars.exclude]);
      const counting = schedules.filter(countsRuns).map(({ id }) => id);
      const cursors = schedules.map(({ id, cursorAt }) => [id, cursorAt]);
      const [calendarRows, workflows, open, queued, recorded] = await Promise.all([
        rowsOf(CALENDARS_OF, [...new Set(calendars)]),
        scheduledWorkflows(schedules),
        rowsOf(OPEN_RUNS, counting),
        rowsOf(
          QUEUED,
          schedules.map(({ id }) => id),
        ),
        rowsOf(RECORDED, cursors),
      ]);
      return {
        calendars: calendarRows.map(CALENDARS.read),
        workflows,
        open: open.map(
          (row): OpenRun => ({
            scheduleId: row.origin_id as ScheduleId,
            id: row.id as WorkflowInstanceId,
            state: row.state as WorkflowState,
          }),
        ),
        queued: queued.map(SCHEDULE_FIRES.read),
        recorded: recorded.map((row) => ({
          scheduleId: row.schedule_id as ScheduleId,
          fireAt: Number(row.fire_at),
        })),
      };
    },
    async advance(epoch, steps) {
      await driver.write([fence(epoch), ...steps.flatMap(statementsOf)]);
    },
    async setAside(epoch, { id, revision }, problem) {
      await driver.write([fence(epoch), statement(SET_ASIDE, [JSON.stringify(problem), id, revision], 1)]);
    },
    async takeBack(epoch, { now, toleranceMs, limit }) {
      let taken = 0;
      for (const row of await many(driver, AHEAD, [now + toleranceMs, limit])) {
        if (await takeBackOne(epoch, row.id as ScheduleId, Number(row.cursor_at), now)) taken += 1;
      }
      return taken;
    },
    async remains(limit) {
      return (await many(driver, REMAINS, [limit])).map((row) => ({
        remains: SCHEDULE_REMAINS.read(row),
        recorded: JSON.parse(String(row.recorded)) as number[],
      }));
    },
    async settleRemains(epoch, { scheduleId, upTo, afterAt }, { fires, afterAt: reached }) {
      const key = [scheduleId, upTo, afterAt];
      await driver.write([
        fence(epoch),
        reached === null ? statement(SETTLED, key, 1) : statement(SETTLE, [reached, ...key], 1),
        ...fires.map((fire) => statement(SCHEDULE_FIRES.insert, SCHEDULE_FIRES.args(fire))),
      ]);
    },
    async figures() {
      const row = (await one(driver, FIGURES))!;
      const { total, active, queued, failing } = row;
      return { total: Number(total), active: Number(active), queued: Number(queued), failing: Number(failing) };
    },
  };
}

/** Whether open runs matter to what is decided about its fire times. */
export function countsRuns({ plan }: Pick<ScheduleRow, 'plan'>): boolean {
  return plan.overlap.policy !== 'parallel' || plan.overlap.limit !== null;
}

function statementsOf({
  schedule,
  cursorAt,
  dueAt,
  fires,
  dequeued,
  runs,
  stops,
}: ScheduleStep): readonly SqlStatement[] {
  return [
    statement(ADVANCE, [cursorAt, dueAt, schedule.id, schedule.revision, schedule.cursorAt], 1),
    ...fires.map((fire) => statement(SCHEDULE_FIRES.insert, SCHEDULE_FIRES.args(fire))),
    ...dequeued.map(dequeue),
    ...runs.flatMap((run) => filingStatements(run)),
    ...stops.map(fileCommand),
  ];
}

function dequeue(fire: ScheduleFireRow): SqlStatement {
  const { outcome, reasonCode, reason, workflowInstanceId, decidedAt, scheduleId, fireAt } = fire;
  return statement(DEQUEUE, [outcome, reasonCode, reason, workflowInstanceId, decidedAt, scheduleId, fireAt], 1);
}
