/** What of the workflows is asked for, between the address of the list and the API. Pure. */
import type { ListedWorkflow, WorkflowListQuery } from '@vaquita/client';
import type { WorkflowsQuery } from '#lib/routes/route-for.ts';

export interface Wish {
  /** Undefined: the one that was looked at last. */
  readonly project: string | undefined;
  readonly query: Pick<WorkflowsQuery, 'all' | 'name' | 'online'>;
}

export function readWish(params: Pick<URLSearchParams, 'get' | 'has'>): Wish {
  const online = params.get('online');
  return {
    project: params.get('project') ?? undefined,
    query: {
      all: params.has('all') && !params.has('project') ? true : undefined,
      name: params.get('name')?.trim() || undefined,
      online: online === 'yes' || online === 'no' ? online : undefined,
    },
  };
}

/** As the API is asked. @param project the one that is meant; undefined: all */
export function requestOf({ name, online }: Wish['query'], project: string | undefined): WorkflowListQuery {
  return { project, name, online: online === undefined ? undefined : online === 'yes' };
}

const STALE_MS = 30 * 86_400_000;

/** Nothing of it has run for long, as far as it has been there for so long. */
export function staleness({ runs, createdAt }: Pick<ListedWorkflow, 'runs' | 'createdAt'>, now: number) {
  const newest = runs[0];
  if (newest === undefined) return now - Date.parse(createdAt) > STALE_MS ? 'never' : null;
  return now - Date.parse(newest.createdAt) > STALE_MS ? 'long' : null;
}
