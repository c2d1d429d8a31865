/** Verbs on names: each kind is read along the index of its names, a piece of it that begins as was asked. */
import type { WorkflowId } from '@vaquita/core';
import type { SqlDriver } from '../ports/driver.ts';
import type { NamedKind, NamedThing, NameStore } from '../ports/names.ts';
import { many } from '../sql/access.ts';

/** No character of a name comes after it. */
const LAST = '\u{10FFFF}';
const WITHIN = 'n.name collate nocase >= ? and n.name collate nocase < ? order by n.name collate nocase, n.id limit ?';

const QUERIES: Readonly<Record<NamedKind, string>> = {
  project: `select n.id, n.name, null as project, null as workflow from projects n indexed by projects_by_name where ${WITHIN}`,
  workflow: `select n.id, n.name, p.name as project, null as workflow from workflows n indexed by workflows_by_name
    cross join projects p on p.id = n.project_id where ${WITHIN}`,
  schedule: ofWorkflow('schedules'),
  trigger: ofWorkflow('triggers'),
  task_group: `select n.id, n.name, null as project, null as workflow from task_groups n indexed by task_groups_by_name where ${WITHIN}`,
};
const WORKFLOWS_NAMED = `select n.id from workflows n indexed by workflows_by_name
  where n.name collate nocase = ? and +n.name = ? order by n.id limit ?`;

function ofWorkflow(table: 'schedules' | 'triggers'): string {
  return `select n.id, n.name, p.name as project, w.name as workflow from ${table} n indexed by ${table}_by_name
    cross join workflows w on w.id = n.workflow_id cross join projects p on p.id = w.project_id where ${WITHIN}`;
}

export function createNameVerbs(driver: SqlDriver): NameStore {
  return {
    async beginning(prefix, limit) {
      const found = await Promise.all(
        Object.entries(QUERIES).map(async ([kind, sql]) => {
          const rows = await many(driver, sql, [prefix, prefix + LAST, limit]);
          return rows.map(
            (row): NamedThing => ({
              kind: kind as NamedKind,
              id: String(row.id),
              name: String(row.name),
              projectName: row.project as string | null,
              workflowName: row.workflow as string | null,
            }),
          );
        }),
      );
      return found.flat();
    },
    async workflowsNamed(name, limit) {
      const rows = await many(driver, WORKFLOWS_NAMED, [name, name, limit]);
      return rows.map((row) => row.id as WorkflowId);
    },
  };
}
