/** What a file is to a trigger that looks for it: the firing, and the run it starts if it can. */
import {
  aboutThing,
  derivedIds,
  type FoundThing,
  fileParams,
  type LookProblem,
  problemText,
  type TriggerConfig,
  type TriggerFiringRow,
  type TriggerRow,
  type TriggerWatcherRow,
  thingKey,
  triggeredRun,
} from '@vaquita/core';
import type { TriggerFire } from '@vaquita/store';
import type { TriggerTarget } from './start-target.ts';

export type FileTrigger = TriggerRow & { readonly config: Extract<TriggerConfig, { kind: 'file' }> };

/** A thing, and the name of the worker that has found it. */
export interface Find {
  readonly thing: FoundThing;
  readonly worker: string;
}

/** What is noticed has no time of its own that could be believed: the run is for the moment at which it was noticed. */
export function fireForFind(
  trigger: FileTrigger,
  { thing, worker }: Find,
  { target, now }: { readonly target: TriggerTarget; readonly now: number },
): TriggerFire {
  const { id, revision } = trigger;
  const key = thingKey(thing);
  const firing = { ...firingOf(trigger, key, now), about: aboutThing(thing, worker) };
  const refused = (reason: string): TriggerFire => ({
    trigger: { id, revision },
    firing: { ...firing, outcome: 'refused', reason, workflowInstanceId: null },
    run: null,
  });
  if ('problem' in target) return refused(target.problem);
  const made = triggeredRun(trigger, target, {
    occasion: { mapped: fileParams(trigger.config.mapping, thing, worker), businessTime: now, timezone: null },
    ...{ ids: derivedIds(now, `${id} ${key}`), now },
  });
  if ('problems' in made) return refused(problemText(made.problems));
  const started = { outcome: 'run', reason: null, workflowInstanceId: made.run.instance.id } as const;
  return { trigger: { id, revision }, firing: { ...firing, ...started }, run: made.run };
}

/** The record of a first look. */
export function firstLook(
  trigger: FileTrigger,
  { watcher, since }: Pick<TriggerWatcherRow, 'watcher' | 'since'>,
  { worker, things, now }: { readonly worker: string; readonly things: number; readonly now: number },
): TriggerFiringRow {
  return {
    ...firingOf(trigger, `first.${since}.${watcher}`, now),
    ...{ outcome: 'seen', reason: 'What is there at the first look is known from then on, and starts nothing.' },
    workflowInstanceId: null,
    about: { worker, things: String(things) },
  };
}

function firingOf({ id, projectId, workflowId }: FileTrigger, key: string, at: number) {
  return { triggerId: id, key, projectId, workflowId, chain: [], at };
}

export const sameProblem = (a: LookProblem | null, b: LookProblem | null): boolean =>
  a?.code === b?.code && a?.text === b?.text;
