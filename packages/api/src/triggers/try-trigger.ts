/** What a trigger would start now, with a made-up occasion: the very steps of a real one, up to where it would be filed. */
import { type MappedParams, outputParams, payloadParams, type TriggerRow, triggeredRun } from '@vaquita/core';
import type * as z from 'zod';
import type { ApiDeps } from '../deps.ts';
import type { TriggerTest, TriggerTestAnswer } from '../views/trigger.ts';
import { findStartTarget } from './start-target.ts';

export async function tryTrigger(
  { store, clock, ids }: ApiDeps,
  trigger: TriggerRow,
  occasion: z.output<typeof TriggerTest>,
): Promise<TriggerTestAnswer> {
  const target = await findStartTarget(store, trigger);
  if ('problem' in target) {
    return { starts: false, params: {}, version: null, problems: [{ path: 'workflow', message: target.problem }] };
  }
  const now = clock.now();
  const made = triggeredRun(trigger, target, {
    occasion: { mapped: mappedOf(trigger, occasion), businessTime: now, timezone: null },
    ...{ ids, now },
  });
  const offline = trigger.online ? [] : [{ path: 'online', message: 'The trigger is offline; put it online first.' }];
  const problems = [...offline, ...('problems' in made ? made.problems : [])];
  const params = 'run' in made ? { ...made.run.instance.params } : {};
  return { starts: problems.length === 0, params, version: target.version, problems };
}

function mappedOf({ config }: TriggerRow, { body, outputs = {} }: z.output<typeof TriggerTest>): MappedParams {
  switch (config.kind) {
    case 'webhook':
      return payloadParams(config.mapping, body);
    case 'after_workflow':
      return outputParams(config.mapping, outputs);
  }
}
