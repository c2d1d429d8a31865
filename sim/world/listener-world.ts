/** The plugins outside, as their host runs them: what each does with an event it is given is drawn with the scenario. */
import type { ListenerDelivery, ListenerDeliveryFailure, ListenerHost } from '@vaquita/core';
import type { GiveWitness } from '../model/listeners.ts';
import type { Model } from '../model/model.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { HearSpec } from '../scenario/tellings.ts';
import type { Meter } from './meter.ts';
import type { SimProcess } from './process.ts';
import type { Strike } from './strikes.ts';
import type { Timeline } from './timeline.ts';

export interface ListenerWorld {
  /** @param term the one that this process has begun last. */
  hostFor(process: SimProcess, term: () => number): Pick<ListenerHost, 'use'>;
}

export interface ListenerWorldDeps {
  readonly scenario: Scenario;
  readonly timeline: Timeline;
  readonly model: Model;
  readonly guard: (run: () => void) => void;
  readonly note: Meter['note'];
  readonly say: (line: string) => void;
  readonly strike: Strike;
  /** The model knows all of the record afterwards. */
  readonly record: () => Promise<void>;
}

const TAKEN: ReadonlySet<HearSpec['how']> = new Set<HearSpec['how']>(['ok', 'crash_after', 'dies', 'sleeps']);
/** Others succeed. */
const ENDS: Partial<Readonly<Record<HearSpec['how'], ListenerDeliveryFailure['failure']>>> = {
  throw: 'failed',
  hang: 'timeout',
  crash: 'ended',
  crash_after: 'ended',
};

export function createListenerWorld(deps: ListenerWorldDeps): ListenerWorld {
  const { scenario, timeline, model, guard, note, say } = deps;
  const begun = new Map<string, number>();

  function fateOf(listener: string): HearSpec {
    const turn = begun.get(listener) ?? 0;
    begun.set(listener, turn + 1);
    const { deliveries, usualMs } = scenario.listeners.find(({ name }) => name === listener)!;
    return deliveries[turn] ?? { how: 'ok', ms: usualMs };
  }

  return {
    hostFor: (process, term) => ({
      use({ instance }) {
        const by = { process: process.name, epoch: term() };
        const stopping = Promise.withResolvers<void>();
        let stopped = false;

        async function deliver(seq: number, timeoutMs: number): Promise<ListenerDelivery> {
          if (!process.pass('call')) return new Promise(() => {});
          const { how, ms } = deps.strike(process, fateOf(instance.name));
          await deps.record();
          let witness: GiveWitness | undefined;
          guard(() => {
            witness = model.listeners.given(by, instance.id, seq);
          });
          say(`${process.name} gives ${instance.name} event ${seq}: ${how}`);
          note(`hear_${how}`);
          const take = () => {
            if (!stopped && TAKEN.has(how)) witness?.took();
          };
          const answered = await new Promise<boolean>((resolve) => {
            void stopping.promise.then(() => resolve(false));
            timeline.after(how === 'hang' ? timeoutMs : ms, () =>
              process.act('answer', () => {
                take();
                resolve(true);
              }),
            );
          });
          const failure = answered ? ENDS[how] : 'stopped';
          const ok = failure === undefined;
          witness?.answered(ok);
          if (ok) return { ok: true };
          return { ok: false, failure, reason: `It is ${failure}.` };
        }

        return {
          deliver: (event, timeoutMs) => deliver(event.seq, timeoutMs),
          async stop() {
            stopped = true;
            stopping.resolve();
          },
        };
      },
    }),
  };
}
