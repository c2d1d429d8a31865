/**
 * The channels outside: what each does with what is sent to it is drawn with the scenario. A channel may take an alert and
 * its answer reach nobody, because the line broke, the server gave up or has died.
 */
import { type SendFunction, type SendResult, sendFailure } from '@vaquita/plugins';
import type { SendWitness } from '../model/alerts.ts';
import type { Model } from '../model/model.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { SendSpec } from '../scenario/tellings.ts';
import type { Meter } from './meter.ts';
import type { SimProcess } from './process.ts';
import type { Strike } from './strikes.ts';
import type { Timeline } from './timeline.ts';

export interface ChannelWorld {
  /** As a process reaches them. */
  sendFrom(process: SimProcess): SendFunction;
}

export interface ChannelWorldDeps {
  readonly scenario: Scenario;
  readonly timeline: Timeline;
  readonly model: Model;
  readonly guard: (run: () => void) => void;
  readonly note: Meter['note'];
  readonly say: (line: string) => void;
  readonly strike: Strike;
}

/** Of what does not answer, beyond the limit that a send is given. */
const GRACE_MS = 500;

const TAKEN_WELL: SendResult = { ok: true, answer: 'ok' };
const ANSWERS: Partial<Readonly<Record<SendSpec['how'], (ms: number) => SendResult>>> = {
  ok: () => TAKEN_WELL,
  dies: () => TAKEN_WELL,
  sleeps: () => TAKEN_WELL,
  fail: () => sendFailure('server_error', 'it failed'),
  refuse: () => sendFailure('rejected', 'it was refused'),
  pause: (ms) => sendFailure('rate_limited', 'not so fast', ms),
  cut: () => sendFailure('network', 'the line broke'),
};
/** Delivered before the answer. */
const TAKEN: ReadonlySet<SendSpec['how']> = new Set<SendSpec['how']>(['ok', 'cut', 'dies', 'sleeps']);
const ASKS_AFTER_MS = 20;

export function createChannelWorld(deps: ChannelWorldDeps): ChannelWorld {
  const { scenario, timeline, model, guard, note, say } = deps;
  const begun = new Map<string, number>();

  function fateOf(channel: string): SendSpec {
    const turn = begun.get(channel) ?? 0;
    begun.set(channel, turn + 1);
    const { sends, usualMs } = scenario.channels.find(({ name }) => name === channel)!;
    return sends[turn] ?? { how: 'ok', ms: usualMs };
  }

  return {
    sendFrom: (process) => (delivery, target) =>
      new Promise((resolve) => {
        if (!process.pass('call')) return;
        const { name } = target.settings as { readonly name: string };
        const { how, ms } = deps.strike(process, fateOf(name));
        let witness: SendWitness | undefined;
        guard(() => {
          const send = { id: delivery.id, count: delivery.message.count, at: timeline.elapsed };
          witness = model.alerts.sends(process.name, send);
        });
        say(`${process.name} sends ${delivery.message.kind} ${delivery.id} to ${name}: ${how}`);
        note(`send_${how}`);

        function end(result: SendResult): void {
          witness?.answered(result.ok, !result.ok && result.retryable, timeline.elapsed);
          resolve(result);
        }
        const answer = (afterMs: number, result: SendResult) =>
          timeline.after(afterMs, () => process.act('answer', () => end(result)));

        if (TAKEN.has(how)) timeline.after(ms / 2, () => witness?.delivered());
        if (how === 'late') timeline.after(ms, () => witness?.delivered());
        if (how !== 'deaf')
          delivery.signal.addEventListener('abort', () => end(sendFailure('stopped', 'given up')), { once: true });
        const result = ANSWERS[how]?.(ms);
        if (result) answer(how === 'pause' ? ASKS_AFTER_MS : ms, result);
        else if (how !== 'deaf') answer(delivery.timeoutMs + GRACE_MS, sendFailure('timeout', 'no answer'));
      }),
  };
}
