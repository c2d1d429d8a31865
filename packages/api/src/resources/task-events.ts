/** The events that tell which tasks of a definition a change has added, changed and removed. */
import { canonicalJson, type NewEvent } from '@vaquita/core';
import type { WorkflowRow } from '@vaquita/store';

export interface TaskComparison {
  readonly by: string;
  readonly at: number;
  /** The documents before and after; absent: none. */
  readonly from?: object;
  readonly to?: object;
}

interface Task {
  readonly name: string;
  readonly type: string | null;
  readonly text: string;
}

export function taskEvents(
  workflow: Pick<WorkflowRow, 'id' | 'projectId' | 'name' | 'version'> & { readonly project: string },
  { by, at, from, to }: TaskComparison,
): readonly NewEvent[] {
  const before = tasksOf(from);
  const after = tasksOf(to);
  const event = (type: NewEvent['type'], { name: task, type: taskType }: Task): NewEvent => {
    const { id: workflowId, projectId, name, version, project } = workflow;
    const data = { workflowId, name, version, project, task, taskType, by };
    return { type, projectId, workflowInstanceId: null, taskInstanceId: null, at, data };
  };
  const added = [...after.values()].filter(({ name }) => !before.has(name));
  const updated = [...after.values()].filter(({ name, text }) => (before.get(name)?.text ?? text) !== text);
  const removed = [...before.values()].filter(({ name }) => !after.has(name));
  return [
    ...added.map((task) => event('task.added', task)),
    ...updated.map((task) => event('task.updated', task)),
    ...removed.map((task) => event('task.removed', task)),
  ];
}

/** By name. An old document may be of a shape that is not accepted any more. */
function tasksOf(document: object | undefined): ReadonlyMap<string, Task> {
  const { tasks } = Object(document) as { readonly tasks?: unknown };
  const found = new Map<string, Task>();
  for (const task of Array.isArray(tasks) ? tasks : []) {
    const { name, type } = Object(task) as { readonly name?: unknown; readonly type?: unknown };
    if (typeof name !== 'string') continue;
    found.set(name, { name, type: typeof type === 'string' ? type : null, text: canonicalJson(task) });
  }
  return found;
}
