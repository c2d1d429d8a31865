/**
 * Echoes: the question to a worker whether it would run something, which its heartbeats do not answer.
 *
 * E1 A worker owes at most one echo; who asks while one is out waits for that one.
 * E2 An echo is decided once: it came back, or it did not in time, or the session it was sent on is over.
 */
import type { DispatchId, IdSource, WorkerId } from '@vaquita/core';
import type { ConnectedWorker } from '../dispatch/worker-pool.ts';
import type { TimerQueue } from '../timers/timer-queue.ts';

/** `unasked`: the worker speaks a version without echoes. `left`: its session ended first. */
export type EchoOutcome = 'answered' | 'silent' | 'left' | 'unasked';

export interface Probes {
  ask(worker: ConnectedWorker): Promise<EchoOutcome>;
  /** Whether the dispatch id is that of an echo which this worker owed. */
  answered(worker: ConnectedWorker, id: DispatchId): boolean;
  left(worker: ConnectedWorker): void;
}

interface Echo {
  readonly worker: ConnectedWorker;
  readonly nonce: DispatchId;
  readonly outcome: Promise<EchoOutcome>;
  readonly decide: (outcome: EchoOutcome) => void;
}

export interface ProbesDeps {
  readonly timers: TimerQueue;
  readonly ids: IdSource;
  readonly timeoutMs: number;
}

export function createProbes({ timers, ids, timeoutMs }: ProbesDeps): Probes {
  const out = new Map<WorkerId, Echo>();
  const timerOf = (worker: ConnectedWorker) => `echo:${worker.id}`;

  function decide(echo: Echo, outcome: EchoOutcome): void {
    out.delete(echo.worker.id);
    timers.clear(timerOf(echo.worker));
    echo.decide(outcome);
  }

  return {
    ask(worker) {
      const before = out.get(worker.id);
      if (before?.worker === worker) return before.outcome;
      if (before) decide(before, 'left');
      const nonce = ids.next<'dispatch'>();
      const sent = worker.send({ type: 'echo', nonce });
      if (sent === 'not_spoken') return Promise.resolve('unasked');
      const { promise, resolve } = Promise.withResolvers<EchoOutcome>();
      const echo: Echo = { worker, nonce, outcome: promise, decide: resolve };
      out.set(worker.id, echo);
      timers.after(timerOf(worker), timeoutMs, () => decide(echo, 'silent'));
      return promise;
    },
    answered(worker, id) {
      const echo = out.get(worker.id);
      if (echo?.nonce !== id || echo.worker !== worker) return false;
      decide(echo, 'answered');
      return true;
    },
    left(worker) {
      const echo = out.get(worker.id);
      if (echo?.worker === worker) decide(echo, 'left');
    },
  };
}
