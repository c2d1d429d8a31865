/** Names in memory. */
import type { NamedKind, NamedThing, NameStore } from '../../ports/names.ts';
import { compare, type Memory } from './tables.ts';

/** As the index of the database does it: letters of ASCII only. */
export const folded = (text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

export function createMemoryNames({ tables }: Memory): NameStore {
  const { projects, workflows } = tables;
  const things = (): readonly NamedThing[] => {
    const thing = (
      kind: NamedKind,
      row: { readonly id: string; readonly name: string },
      more: Partial<NamedThing> = {},
    ) => ({
      ...{ kind, id: row.id, name: row.name, projectName: null, workflowName: null },
      ...more,
    });
    const home = (workflowId: string) => {
      const workflow = workflows.get(workflowId);
      const projectName = projects.get(workflow?.projectId ?? '')?.name ?? null;
      return { projectName, workflowName: workflow?.name ?? null };
    };
    return [
      ...[...projects.values()].map((row) => thing('project', row)),
      ...[...workflows.values()].map((row) => thing('workflow', row, { projectName: home(row.id).projectName })),
      ...[...tables.schedules.values()].map((row) => thing('schedule', row, home(row.workflowId))),
      ...[...tables.triggers.values()].map((row) => thing('trigger', row, home(row.workflowId))),
      ...[...tables.taskGroups.values()].map((row) => thing('task_group', row)),
    ];
  };

  return {
    async beginning(prefix, limit) {
      const found = things().filter(({ name }) => folded(name).startsWith(folded(prefix)));
      const byKind = Map.groupBy(found, ({ kind }) => kind);
      const order = (a: NamedThing, b: NamedThing) => compare(folded(a.name), folded(b.name)) || compare(a.id, b.id);
      return [...byKind.values()].flatMap((rows) => rows.toSorted(order).slice(0, limit));
    },
    async workflowsNamed(name, limit) {
      const ids = [...workflows.values()].filter((row) => row.name === name).map(({ id }) => id);
      return ids.sort(compare).slice(0, limit);
    },
  };
}
