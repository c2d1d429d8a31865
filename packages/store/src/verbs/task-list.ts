/**
 * Task instances across runs. Each page is read along one index, a chunk at a time, and what else was asked for is looked
 * at row by row: filters cost no index of their own, which every task of every run would have to be written into.
 *
 * T1 A chunk is a bounded range of an index in the order of the list. Nothing is sorted but the tasks of one run, and the
 *    few ids of each state where several are asked for.
 * T2 For one page at most `LOOKED_AT` rows are read. What is not found among them is left to the next page.
 */
import type { Reason, TaskState } from '@vaquita/core';
import type { SqlDriver, SqlRow, SqlStatement, SqlValue } from '../ports/driver.ts';
import type { ListedTask, TaskFilter, TaskListStore } from '../ports/task-list.ts';
import { OPEN_STATES_SQL, REMARKABLE_TASK_STATES_SQL } from '../schema/state-lists.ts';
import { statement } from '../sql/access.ts';
import { checkLimit, decodeCursor, encodeCursor } from '../sql/page.ts';
import { LIVE_TASK_STATES, REMARKABLE_TASK_STATES } from './places.ts';

/** Rows read at once where most of them may not be meant. */
const CHUNK = 500;
const LOOKED_AT = 5_000;

const COLUMNS = `t.id, t.name, t.type, t.state, t.attempt, t.current, t.worker_group, t.worker_id, t.worker_name,
  t.submitted_at, t.started_at, t.ended_at, t.exit_code, t.reason,
  r.id as run_id, r.number, r.project_id, r.workflow_id, r.workflow_name`;
const WITH_RUN = 'cross join workflow_instances r on r.id = t.workflow_instance_id';

/** `runs`: by the run first, so that runs lead to their tasks. */
export type TaskListOrder = 'tasks' | 'runs';

/** What makes the fewest rows to look at leads. */
export function orderOf({ workerId, projectId, workflowId, states }: TaskFilter): TaskListOrder {
  if (workerId !== undefined || isOnly(states, REMARKABLE_TASK_STATES)) return 'tasks';
  return projectId !== undefined || workflowId !== undefined || isOnly(states, LIVE_TASK_STATES) ? 'runs' : 'tasks';
}

function isOnly(states: readonly TaskState[] | undefined, among: readonly TaskState[]): boolean {
  return states?.every((state) => among.includes(state)) ?? false;
}

/** The place of a row in a list: what its cursor holds. */
export function placeOf({ id, run }: Pick<ListedTask, 'id' | 'run'>, order: TaskListOrder): string {
  return order === 'tasks' ? id : `${run.id} ${id}`;
}

/** True of a row that is meant. */
export function matches(row: ListedTask, { states, type, workerId, projectId, workflowId }: TaskFilter): boolean {
  return (
    (states === undefined || states.includes(row.state)) &&
    (type === undefined || row.type === type) &&
    (workerId === undefined || row.workerId === workerId) &&
    (projectId === undefined || row.run.projectId === projectId) &&
    (workflowId === undefined || row.run.workflowId === workflowId)
  );
}

export function createTaskListVerbs(driver: SqlDriver): TaskListStore {
  return {
    async list(filter, page) {
      const limit = checkLimit(page.limit);
      const order = orderOf(filter);
      const found: ListedTask[] = [];
      let place = decodeCursor(page, 'text');
      for (let looked = 0; looked < LOOKED_AT; ) {
        const size = isIndexed(filter) ? limit + 1 : CHUNK;
        const rows = (await driver.query(chunkOf(filter, order, place, size))).map(read);
        for (const row of rows) if (matches(row, filter)) found.push(row);
        if (found.length > limit) {
          const items = found.slice(0, limit);
          return { items, next: encodeCursor(placeOf(items.at(-1)!, order)) };
        }
        if (rows.length < size) return { items: found, next: null };
        looked += rows.length;
        place = placeOf(rows.at(-1)!, order);
      }
      return { items: found, next: encodeCursor(place!) };
    },
  };
}

/** The index that leads holds nothing but what is meant. */
function isIndexed({ states, type, workerId, projectId, workflowId }: TaskFilter): boolean {
  if (type !== undefined) return false;
  if (workerId !== undefined) return states === undefined && projectId === undefined && workflowId === undefined;
  const scoped = projectId !== undefined || workflowId !== undefined;
  return states === undefined || (!scoped && isOnly(states, REMARKABLE_TASK_STATES));
}

