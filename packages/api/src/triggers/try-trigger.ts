/** What a trigger would start now, with a made-up occasion: the very steps of a real one, up to where it would be filed. */
import {
  fileParams,
  type MappedParams,
  outputParams,
  payloadParams,
  problemText,
  type TriggerRow,
  triggeredRun,
} from '@vaquita/core';
import type * as z from 'zod';
import type { ApiDeps } from '../deps.ts';
import type { TriggerTest, TriggerTestAnswer } from '../views/trigger.ts';
import { findStartTarget } from './start-target.ts';
import { tryLook } from './try-look.ts';
import { isFileTrigger } from './watch-view.ts';

type Occasion = z.output<typeof TriggerTest>;

export async function tryTrigger(deps: ApiDeps, trigger: TriggerRow, occasion: Occasion): Promise<TriggerTestAnswer> {
  const { store, clock, ids } = deps;
  const target = await findStartTarget(store, trigger);
  const version = 'problem' in target ? null : target.version;
  const offline = trigger.online ? [] : [{ path: 'online', message: 'The trigger is offline; put it online first.' }];

  function make(mapped: MappedParams): Pick<TriggerTestAnswer, 'params' | 'problems'> {
    if ('problem' in target) return { params: {}, problems: [{ path: 'workflow', message: target.problem }] };
    const now = clock.now();
    const made = triggeredRun(trigger, target, {
      occasion: { mapped, businessTime: now, timezone: null },
      ...{ ids, now },
    });
    return 'run' in made
      ? { params: { ...made.run.instance.params }, problems: [] }
      : { params: {}, problems: [...made.problems] };
  }

  if (!isFileTrigger(trigger) || occasion.file !== undefined) {
    const { params, problems } = make(mappedOf(trigger, occasion));
    const all = [...offline, ...problems];
    return { starts: all.length === 0, params, version, problems: all, look: null };
  }
  const { look, params } = await tryLook(deps, trigger, (mapped) => {
    const made = make(mapped);
    return made.problems.length > 0 ? { problem: problemText(made.problems) } : made;
  });
  // Without a file to try, what would be in the way of any is told.
  const general = make({ params: {}, problems: [] }).problems.filter(({ path }) => path === 'workflow');
  const problems = [...offline, ...general];
  return { starts: params !== null && problems.length === 0, params: { ...params }, version, problems, look };
}

function mappedOf({ config }: TriggerRow, { body, outputs = {}, file }: Occasion): MappedParams {
  switch (config.kind) {
    case 'webhook':
      return payloadParams(config.mapping, body);
    case 'after_workflow':
      return outputParams(config.mapping, outputs);
    case 'file': {
      const { modified = null, worker = '', ...thing } = file ?? { path: '', size: 0, etag: null };
      const modifiedAt = modified === null ? null : Date.parse(modified);
      return fileParams(config.mapping, { ...thing, modifiedAt }, worker);
    }
  }
}
