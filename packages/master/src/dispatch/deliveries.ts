/**
 * What goes out to workers once its commit is durable: dispatches, kill orders, acknowledgements of results.
 *
 * V1 A dispatch is sent only when its row is durable and while it is live (P1); sending it again is harmless (P3).
 * V2 A dispatch that nobody acknowledges is asked about once, by an echo and by sending it again, and then taken back (P2),
 *    if its worker is connected; if it is not, the return or the loss of the worker decides.
 * V3 A task is never sent without what its environment and its data source give it, nor with secrets to a worker that would not mask them:
 *    it fails instead, and says why.
 */
import {
  type Clock,
  type DispatchId,
  type Effect,
  type Epoch,
  isTaskTerminal,
  type TaskOutcomeReport,
  type WorkerId,
} from '@vaquita/core';
import { knowsSecrets, type MasterDispatch } from '@vaquita/protocol';
import { type AckWatch, createAckWatch } from '../sessions/ack-watch.ts';
import type { Deafness } from '../sessions/deafness.ts';
import type { FaultCounts } from '../sessions/faults.ts';
import type { ResultAcks } from '../sessions/result-acks.ts';
import type { TimerQueue } from '../timers/timer-queue.ts';
import type { LiveDispatch, LiveDispatches } from './live-dispatches.ts';
import { dataSourceNameOf, dispatchMessage, environmentNameOf, fillIn } from './payload.ts';
import type { Rests } from './rests.ts';
import type { OpenedNeeds, TaskNeeds } from './task-needs.ts';
import type { WorkerPool } from './worker-pool.ts';

export interface Deliveries {
  perform(effect: Effect): void;
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
  readonly rests: Rests;
  readonly needs: TaskNeeds;
  /** Of the term: a dispatch of an earlier one is sent again under it. */
  readonly epoch: Epoch;
  readonly ackTimeoutMs: number;
  readonly counts: FaultCounts;
  readonly deafness: Pick<Deafness, 'suspect'>;
}

export function createDeliveries(deps: DeliveriesDeps): Deliveries {
  const { clock, epoch, live, pool, resultAcks, rests, needs, ackTimeoutMs } = deps;
  const acks = createAckWatch({ timers: deps.timers, timeoutMs: ackTimeoutMs, ask, takeBack });

  /** V1. Null when it is not to be sent (any more). */
  function dueOf(id: DispatchId) {
    const dispatch = live.get(id);
    const node = dispatch?.bus.run.nodeOf.get(dispatch.taskInstanceId);
    const row = node?.current;
    if (!dispatch || !node || row?.dispatchId !== id || isTaskTerminal(row.state)) return null;
    return dispatch.bus.holds(row.id, id) ? { dispatch, node, row } : null;
  }

  function send(id: DispatchId): void {
    const due = dueOf(id);
    if (due === null) return;
    const { run } = due.dispatch.bus;
    const names = { environment: environmentNameOf(run, due.node), dataSource: dataSourceNameOf(due.node) };
    const { projectId } = run.instance;
    needs.open({ projectId, ...names, key: id, again: () => send(id) }, (opened) => {
      if ('problem' in opened) refuse(id, opened.problem);
      else sendWith(id, opened);
    });
  }

  function sendWith(id: DispatchId, opened: OpenedNeeds): void {
    const due = dueOf(id);
    if (due === null) return;
    const { dispatch, node, row } = due;
    const worker = pool.get(dispatch.workerId);
    const filled = fillIn(node, opened);
    // V3
    if ('problem' in filled) {
      refuse(id, filled.problem);
      return;
    }
    if (worker && Object.keys(filled.secrets).length > 0 && !knowsSecrets(worker.version)) {
      refuse(id, `Worker "${worker.name}" is too old to keep secrets out of its log. Update it.`);
      return;
    }
    let message: MasterDispatch;
    try {
      message = dispatchMessage(dispatch.bus.run, node, { row, epoch, ...filled });
    } catch (error) {
      dispatch.bus.fail('sending a task', error);
      return;
    }
    if (!acks.isOpen(id)) acks.expect(id);
    if (worker?.send(message) === 'too_large') fail(dispatch, TOO_LARGE);
  }

  /** V3. It may have been sent before, when there was something to send. */
  function refuse(id: DispatchId, text: string): void {
    const due = dueOf(id);
    if (due === null) return;
    pool.get(due.dispatch.workerId)?.send({ type: 'kill', dispatchId: id, reason: text, graceMs: 0 });
    fail(due.dispatch, text);
  }

  function fail({ id, bus, taskInstanceId }: LiveDispatch, text: string): void {
    acks.answered(id);
    bus.post({ type: 'TaskEnded', taskInstanceId, dispatchId: id, report: neverRan(text, clock.now()) });
  }

  function ask(id: DispatchId): void {
    const worker = pool.get(live.get(id)?.workerId as WorkerId);
    if (worker) deps.deafness.suspect(worker, `it did not answer dispatch ${id} in ${ackTimeoutMs / 1000} s`);
    send(id);
  }

  function takeBack(id: DispatchId): void {
    const dispatch = live.get(id);
    const worker = dispatch && pool.get(dispatch.workerId);
    if (!dispatch || !worker) return;
    const text = `Worker "${worker.name}" did not acknowledge it in ${(2 * ackTimeoutMs) / 1000} s.`;
    worker.send({ type: 'kill', dispatchId: id, reason: text, graceMs: 0 });
    rests.begin(worker.id);
    deps.counts.fault('no_ack');
    const { taskInstanceId } = dispatch;
    dispatch.bus.post({ type: 'DispatchReturned', taskInstanceId, dispatchId: id, cause: 'no_ack', text });
  }

  return {
    acks,
    send,
    perform(effect) {
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

const TOO_LARGE =
  'The task is too large to be sent to a worker (1 MiB with its script and parameters). Move data into files.';

/** The end of a task that no worker could make sense of, so that sending it elsewhere would not help. */
export function neverRan(error: string, endedAt: number): TaskOutcomeReport {
  return {
    state: 'failure',
    exitCode: null,
    signal: null,
    outputs: {},
    startedAt: null,
    endedAt,
    logBytes: 0,
    error,
    usage: null,
  };
}