function chunkOf(filter: TaskFilter, order: TaskListOrder, place: string | null, size: number): SqlStatement {
  if (order === 'runs') return byRuns(filter, place, size);
  const before = place === null ? [] : ['t.id < ?'];
  const beforeArgs = place === null ? [] : [place];
  const { workerId, states } = filter;
  if (workerId !== undefined) {
    return select('indexed by task_instances_worker', ['t.worker_id = ?', ...before], [workerId, ...beforeArgs, size]);
  }
  if (isOnly(states, REMARKABLE_TASK_STATES)) return byStates([...new Set(states)], before, beforeArgs, size);
  return select('', before, [...beforeArgs, size]);
}

function select(from: string, where: readonly string[], args: readonly SqlValue[]): SqlStatement {
  const conditions = where.length === 0 ? '' : `where ${where.join(' and ')}`;
  const sql = `select ${COLUMNS} from task_instances t ${from} ${WITH_RUN} ${conditions} order by t.id desc limit ?`;
  return statement(sql, args);
}

/** One bounded range for each state, merged: a single `state in (…)` would be sorted anew for each page. */
function byStates(states: readonly TaskState[], before: readonly string[], args: readonly string[], size: number) {
  if (states.length === 0) return statement(`select ${COLUMNS} from task_instances t ${WITH_RUN} where 0`);
  const where = ['t.state = ?', `t.state in ${REMARKABLE_TASK_STATES_SQL}`, ...before].join(' and ');
  const one = `select * from (select t.id from task_instances t indexed by task_instances_remarkable where ${where}
    order by t.id desc limit ?)`;
  const ids = `select id from (${states.map(() => one).join(' union all ')}) order by id desc limit ?`;
  return statement(
    `select ${COLUMNS} from (${ids}) f cross join task_instances t on t.id = f.id ${WITH_RUN} order by f.id desc`,
    [...states.flatMap((state) => [state, ...args, size]), size],
  );
}

/** The runs of a workflow, of a project, or those that are open; newest first, and of each its tasks, newest first. */
function byRuns({ projectId, workflowId, states }: TaskFilter, place: string | null, size: number): SqlStatement {
  const where: string[] = [];
  const args: SqlValue[] = [];
  if (workflowId !== undefined) {
    where.push('r.workflow_id = ?');
    args.push(workflowId);
  } else if (projectId !== undefined) {
    where.push('r.project_id = ?');
    args.push(projectId);
  }
  // Said as its partial index says it; beside a workflow or a project it is looked at row by row.
  const lead = where.length === 0 ? 'indexed by workflow_instances_open' : '';
  if (isOnly(states, LIVE_TASK_STATES)) where.push(`${lead === '' ? '+' : ''}r.state in ${OPEN_STATES_SQL}`);
  if (place !== null) {
    const [run, task] = place.split(' ') as [string, string | undefined];
    where.push('r.id <= ?', '(r.id < ? or t.id < ?)');
    args.push(run, run, task ?? '');
  }
  return statement(
    `select ${COLUMNS} from workflow_instances r ${lead} cross join task_instances t indexed by task_instances_run
      on t.workflow_instance_id = r.id where ${where.join(' and ')} order by r.id desc, t.id desc limit ?`,
    [...args, size],
  );
}

function read(row: SqlRow): ListedTask {
  const number = (value: unknown) => (value === null ? null : Number(value));
  return {
    id: row.id as ListedTask['id'],
    name: String(row.name),
    type: String(row.type),
    state: row.state as TaskState,
    attempt: Number(row.attempt),
    current: Number(row.current) === 1,
    workerGroup: String(row.worker_group),
    workerId: row.worker_id as ListedTask['workerId'],
    workerName: row.worker_name as string | null,
    submittedAt: Number(row.submitted_at),
    startedAt: number(row.started_at),
    endedAt: number(row.ended_at),
    exitCode: number(row.exit_code),
    reason: row.reason === null ? null : (JSON.parse(String(row.reason)) as Reason),
    run: {
      id: row.run_id as ListedTask['run']['id'],
      number: number(row.number),
      projectId: row.project_id as ListedTask['run']['projectId'],
      workflowId: row.workflow_id as ListedTask['run']['workflowId'],
      workflowName: String(row.workflow_name),
    },
  };
}
