/** What is there when the world begins: a project, task groups, workflows. */
import type { IdSource, ProjectId, WorkflowId } from '@vaquita/core';
import type { MemoryStore } from '@vaquita/store/testing';
import type { Scenario } from '../scenario/scenario.ts';
import { documentOf } from './documents.ts';

export interface Filling {
  readonly projectId: ProjectId;
  readonly workflowIds: ReadonlyMap<string, WorkflowId>;
  workflowName(id: string): string;
}

export async function fillStore(
  store: MemoryStore,
  { groups, workerGroups, workflows }: Scenario,
  { ids, at, name }: { readonly ids: IdSource; readonly at: number; readonly name: (id: string, name: string) => void },
): Promise<Filling> {
  const projectId = ids.next<'project'>() as ProjectId;
  const workflowIds = new Map<string, WorkflowId>();
  const names = new Map<string, string>();
  const times = { createdAt: at, updatedAt: at };

  function event(
    type: 'workflow.added' | 'task_group.changed' | 'worker_group.changed',
    data: Record<string, unknown>,
  ) {
    return { type, projectId, workflowInstanceId: null, taskInstanceId: null, at, data };
  }

  await store.projects.create({ id: projectId, name: 'sim', description: '', params: [], ...times });
  for (const { name: group, size } of groups) {
    const row = { id: ids.next<'task-group'>(), name: group, description: '', size, open: true, ...times };
    await store.taskGroups.create(row, event('task_group.changed', { name: group }));
  }
  for (const { name: group, policy, workers } of workerGroups) {
    const row = { id: ids.next<'worker-group'>(), name: group, description: '', policy, workers, ...times };
    await store.workerGroups.create(row, event('worker_group.changed', { name: group }));
  }
  for (const workflow of workflows) {
    const id = ids.next<'workflow'>() as WorkflowId;
    workflowIds.set(workflow.name, id);
    names.set(id, workflow.name);
    name(id, workflow.name);
    const row = { id, projectId, name: workflow.name, description: '', version: 1, online: true, ...times };
    const document = documentOf(workflow);
    const made = { contentHash: workflow.name, createdBy: 'sim', createdAt: at };
    await store.workflows.create(
      { ...row, taskCount: workflow.tasks.length },
      { workflowId: id, version: 1, document, ...made },
      event('workflow.added', {}),
    );
  }
  return { projectId, workflowIds, workflowName: (id) => names.get(id) ?? '' };
}
