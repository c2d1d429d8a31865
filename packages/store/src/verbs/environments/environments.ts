/** Verbs on environments. */
import { AppError, type EnvironmentRow, type ScheduleId, type TriggerId } from '@vaquita/core';
import type { SqlDriver, SqlValue } from '../../ports/driver.ts';
import type { EnvironmentStore } from '../../ports/environments.ts';
import { OPEN_STATES_SQL } from '../../schema/state-lists.ts';
import { many, one, statement, writeOr } from '../../sql/access.ts';
import { ENVIRONMENTS } from '../../sql/tables.ts';
import { meansSql, placeOf, workflowsNaming } from './named-by-tasks.ts';
import { changedMeanwhile, readScopedRows, refusedScoped } from './scoped-rows.ts';

const UPDATE = `update environments set name = coalesce(?, name), description = coalesce(?, description),
  variables = coalesce(?, variables), revision = revision + 1, updated_by = ?, updated_at = ?
  where id = ? and revision = ?`;
const DELETE = 'delete from environments where id = ?';
const PROJECT = 'select 1 from projects where id = ?';

const NAMED = { table: 'environments', key: 'environment' } as const;
const MEANS = (project: string) => meansSql('environments', project);
const STARTERS = (table: 'schedules' | 'triggers') => `select s.id, s.name, p.name as project, w.name as workflow
  from ${table} s cross join projects p on p.id = s.project_id cross join workflows w on w.id = s.workflow_id
  where ${MEANS('s.project_id')} and json_extract(s.start, '$.environment') = ?
  order by p.name, w.name, s.name limit ?`;
const BACKFILLS = `select count(*) as n from backfills b indexed by backfills_state
  where b.state in ('running', 'paused') and ${MEANS('b.project_id')}
  and json_extract(b.start, '$.environment') = ?`;
const RUNS = `select count(*) as n from workflow_instances r indexed by workflow_instances_open
  where r.state in ${OPEN_STATES_SQL} and r.environment = ? and ${MEANS('r.project_id')}`;

export function createEnvironmentVerbs(driver: SqlDriver): EnvironmentStore {
  const rows = readScopedRows(driver, 'environments', ENVIRONMENTS);

  async function refused(row: Pick<EnvironmentRow, 'name' | 'projectId'>): Promise<AppError> {
    const isThere = row.projectId === null || (await one(driver, PROJECT, [row.projectId])) !== undefined;
    return refusedScoped('environment', row, isThere);
  }

  return {
    async create(row) {
      await writeOr(driver, [statement(ENVIRONMENTS.insert, ENVIRONMENTS.args(row))], () => refused(row));
    },
    find: rows.find,
    list: rows.list,
    async update({ id, revision }, { name, description, variables, by, at }) {
      const list = variables === undefined ? null : JSON.stringify(variables);
      const args: SqlValue[] = [name ?? null, description ?? null, list, by, at, id, revision];
      await writeOr(driver, [statement(UPDATE, args, 1)], async () => {
        const row = await rows.byId(id);
        if (row === undefined) return noEnvironment(id);
        return row.revision === revision
          ? refused({ ...row, name: name ?? row.name })
          : changedMeanwhile('environment');
      });
    },
    async delete(id) {
      const [result] = await driver.write([statement(DELETE, [id])]);
      if (result!.changes === 0) throw noEnvironment(id);
    },
    async uses({ name, projectId }, limit) {
      const means: SqlValue[] = [projectId, projectId, name];
      const starters = async (table: 'schedules' | 'triggers') =>
        (await many(driver, STARTERS(table), [...means, name, limit])).map((row) => ({
          ...placeOf(row),
          id: String(row.id),
          name: String(row.name),
        }));
      return {
        workflows: await workflowsNaming(driver, NAMED, { name, projectId }, limit),
        schedules: (await starters('schedules')).map((row) => ({ ...row, id: row.id as ScheduleId })),
        triggers: (await starters('triggers')).map((row) => ({ ...row, id: row.id as TriggerId })),
        backfills: Number((await one(driver, BACKFILLS, [...means, name]))!.n),
        runs: Number((await one(driver, RUNS, [name, ...means]))!.n),
      };
    },
  };
}

export function noEnvironment(id: string): AppError {
  return new AppError('not_found', `There is no environment ${id}.`);
}
