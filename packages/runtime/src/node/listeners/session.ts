/** Questions and answers with one caged plugin: each question ends, by an answer, by its time, or by the end of the cage. */
import type { Clock } from '@vaquita/core';
import type { Cage, CageEars } from './cage.ts';
import type { HostMessage, PluginMessage, PluginSource } from './inside/messages.ts';
import type { PluginLimits } from './limits.ts';

export interface Session {
  /** When the signal fires it is ended at once. */
  load(source: PluginSource, signal: AbortSignal): Promise<Loaded>;
  /** `question` is given its id. When the signal fires its time is over at once. */
  call(question: (id: number) => HostMessage, timeoutMs: number, signal: AbortSignal): Promise<CallEnd>;
  end(reason: string): Promise<void>;
  readonly ended: Promise<string>;
}

export type Loaded =
  | Extract<PluginMessage, { type: 'loaded' | 'unusable' }>
  | { readonly type: 'timeout' }
  | { readonly type: 'ended'; readonly reason: string };

export type CallEnd =
  | { readonly type: 'done' }
  | { readonly type: 'failed'; readonly reason: string }
  | { readonly type: 'timeout' }
  | { readonly type: 'ended'; readonly reason: string };

export interface SessionOptions {
  readonly clock: Clock;
  readonly limits: PluginLimits;
  readonly start: (ears: CageEars) => Cage;
  readonly onLog: CageEars['onLog'];
}

export function openSession({ clock, limits, start, onLog }: SessionOptions): Session {
  const loading = Promise.withResolvers<Loaded>();
  const answers = new Map<number, (end: CallEnd) => void>();
  let lastId = 0;
  const cage = start({ onLog, onMessage });

  function onMessage(message: PluginMessage): void {
    if (message.type === 'loaded' || message.type === 'unusable') loading.resolve(message);
    if (message.type !== 'answer') return;
    const { id, error } = message;
    answers.get(id)?.(error === null ? { type: 'done' } : { type: 'failed', reason: error });
  }

  const afterEnd = cage.ended.then((reason) => ({ type: 'ended', reason }) as const);

  async function load(source: PluginSource, signal: AbortSignal): Promise<Loaded> {
    cage.send({ type: 'load', source });
    const waiting = startTimer(clock, limits.startMs, signal);
    const end = await Promise.race([
      loading.promise,
      afterEnd,
      waiting.over.then(() => ({ type: 'timeout' }) as const),
    ]);
    waiting.clear();
    if (end.type === 'timeout') await endBy(`the plugin was not loaded within ${limits.startMs} ms`);
    return end;
  }

  async function call(question: (id: number) => HostMessage, timeoutMs: number, signal: AbortSignal): Promise<CallEnd> {
    lastId += 1;
    const id = lastId;
    const answer = new Promise<CallEnd>((resolve) => answers.set(id, resolve));
    cage.send(question(id));
    const waiting = startTimer(clock, timeoutMs, signal);
    const first = await Promise.race([answer, afterEnd, waiting.over]);
    waiting.clear();
    const end = first ?? (await breakOff(id, answer, timeoutMs));
    answers.delete(id);
    return end;
  }

  /** What is done all the same, in the grace, is done: to call it a failure would only have it done twice. */
  async function breakOff(id: number, answer: Promise<CallEnd>, timeoutMs: number): Promise<CallEnd> {
    cage.send({ type: 'abort', id });
    const waiting = startTimer(clock, limits.graceMs, null);
    const end = await Promise.race([answer, afterEnd, waiting.over]);
    waiting.clear();
    if (end === null) {
      await endBy(`the plugin was ended: it had not answered within ${timeoutMs} ms`);
      return { type: 'timeout' };
    }
    return end.type === 'failed' ? { type: 'timeout' } : end;
  }

  async function endBy(reason: string): Promise<void> {
    cage.kill(reason);
    await cage.ended;
  }

  return { load, call, end: endBy, ended: cage.ended };
}

interface Timer {
  readonly over: Promise<null>;
  clear(): void;
}

/** Over after the delay, or at once when the signal fires. */
function startTimer(clock: Clock, delayMs: number, signal: AbortSignal | null): Timer {
  const { promise, resolve } = Promise.withResolvers<null>();
  const fire = () => resolve(null);
  const handle = clock.setTimeout(fire, delayMs);
  if (signal?.aborted) fire();
  signal?.addEventListener('abort', fire, { once: true });
  return {
    over: promise,
    clear() {
      clock.clearTimeout(handle);
      signal?.removeEventListener('abort', fire);
    },
  };
}
