/** Who means an environment or a data source by its name: tasks of workflows, and whatever else is of a project. */
import type { SqlDriver, SqlRow, SqlValue } from '../../ports/driver.ts';
import { OPEN_STATES_SQL } from '../../schema/state-lists.ts';
import { many, one } from '../../sql/access.ts';
import type { ScopedRow, ScopedTable } from './scoped-rows.ts';

/** Whether a thing of the project means this row by its name. Arguments: the project of the row, twice, and its name. */
export const meansSql = (table: ScopedTable, project: string) => `(${project} = ? or (? is null and not exists (
    select 1 from ${table} own where own.project_id = ${project} and own.name = ?)))`;

/** Whether tasks of a document name it. One that does not hold the name at all is not taken apart. Arguments: `namedArgs`. */
const tasksNameSql = (document: string, key: string) => `instr(${document}, ?) > 0 and exists (
    select 1 from json_each(${document}, '$.tasks') task where json_extract(task.value, '$.${key}') = ?)`;

const namedArgs = (name: string): SqlValue[] => [JSON.stringify(name), name];

/** What tasks name, in which key, of which table. */
export interface NamedByTasks {
  readonly table: ScopedTable;
  readonly key: 'environment' | 'dataSource';
}

/** Workflows whose newest version names it. In this order of tables only newest versions are read. */
export async function workflowsNaming(
  driver: SqlDriver,
  { table, key }: NamedByTasks,
  { name, projectId }: Pick<ScopedRow, 'name' | 'projectId'>,
  limit: number,
) {
  const query = `select p.name as project, w.name as workflow from projects p
  cross join workflows w on w.project_id = p.id
  cross join workflow_versions v on v.workflow_id = w.id and v.version = w.version
  where ${meansSql(table, 'p.id')} and ${tasksNameSql('v.document', key)}
  order by p.name, w.name limit ?`;
  return (await many(driver, query, [projectId, projectId, name, ...namedArgs(name), limit])).map(placeOf);
}

/** How many runs that have not ended are of a version that names it. */
export async function openRunsNaming(
  driver: SqlDriver,
  { table, key }: NamedByTasks,
  { name, projectId }: Pick<ScopedRow, 'name' | 'projectId'>,
): Promise<number> {
  const query = `select count(*) as n from workflow_instances r indexed by workflow_instances_open
  cross join workflow_versions v on v.workflow_id = r.workflow_id and v.version = r.version
  where r.state in ${OPEN_STATES_SQL} and ${meansSql(table, 'r.project_id')} and ${tasksNameSql('v.document', key)}`;
  return Number((await one(driver, query, [projectId, projectId, name, ...namedArgs(name)]))!.n);
}

export function placeOf({ project, workflow }: SqlRow) {
  return { project: String(project), workflow: String(workflow) };
}
