/** What asking something of a worker makes of its standing. Pure. */
import type { WorkerAvailability, WorkerOverrides, WorkerRow } from '@vaquita/store';
import type { WorkerChange } from '../views/worker-control.ts';

export const WORKER_VERBS = ['drain', 'resume', 'evict'] as const;
export type WorkerVerb = (typeof WORKER_VERBS)[number];

/** `unchanged`: it is so already. `refused`: the sentence that says why not, and what to do instead. */
export type VerbDecision =
  | { readonly kind: 'change'; readonly to: WorkerAvailability }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'refused'; readonly why: string };

const TARGET: Readonly<Record<WorkerVerb, WorkerAvailability>> = {
  drain: 'draining',
  resume: 'available',
  evict: 'evicted',
};

export function decideVerb(verb: WorkerVerb, { name, state, standing }: WorkerRow): VerbDecision {
  const now = standing?.availability ?? 'available';
  const to = TARGET[verb];
  if (verb === 'drain' && now === 'evicted') {
    return {
      kind: 'refused',
      why: `Worker “${name}” has been sent away by ${standing!.by} and takes nothing. Let it come back with “resume” first.`,
    };
  }
  if (verb === 'resume' && now === 'available' && state === 'draining') {
    return {
      kind: 'refused',
      why: `Nobody has asked worker “${name}” to drain: it does so itself, because it is being stopped on its machine.`,
    };
  }
  return now === to ? { kind: 'unchanged' } : { kind: 'change', to };
}

/** Null takes an override away; what is not named stays. */
export function nextOverrides(before: WorkerOverrides, change: WorkerChange): WorkerOverrides {
  const next: Record<string, unknown> = { ...before };
  for (const [name, value] of Object.entries(change)) {
    if (value === null) delete next[name];
    else if (value !== undefined) next[name] = value;
  }
  return next;
}
