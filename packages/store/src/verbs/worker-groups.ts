/** Verbs of the worker groups. Who waits for them is read from the task instances each time. */
import { AppError, isLogicType, LOGIC_TASK_TYPES, type NewEvent } from '@vaquita/core';
import type { WorkerGroupStore } from '../ports/api.ts';
import type { SqlDriver, SqlStatement } from '../ports/driver.ts';
import type { WorkerGroupRow } from '../ports/master.ts';
import { LIVE_TASK_STATES_SQL, OPEN_STATES_SQL } from '../schema/state-lists.ts';
import { many, one, refuse, statement, writeOr } from '../sql/access.ts';
import { NEW_EVENTS, WORKER_GROUPS } from '../sql/tables.ts';
import { readNamedRows } from './named-rows.ts';

/** Before the change itself: tells of it if there is something to change. */
const TELL = `${NEW_EVENTS.insertSelect} from worker_groups where id = ?`;
const UPDATE = `update worker_groups set description = coalesce(?, description), policy = coalesce(?, policy),
  workers = coalesce(?, workers), updated_at = ? where id = ?`;
const ASSIGN = `update worker_groups set updated_at = ?, workers = (select json_group_array(value) from (
    select value from json_each(worker_groups.workers) union select ? order by 1)) where id = ?`;
const UNASSIGN = `update worker_groups set updated_at = ?, workers = (select json_group_array(value) from (
    select value from json_each(worker_groups.workers) where value <> ? order by 1)) where id = ?`;
const DELETE = 'delete from worker_groups where id = ?';

const LOGIC_TYPES_SQL = `(${Object.keys(LOGIC_TASK_TYPES)
  .map((type) => `'${type}'`)
  .join(', ')})`;
/** In this order of tables only newest versions are read. A document that does not hold the name at all is not taken apart. */
const WORKFLOWS_WITH = `select p.name as project, w.name as workflow from projects p
  cross join workflows w on w.project_id = p.id
  cross join workflow_versions v on v.workflow_id = w.id and v.version = w.version
  where instr(v.document, ?) > 0 and exists (
    select 1 from json_each(v.document, '$.tasks') task where json_extract(task.value, '$.workerGroup') = ?)
  order by p.name, w.name limit ?`;
const RUNS_WITH = `select count(*) as n from workflow_instances indexed by workflow_instances_open
  where state in ${OPEN_STATES_SQL} and worker_group = ?`;
const TASKS_WITH = `select count(*) as n from workflow_instances run indexed by workflow_instances_open
  cross join task_instances task indexed by task_instances_run on task.workflow_instance_id = run.id
  where run.state in ${OPEN_STATES_SQL} and task.worker_group = ? and task.state in ${LIVE_TASK_STATES_SQL}
    and task.type not in ${LOGIC_TYPES_SQL}`;
/** Nothing but a worker is missing to them: they wait for no slot of a task group. */
const QUEUED = `select worker_group, type, count(*) as n from task_instances indexed by task_instances_queued
  where state = 'submitted' and (task_group is null or group_slot is not null or group_forced)
  group by worker_group, type`;
const ALL = `select ${WORKER_GROUPS.columns} from worker_groups order by name`;

/** By name. */
export async function readWorkerGroups(driver: SqlDriver): Promise<readonly WorkerGroupRow[]> {
  return (await many(driver, ALL)).map(WORKER_GROUPS.read);
}

export function createWorkerGroupVerbs(driver: SqlDriver): WorkerGroupStore {
  const { find } = readNamedRows(driver, 'worker_groups', WORKER_GROUPS);

  async function change(id: string, statements: readonly SqlStatement[], event: NewEvent): Promise<void> {
    const [, result] = await driver.write([statement(TELL, [...NEW_EVENTS.args(event), id]), ...statements]);
    if (result!.changes === 0) throw new AppError('not_found', `There is no worker group ${id}.`);
  }

  return {
    async create(row, event) {
      await writeOr(
        driver,
        [
          statement(WORKER_GROUPS.insert, WORKER_GROUPS.args(row)),
          statement(NEW_EVENTS.insert, NEW_EVENTS.args(event)),
        ],
        refuse('name_in_use', `A worker group named "${row.name}" exists already. Choose another name.`),
      );
    },
    find,
    all: () => readWorkerGroups(driver),
    update(id, { description, policy, workers }, event) {
      const list = workers === undefined ? null : JSON.stringify(workers);
      return change(id, [statement(UPDATE, [description ?? null, policy ?? null, list, event.at, id])], event);
    },
    assign(id, { worker, assigned }, event) {
      return change(id, [statement(assigned ? ASSIGN : UNASSIGN, [event.at, worker, id])], event);
    },
    delete: (id, event) => change(id, [statement(DELETE, [id])], event),
    async uses(name, limit) {
      const workflows = await many(driver, WORKFLOWS_WITH, [JSON.stringify(name), name, limit]);
      return {
        workflows: workflows.map((row) => ({ project: String(row.project), workflow: String(row.workflow) })),
        runs: Number((await one(driver, RUNS_WITH, [name]))!.n),
        tasks: Number((await one(driver, TASKS_WITH, [name]))!.n),
      };
    },
    async queued() {
      const queued: Record<string, number> = {};
      for (const row of await many(driver, QUEUED)) {
        const group = String(row.worker_group);
        if (!isLogicType(String(row.type))) queued[group] = (queued[group] ?? 0) + Number(row.n);
      }
      return queued;
    },
  };
}
