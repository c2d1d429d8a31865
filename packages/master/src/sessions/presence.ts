/**
 * What the coming and going of workers means for the tasks they hold.
 *
 * S1 A worker that is away keeps its tasks until its session timeout has passed since its last sign of life.
 * S2 When it is back it is sent what it is owed: dispatches it never acknowledged, kill orders.
 * S3 A task that ran on it and that it does not know any more is lost at once.
 */
import type { Clock, WorkerId } from '@vaquita/core';
import { toAppError } from '@vaquita/core';
import type { WorkerHello } from '@vaquita/protocol';
import type { WorkerStore } from '@vaquita/store';
import type { Deliveries } from '../dispatch/deliveries.ts';
import type { LiveDispatch, LiveDispatches } from '../dispatch/live-dispatches.ts';
import type { ConnectedWorker, WorkerPool } from '../dispatch/worker-pool.ts';
import type { Logger } from '../settings.ts';
import type { TimerQueue } from '../timers/timer-queue.ts';
import type { Heartbeats } from './heartbeats.ts';
import type { ResultAcks } from './result-acks.ts';

/** For a worker that holds tasks but whose row is gone: its own timeout is not known. */
const UNKNOWN_WORKER_TIMEOUT_MS = 30_000;

export interface Presence {
  joined(worker: ConnectedWorker, hello: WorkerHello): void;
  /** `gone`: it will not be back, so its tasks need not wait for it. */
  left(worker: ConnectedWorker, gone: boolean, text: string): void;
  /** After recovery: starts the wait for every worker that holds tasks and is not connected. */
  awaitAbsent(): Promise<void>;
}

export interface PresenceDeps {
  readonly workers: WorkerStore;
  readonly clock: Clock;
  readonly timers: TimerQueue;
  readonly live: LiveDispatches;
  readonly pool: WorkerPool;
  readonly deliveries: Deliveries;
  readonly resultAcks: ResultAcks;
  readonly heartbeats: Heartbeats;
  readonly log: Logger;
  /** There may be free slots. */
  readonly wake: () => void;
  /** An event may have been written. */
  readonly told: () => void;
}

export function createPresence(deps: PresenceDeps): Presence {
  const { clock, timers, live, pool, deliveries, log } = deps;

  function lose(id: WorkerId, text: string): void {
    setOffline(id, text);
    for (const dispatch of live.ofWorker(id)) loseDispatch(dispatch, text);
  }

  function loseDispatch(dispatch: LiveDispatch, text: string): void {
    dispatch.bus.post({ type: 'WorkerLost', taskInstanceId: dispatch.taskInstanceId, dispatchId: dispatch.id, text });
  }

  function setOffline(id: WorkerId, why: string): void {
    deps.workers.setState(id, { state: 'offline', at: clock.now(), why }).then(deps.told, (error) => {
      log.warn('That a worker is offline could not be written.', { worker: id, error: toAppError(error).message });
    });
  }

  function awaitReturn(id: WorkerId, deadline: number, text: string): void {
    timers.set(timerKey(id), deadline, () => {
      if (!pool.get(id)) lose(id, text);
    });
  }

  return {
    joined(worker, hello) {
      timers.clear(timerKey(worker.id));
      log.info('A worker has joined.', { worker: worker.name, groups: worker.groups.join(','), slots: worker.slots });
      const known = new Set<string>([
        ...hello.running.map((running) => running.dispatchId),
        ...hello.unsent.map((unsent) => unsent.dispatchId),
      ]);
      for (const dispatch of live.ofWorker(worker.id)) {
        const { run } = dispatch.bus;
        const row = run.nodeOf.get(dispatch.taskInstanceId)?.current;
        if (known.has(dispatch.id)) {
          deliveries.acks.answered(dispatch.id);
          const order = run.outbox.get(dispatch.id);
          if (order)
            worker.send({ type: 'kill', dispatchId: dispatch.id, reason: order.reason, graceMs: order.graceMs });
        } else if (row?.state === 'running') {
          loseDispatch(dispatch, `Worker "${worker.name}" has come back and does not know the task any more.`);
        } else {
          deliveries.send(dispatch.id);
        }
      }
      deps.wake();
    },
    left(worker, gone, text) {
      deps.resultAcks.left(worker);
      log.info(gone ? 'A worker has left.' : 'A worker is away.', { worker: worker.name, why: text });
      if (gone) {
        lose(worker.id, text);
        return;
      }
      const lastSign = deps.heartbeats.lastBeatAt(worker.id) ?? clock.now();
      awaitReturn(worker.id, lastSign + worker.sessionTimeoutMs, text);
    },
    async awaitAbsent() {
      const rows = new Map((await deps.workers.list()).map((row) => [row.id, row]));
      const text = 'Its worker has not come back since the server restarted.';
      for (const id of live.workers()) {
        if (pool.get(id)) continue;
        const patience = rows.get(id)?.sessionTimeoutMs ?? UNKNOWN_WORKER_TIMEOUT_MS;
        awaitReturn(id, clock.now() + patience, text);
      }
      for (const row of rows.values()) {
        if (row.state !== 'offline' && !pool.get(row.id) && live.slotsUsed(row.id) === 0) {
          awaitReturn(row.id, clock.now() + row.sessionTimeoutMs, text);
        }
      }
    },
  };
}

function timerKey(id: WorkerId): string {
  return `worker:${id}`;
}
