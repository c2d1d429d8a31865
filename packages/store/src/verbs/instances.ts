/** Verbs on runs as people look at them, and the one that files a run. */
import { AppError, type WorkflowState } from '@vaquita/core';
import type { InstanceFilter, InstanceStore } from '../ports/api.ts';
import type { SqlDriver, SqlStatement, SqlValue } from '../ports/driver.ts';
import type { Filing } from '../ports/master.ts';
import { many, one, statement, writeOr } from '../sql/access.ts';
import { checkLimit, decodeCursor, toPage } from '../sql/page.ts';
import { AUDIT, COMMANDS, type CommandEnd, ENDED_COMMANDS, INSTANCES, NEW_EVENTS, TASKS } from '../sql/tables.ts';
import { toStored } from './commands.ts';

const SELECT = `select ${INSTANCES.columns} from workflow_instances`;
/** The run is filed only while its version is there, so that a workflow deleted meanwhile gets no run. */
const START = `${INSTANCES.insertSelect} where exists (
    select 1 from workflow_versions where workflow_id = ? and version = ?)`;
const TASKS_OF_RUN = `select ${TASKS.columns} from task_instances where workflow_instance_id = ? order by id`;
const TASK_PAGE = `select ${TASKS.columns} from task_instances where workflow_instance_id = ? and id > ? order by id limit ?`;
const COUNTS = 'select state, count(*) as n from workflow_instances where created_at >= ? group by state';

/**
 * What files a run: its row, its start command, its first event, and who asked for it.
 * @param ended how the command ended, when that is written in the same unit
 */
export function filingStatements(
  { instance, command, event, audit }: Filing,
  ended?: CommandEnd,
): readonly SqlStatement[] {
  const stored = toStored(command);
  return [
    statement(START, [...INSTANCES.args(instance), instance.workflowId, instance.version], 1),
    ended
      ? statement(ENDED_COMMANDS.insert, ENDED_COMMANDS.args({ ...stored, ...ended }))
      : statement(COMMANDS.insert, COMMANDS.args(stored)),
    statement(NEW_EVENTS.insert, NEW_EVENTS.args(event)),
    ...(audit ? [statement(AUDIT.insert, AUDIT.args(audit))] : []),
  ];
}

export function createInstanceVerbs(driver: SqlDriver): InstanceStore {
  async function find(id: string) {
    const row = await one(driver, `${SELECT} where id = ?`, [id]);
    return row && INSTANCES.read(row);
  }

  return {
    find,
    async start(instance, command, event, audit) {
      const { id, version, workflowName } = instance;
      await writeOr(driver, filingStatements({ instance, command, event, audit }), async () =>
        (await find(id)) === undefined
          ? new AppError('conflict', `Version ${version} of workflow ${workflowName} is no longer there.`)
          : new AppError('conflict', `The run ${id} has been filed already.`),
      );
    },
    async list(filter, page) {
      const limit = checkLimit(page.limit);
      const rows = await driver.query(selectInstances(filter, decodeCursor(page, 'text'), limit + 1));
      return toPage(rows.map(INSTANCES.read), limit, (row) => row.id);
    },
    async tasks(id) {
      return (await many(driver, TASKS_OF_RUN, [id])).map(TASKS.read);
    },
    async taskPage(id, page) {
      const limit = checkLimit(page.limit);
      const rows = await many(driver, TASK_PAGE, [id, decodeCursor(page, 'text') ?? '', limit + 1]);
      return toPage(rows.map(TASKS.read), limit, (row) => row.id);
    },
    async task(id) {
      const row = await one(driver, `select ${TASKS.columns} from task_instances where id = ?`, [id]);
      return row && TASKS.read(row);
    },
    async countsByState(since) {
      const counts: Partial<Record<WorkflowState, number>> = {};
      for (const row of await many(driver, COUNTS, [since])) counts[row.state as WorkflowState] = Number(row.n);
      return counts;
    },
  };
}

/**
 * Newest first. Several states are read as one bounded range of an index each and merged: a single `state in (…)`
 * would make SQLite sort all runs of these states for each page.
 */
function selectInstances(filter: InstanceFilter, before: string | null, limit: number): SqlStatement {
  if (filter.parentId !== undefined) return selectChildren(filter.parentId, filter, before, limit);
  const scope: string[] = [];
  const scopeArgs: SqlValue[] = [];
  // A workflow is of one project; when both are given the workflow's index does the work.
  if (filter.workflowId !== undefined) {
    scope.push('workflow_id = ?');
    scopeArgs.push(filter.workflowId);
  }
  if (filter.projectId !== undefined) {
    scope.push(filter.workflowId === undefined ? 'project_id = ?' : '+project_id = ?');
    scopeArgs.push(filter.projectId);
  }
  const range = before === null ? [] : ['id < ?'];
  const rangeArgs: SqlValue[] = before === null ? [] : [before];
  const where = (parts: readonly string[]) => (parts.length === 0 ? '' : `where ${parts.join(' and ')}`);

  if (filter.states === undefined) {
    const sql = `${SELECT} ${where([...scope, ...range])} order by id desc limit ?`;
    return statement(sql, [...scopeArgs, ...rangeArgs, limit]);
  }
  const states = [...new Set(filter.states)];
  if (states.length === 0) return statement(`${SELECT} where 0`);
  const perState = `select * from (select id from workflow_instances ${where([...scope, 'state = ?', ...range])} order by id desc limit ?)`;
  const sql = `${SELECT} where id in (select id from (${states.map(() => perState).join(' union all ')}) order by id desc limit ?)
    order by id desc`;
  const args = states.flatMap((state) => [...scopeArgs, state, ...rangeArgs, limit]);
  return statement(sql, [...args, limit]);
}

/** Children of one run: few enough that its index does the work and everything else is looked at row by row. */
function selectChildren(
  parentId: string,
  { projectId, workflowId, states }: InstanceFilter,
  before: string | null,
  limit: number,
): SqlStatement {
  const where = ['parent_instance_id = ?'];
  const args: SqlValue[] = [parentId];
  function also(part: string, value: SqlValue): void {
    where.push(part);
    args.push(value);
  }
  if (before !== null) also('id < ?', before);
  if (workflowId !== undefined) also('+workflow_id = ?', workflowId);
  if (projectId !== undefined) also('+project_id = ?', projectId);
  if (states !== undefined) also('+state in (select value from json_each(?))', JSON.stringify(states));
  return statement(`${SELECT} where ${where.join(' and ')} order by id desc limit ?`, [...args, limit]);
}
