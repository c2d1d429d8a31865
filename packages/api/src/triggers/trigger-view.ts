/** Triggers and firings as they are shown. Secrets never are. */
import { formatDuration, type TriggerFiringRow, type TriggerRow } from '@vaquita/core';
import type { ProjectRow, WorkflowRow } from '@vaquita/store';
import type { ApiDeps } from '../deps.ts';
import { isoTime } from '../resources/paging.ts';
import { toStartChoicesView } from '../runs/start-choices.ts';
import type { TriggerConfigView, TriggerFiringView, TriggerView } from '../views/trigger.ts';
import { watchesOf } from './watch-view.ts';

type ViewDeps = Pick<ApiDeps, 'store' | 'workers' | 'clock'>;

/** Names are looked up once for a list. */
export async function triggerViews(deps: ViewDeps, rows: readonly TriggerRow[]): Promise<TriggerView[]> {
  const { store } = deps;
  const watches = await watchesOf(deps, rows);
  const newest = await store.firings.newestOf(rows.map(({ id }) => id));
  const lastOf = new Map(newest.map((firing) => [firing.triggerId, firing]));
  const projects = new Map<string, Promise<ProjectRow | undefined>>();
  const workflows = new Map<string, Promise<WorkflowRow | undefined>>();

  function project(id: TriggerRow['projectId']): Promise<ProjectRow | undefined> {
    const known = projects.get(id) ?? store.projects.find(id);
    projects.set(id, known);
    return known;
  }
  function workflow({ projectId, workflowId }: Pick<TriggerRow, 'projectId' | 'workflowId'>) {
    const known = workflows.get(workflowId) ?? store.workflows.find(projectId, workflowId);
    workflows.set(workflowId, known);
    return known;
  }

  async function configView(row: TriggerRow): Promise<TriggerConfigView> {
    const { config } = row;
    switch (config.kind) {
      case 'webhook': {
        const { kind, github, mapping, toleranceMs } = config;
        const path = `/api/v1/hooks/${row.id}`;
        return { kind, path, tolerance: formatDuration(toleranceMs), github, mapping: { ...mapping } };
      }
      case 'after_workflow': {
        const { kind, on, backfills, mapping, workflowId, projectId } = config;
        const [after, home] = [await workflow({ projectId, workflowId }), await project(projectId)];
        const named = {
          id: workflowId,
          name: after?.name ?? null,
          projectId: after === undefined ? null : projectId,
          projectName: after === undefined ? null : (home?.name ?? null),
        };
        return { kind, workflow: named, on, backfills, mapping: { ...mapping } };
      }
      case 'file': {
        const { kind, path, workerGroup, everyMs, settledMs, mapping } = config;
        const [every, settled] = [formatDuration(everyMs), formatDuration(settledMs)];
        return { kind, path, workerGroup, every, settled, mapping: { ...mapping } };
      }
    }
  }

  async function view(row: TriggerRow): Promise<TriggerView> {
    const { id, projectId, workflowId, kind, name, description, online, revision, createdBy, updatedBy } = row;
    const [home, started] = [await project(projectId), await workflow(row)];
    const shown = await configView(row);
    const last = lastOf.get(id);
    return {
      ...{ id, projectId, projectName: home?.name ?? '', workflowId, workflowName: started?.name ?? '' },
      workflowOnline: started?.online ?? false,
      ...{ kind, name, description, config: shown, start: toStartChoicesView(row.start) },
      ...{ online, revision, problem: problemOf(shown) ?? watches.get(id)?.problem ?? null },
      watch: watches.get(id)?.watch ?? null,
      lastFiring: last
        ? { at: isoTime(last.at), outcome: last.outcome, workflowInstanceId: last.workflowInstanceId }
        : null,
      ...{ createdBy, createdAt: isoTime(row.createdAt), updatedBy, updatedAt: isoTime(row.updatedAt) },
    };
  }

  return Promise.all(rows.map(view));
}

export async function triggerView(deps: ViewDeps, row: TriggerRow): Promise<TriggerView> {
  return (await triggerViews(deps, [row]))[0]!;
}

export function firingView({
  key,
  outcome,
  reason,
  workflowInstanceId,
  about,
  at,
}: TriggerFiringRow): TriggerFiringView {
  return { key, outcome, reason, workflowInstanceId, about: { ...about }, at: isoTime(at) };
}

function problemOf(config: TriggerConfigView): string | null {
  if (config.kind !== 'after_workflow' || config.workflow.name !== null) return null;
  return 'The workflow that it waits for has been deleted. Choose another one, or delete the trigger.';
}
