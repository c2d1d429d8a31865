/**
 * What goes out to workers once its commit is durable: dispatches, kill orders, acknowledgements of results.
 *
 * V1 A dispatch is sent only while its row says `dispatched` with this dispatch id (P1); sending it again is harmless (P3).
 * V2 A dispatch that nobody acknowledges is sent again once and then taken back (P2), if its worker is connected;
 *    if it is not, the return or the loss of the worker decides.
 */
import { type Clock, type DispatchId, type Effect, isTaskTerminal, type TaskOutcomeReport } from '@vaquita/core';
import type { RunBus } from '../bus/run-bus.ts';
import { type AckWatch, createAckWatch } from '../sessions/ack-watch.ts';
import type { ResultAcks } from '../sessions/result-acks.ts';
import type { TimerQueue } from '../timers/timer-queue.ts';
import type { LiveDispatches } from './live-dispatches.ts';
import { dispatchMessage } from './payload.ts';
import type { ConnectedWorker, WorkerPool } from './worker-pool.ts';

export interface Deliveries {
  perform(bus: RunBus, effect: Effect): void;
  /** Sends a live dispatch (again). */
  send(id: DispatchId): void;
  readonly acks: AckWatch;
}

export interface DeliveriesDeps {
  readonly clock: Clock;
  readonly timers: TimerQueue;
  readonly live: LiveDispatches;
  readonly pool: WorkerPool;
  readonly resultAcks: ResultAcks;
  readonly ackTimeoutMs: number;
  /** Gives the worker nothing for a while. */
  readonly rest: (worker: ConnectedWorker, forMs: number) => void;
}

export function createDeliveries({
  clock,
  timers,
  live,
  pool,
  resultAcks,
  ackTimeoutMs,
  rest,
}: DeliveriesDeps): Deliveries {
  const acks = createAckWatch({ clock, timers, timeoutMs: ackTimeoutMs, ask: send, takeBack });

  function send(id: DispatchId): void {
    const dispatch = live.get(id);
    const node = dispatch?.bus.run.nodeOf.get(dispatch.taskInstanceId);
    const row = node?.current;
    if (!dispatch || !node || row?.dispatchId !== id || isTaskTerminal(row.state)) return;
    if (!acks.isOpen(id)) acks.expect(id);
    const outcome = pool.get(dispatch.workerId)?.send(dispatchMessage(dispatch.bus.run, node, row));
    if (outcome !== 'too_large') return;
    acks.answered(id);
    dispatch.bus.post({ type: 'TaskEnded', taskInstanceId: row.id, dispatchId: id, report: tooLarge(clock.now()) });
  }

  function takeBack(id: DispatchId): void {
    const dispatch = live.get(id);
    const worker = dispatch && pool.get(dispatch.workerId);
    if (!dispatch || !worker) return;
    const text = `Worker "${worker.name}" did not acknowledge it in ${(2 * ackTimeoutMs) / 1000} s.`;
    worker.send({ type: 'kill', dispatchId: id, reason: text, graceMs: 0 });
    rest(worker, worker.sessionTimeoutMs);
    dispatch.bus.post({
      type: 'DispatchReturned',
      taskInstanceId: dispatch.taskInstanceId,
      dispatchId: id,
      cause: 'no_ack',
      text,
    });
  }

  return {
    acks,
    send,
    perform(_bus, effect) {
      switch (effect.type) {
        case 'SendDispatch':
          send(effect.dispatchId);
          return;
        case 'SendKill': {
          const { dispatchId, reason, graceMs } = effect;
          pool.get(effect.workerId)?.send({ type: 'kill', dispatchId, reason, graceMs });
          return;
        }
        case 'AckResult':
          resultAcks.acknowledge(effect.dispatchId);
          return;
      }
    },
  };
}

function tooLarge(now: number): TaskOutcomeReport {
  return {
    state: 'failure',
    exitCode: null,
    signal: null,
    outputs: {},
    startedAt: null,
    endedAt: now,
    logBytes: 0,
    error: 'The task is too large to be sent to a worker (1 MiB with its script and parameters). Move data into files.',
  };
}
