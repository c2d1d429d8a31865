/** What a search has found, by kind and with the page of each. */
import type { SearchHit } from '@vaquita/client';
import { routeFor } from '#lib/routes/route-for.ts';

/** The order in which kinds are shown. */
const KINDS = [
  'run',
  'task',
  'workflow',
  'project',
  'schedule',
  'trigger',
  'task_group',
  'worker_group',
  'worker',
] as const satisfies readonly SearchHit['kind'][];

export function hrefOf({ kind, id, name, projectName, runId }: SearchHit): string {
  switch (kind) {
    case 'run':
      return routeFor.run(projectName ?? '', id);
    case 'task':
      return routeFor.run(projectName ?? '', runId ?? '', { task: name });
    case 'workflow':
      return routeFor.workflow(projectName ?? '', name);
    case 'project':
      return routeFor.workflows(name);
    case 'schedule':
      return routeFor.schedule(id);
    case 'trigger':
      return routeFor.trigger(id);
    case 'task_group':
      return routeFor.taskGroups({ group: name });
    case 'worker_group':
      return routeFor.workersOf(name);
    case 'worker':
      return routeFor.workers();
  }
}

export function titleOf({ kind, name, workflowName, number }: SearchHit): string {
  const run = number === null ? (workflowName ?? '') : `${workflowName}#${number}`;
  if (kind === 'run') return run;
  return kind === 'task' ? `${run} · ${name}` : name;
}

/** Where it belongs. */
export function placeOf({ kind, projectName, workflowName }: SearchHit): string {
  const parts = kind === 'schedule' || kind === 'trigger' ? [projectName, workflowName] : [projectName];
  return parts.filter((part) => part !== null).join(' / ');
}

export interface HitGroup {
  readonly kind: SearchHit['kind'];
  readonly hits: readonly SearchHit[];
}

export function grouped(hits: readonly SearchHit[]): readonly HitGroup[] {
  const byKind = Map.groupBy(hits, ({ kind }) => kind);
  return KINDS.flatMap((kind) => (byKind.has(kind) ? [{ kind, hits: byKind.get(kind)! }] : []));
}
