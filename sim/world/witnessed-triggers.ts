/** What triggers ask of the store, for the duty and for deliveries, with everything that it applies told to the model in the same moment. */
import type { Epoch } from '@vaquita/core';
import type { FireAnswer, TriggerFire, TriggerQueue } from '@vaquita/store';
import type { HookStore } from './hooks.ts';
import type { Meter } from './meter.ts';
import type { SimProcess } from './process.ts';
import type { Watch } from './witnessed.ts';

export interface TriggerWatch extends Watch {
  readonly note: Meter['note'];
  /** The model is told what the record has. */
  readonly record: () => Promise<void>;
}

export function witnessedTriggers(
  queue: TriggerQueue,
  process: SimProcess,
  { model, guard, say, elapsed, note, record }: TriggerWatch,
): TriggerQueue {
  function wrote(epoch: Epoch, tell: () => void): void {
    guard(() => {
      model.writes(epoch, process.name);
      tell();
    });
  }

  return {
    ...queue,
    async fire(epoch, fire) {
      // What a deposed leader hears of has not been written.
      const answer = await queue.fire(epoch, fire);
      note(`after_${answer.answer === 'fired' ? fire.firing.outcome : answer.answer}`);
      if (answer.answer !== 'fired') return answer;
      await record();
      say(`${process.name} ${describe(fire, answer)}`);
      wrote(epoch, () => model.triggers.fired(fire, elapsed()));
      return answer;
    },
    async advance(epoch, triggers, seq) {
      await queue.advance(epoch, triggers, seq);
      await record();
      note('after_moved_on');
      wrote(epoch, () => model.triggers.advanced(triggers, seq));
    },
  };
}

/** As each server has it. */
export function witnessedHooks(
  store: HookStore,
  { model, guard, say, elapsed, note }: Omit<TriggerWatch, 'record'>,
): HookStore {
  const { triggers } = store;
  return {
    firings: store.firings,
    workflows: store.workflows,
    triggers: {
      find: (id) => triggers.find(id),
      async fire(fire) {
        const answer = await triggers.fire(fire);
        say(describe(fire, answer));
        note(`hook_${answer.answer === 'fired' ? fire.firing.outcome : answer.answer}`);
        if (answer.answer === 'fired') guard(() => model.triggers.delivered(fire, elapsed()));
        return answer;
      },
    },
  };
}

function describe({ trigger, firing, run }: TriggerFire, { answer }: FireAnswer): string {
  return `trigger ${trigger.id} for ${firing.key}: ${answer}, ${run?.instance.id ?? firing.reason}`;
}
