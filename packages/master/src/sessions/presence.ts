/**
 * What the coming and going of workers means for the tasks they hold.
 *
 * S1 (P6) A worker that is away keeps its tasks for as long as its session timeout, from the loss of its connection.
 * S2 When it is back it is sent what it is owed and what the rows stand behind; the rest follows its commit.
 * S3 The end of a session matters only while no newer session of the same worker is open.
 * S4 (P7) What the rows say of a worker is held against what it said when it joined, once for each dispatch of an earlier term,
 *    also when the run comes into memory only later.
 * S5 When a run is built anew, what this term owes its workers is sent again: the commit that owed it may have lost its
 *    answer, and with it its effects.
 */
import type { Clock, DispatchId, Epoch, IdSource, TaskInstanceRow, WorkerId } from '@vaquita/core';
import { toAppError } from '@vaquita/core';
import { RECONNECT_CAP_MS, type WorkerHello } from '@vaquita/protocol';
import type { WorkerRow, WorkerStateRow } from '@vaquita/store';
import type { RunBus } from '../bus/run-bus.ts';
import type { Deliveries } from '../dispatch/deliveries.ts';
import type { Holds } from '../dispatch/holds.ts';
import type { LiveDispatch, LiveDispatches } from '../dispatch/live-dispatches.ts';
import type { ConnectedWorker, WorkerPool } from '../dispatch/worker-pool.ts';
import type { Logger } from '../settings.ts';
import { workerLost } from '../system/cluster-alerts.ts';
import type { TimerQueue } from '../timers/timer-queue.ts';
import type { Heartbeats } from './heartbeats.ts';
import type { ResultAcks } from './result-acks.ts';
import { decideReturn } from './returning.ts';
import type { TermWorkers } from './term-workers.ts';
import { createWorkerStates } from './worker-states.ts';

/**
 * After a restart of the server a worker may be in the longest pause between two tries to connect: it is given up only
 * when it has had one more, and some seconds for the greeting.
 */
const RETURN_MS = RECONNECT_CAP_MS + 5_000;

export interface Presence {
  /** Somebody says that he is this worker, and is being answered until the function is called. */
  greets(id: WorkerId): () => void;
  /** His connection was gone before he was let in, and his row may say that he is here. */
  brokenOff(hello: WorkerHello): void;
  joined(worker: ConnectedWorker, hello: WorkerHello): void;
  /** The run of the dispatch has come into memory. */
  adopted(dispatch: LiveDispatch): void;
  /** `gone`: it will not be back, so its tasks need not wait for it. `expected`: it said so, or was sent away. */
  left(worker: ConnectedWorker, gone: boolean, text: string, expected?: boolean): void;
  /** Starts the wait for every worker that holds tasks, or should be here, and is not connected. One that is waited for is let be. */
  awaitAbsent(): Promise<void>;
  /** Starts the wait for one worker, unless it is seen to. */
  awaitOne(id: WorkerId): Promise<void>;
  /** What of these is not as it should be: to be looked at twice, because much is under way. */
  amiss(rows: readonly WorkerStateRow[]): AmissWorkers;
  /** It is gone for good, and what it holds is to go elsewhere. */
  declareLost(id: WorkerId, loss: Loss): void;
  /** Neither connected nor waited for: what it holds is nobody's. */
  isMissing(id: WorkerId): boolean;
  /** It is connected or waited for, or its loss is being dealt with. */
  isSeenTo(id: WorkerId): boolean;
  /** The worker is lost, unless it has come back meanwhile: its tasks go elsewhere. @throws AppError when it cannot be written. */
  lose(id: WorkerId, loss: Loss): Promise<void>;
  /** Whether a connected worker takes tasks has changed. */
  restate(id: WorkerId, why: string): void;
}

export interface AmissWorkers {
  /** They should be here by their rows, and nobody sees to them. */
  readonly absent: readonly WorkerId[];
  /** They are connected, and their rows say that they are not. */
  readonly deniedByRow: readonly WorkerId[];
}

/** Why a worker counts as lost. */
export interface Loss {
  readonly text: string;
  /** When it was last heard of, where that is known. */
  readonly lastHeardAt?: number | undefined;
  /** It has said that it would leave, or was sent away: nobody need be told. */
  readonly expected?: boolean | undefined;
}

interface Greeting {
  readonly known: ReadonlySet<DispatchId>;
  readonly settled: Set<DispatchId>;
}

export interface PresenceDeps {
  readonly epoch: Epoch;
  readonly workers: Pick<TermWorkers, 'setState' | 'list' | 'get'>;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly timers: TimerQueue;
  readonly live: LiveDispatches;
  readonly pool: WorkerPool;
  readonly holds: Pick<Holds, 'has'>;
  readonly deliveries: Deliveries;
  readonly resultAcks: ResultAcks;
  readonly log: Logger;
  /** The worker will not be back: to be followed by `lose`. */
  readonly lost: (id: WorkerId, loss: Loss) => void;
  readonly heartbeats: Pick<Heartbeats, 'lastHeardAt' | 'left'>;
  /** There may be free slots. */
  readonly wake: () => void;
  /** An event may have been written. */
  readonly told: () => void;
}

export function createPresence(deps: PresenceDeps): Presence {
  const { clock, timers, live, pool, deliveries, log } = deps;
  const states = createWorkerStates(deps);
  /** What connected workers said they have, and what has been held against it. */
  const greetings = new Map<WorkerId, Greeting>();
  /** Workers whose return is waited for. */
  const awaited = new Set<WorkerId>();
  /** Workers whose loss has been declared and is not dealt with. */
  const losing = new Set<WorkerId>();
  /** How often each is being greeted. */
  const greeted = new Map<WorkerId, number>();

  function isMissing(id: WorkerId): boolean {
    return !pool.get(id) && !awaited.has(id);
  }

  function isSeenTo(id: WorkerId): boolean {
    return !isMissing(id) || losing.has(id) || greeted.has(id);
  }

  function declareLost(id: WorkerId, loss: Loss): void {
    losing.add(id);
    deps.lost(id, loss);
  }

  function loseDispatch({ id, taskInstanceId, bus }: LiveDispatch, { text, lastHeardAt }: Loss): void {
    const heard = lastHeardAt === undefined ? {} : { lastHeardAt };
    bus.post({ type: 'WorkerLost', taskInstanceId, dispatchId: id, text, ...heard });
  }

  function awaitReturn(id: WorkerId, patienceMs: number, { text, lastHeardAt }: Loss): void {
    awaited.add(id);
    timers.after(timerKey(id), patienceMs, () => {
      awaited.delete(id);
      const waited = `${text} It has not come back in ${Math.round(patienceMs / 1000)} s.`;
      if (!pool.get(id)) declareLost(id, { text: waited, lastHeardAt });
    });
  }

  /** After nobody has waited for it: it gets as long as after a change of leaders. */
  function awaitRow(id: WorkerId, row: WorkerRow | undefined, text: string): void {
    const lastHeardAt = row?.lastHeartbeatAt ?? undefined;
    awaitReturn(id, Math.max(row?.sessionTimeoutMs ?? 0, RETURN_MS), { text, lastHeardAt });
  }

  /** @returns whether the worker goes on with a dispatch of an earlier term, and is to be told whose it is now. */
  function settle(dispatch: LiveDispatch, worker: ConnectedWorker, { known, settled }: Greeting): boolean {
    const { id, taskInstanceId, bus } = dispatch;
    const row = bus.run.nodeOf.get(taskInstanceId)?.current;
    if (!row) return false;
    settled.add(id);
    // Whatever was asked of an earlier connection, the wait for an answer begins with this one.
    deliveries.acks.answered(id);
    switch (decideReturn({ known: known.has(id), durable: bus.holds(taskInstanceId, id), row })) {
      case 'keep':
        sendOrder(bus, id, worker);
        return row.dispatchEpoch !== deps.epoch;
      case 'wait':
        return false;
      case 'send':
        deliveries.send(id);
        return false;
      case 'return': {
        const text = `it never reached worker "${worker.name}"`;
        bus.post({ type: 'DispatchReturned', taskInstanceId, dispatchId: id, cause: 'never_arrived', text });
        return false;
      }
      case 'lose':
        loseDispatch(dispatch, {
          text: `Worker "${worker.name}" has come back and does not know the task any more.`,
        });
        return false;
    }
  }

  function takeOver(worker: ConnectedWorker, dispatches: readonly LiveDispatch[]): void {
    if (dispatches.length === 0) return;
    worker.send({ type: 'takeOver', epoch: deps.epoch, dispatchIds: dispatches.map(({ id }) => id) });
  }

  /** S5. What was placed in this term was sent after the greeting, if at all. */
  function sendAgain({ id, bus }: LiveDispatch, worker: ConnectedWorker, row: TaskInstanceRow): void {
    if (bus.orderFor(id)) sendOrder(bus, id, worker);
    else if (row.state === 'dispatched') deliveries.send(id);
  }

  function sendOrder(bus: RunBus, id: DispatchId, worker: ConnectedWorker): void {
    const order = bus.orderFor(id);
    if (order) worker.send({ type: 'kill', dispatchId: id, reason: order.reason, graceMs: order.graceMs });
  }

  return {
    joined(worker, hello) {
      timers.clear(timerKey(worker.id));
      awaited.delete(worker.id);
      losing.delete(worker.id);
      // The wait for it may have ended while it was being greeted.
      states.tell(worker.id, 'It has joined.');
      log.info('A worker has joined.', { worker: worker.name, groups: worker.groups.join(','), slots: worker.slots });
      const known = new Set<DispatchId>([...hello.running, ...hello.unsent].map(({ dispatchId }) => dispatchId));
      const greeting: Greeting = { known, settled: new Set() };
      greetings.set(worker.id, greeting);
      takeOver(
        worker,
        live.ofWorker(worker.id).filter((dispatch) => settle(dispatch, worker, greeting)),
      );
      deps.wake();
    },
    adopted(dispatch) {
      const worker = pool.get(dispatch.workerId);
      const greeting = greetings.get(dispatch.workerId);
      const row = dispatch.bus.run.nodeOf.get(dispatch.taskInstanceId)?.current;
      if (!worker || !greeting || !row) return;
      if (row.dispatchEpoch === deps.epoch) sendAgain(dispatch, worker, row);
      else if (!greeting.settled.has(dispatch.id) && settle(dispatch, worker, greeting)) takeOver(worker, [dispatch]);
    },
    left(worker, gone, text, expected = false) {
      deps.resultAcks.left(worker);
      if (pool.get(worker.id)) return;
      greetings.delete(worker.id);
      const loss = { text, lastHeardAt: deps.heartbeats.lastHeardAt(worker.id) };
      deps.heartbeats.left(worker.id);
      log.info(gone ? 'A worker has left.' : 'A worker is away.', { worker: worker.name, why: text });
      if (gone) declareLost(worker.id, { ...loss, expected });
      else awaitReturn(worker.id, worker.sessionTimeoutMs, loss);
    },
    isMissing,
    isSeenTo,
    declareLost,
    greets(id) {
      greeted.set(id, (greeted.get(id) ?? 0) + 1);
      return () => {
        const others = (greeted.get(id) ?? 1) - 1;
        if (others > 0) greeted.set(id, others);
        else greeted.delete(id);
      };
    },
    brokenOff({ workerId, name, sessionTimeoutMs }) {
      const text = `Worker "${name}": its connection was lost while it was being greeted.`;
      if (isMissing(workerId)) awaitReturn(workerId, sessionTimeoutMs, { text, lastHeardAt: clock.now() });
    },
    async awaitOne(id) {
      const row = await deps.workers.get(id);
      if (!isSeenTo(id)) awaitRow(id, row, 'Its worker was not connected, and nobody waited for it.');
    },
    amiss(rows) {
      const online = rows.filter(({ state }) => state !== 'offline').map(({ id }) => id);
      const offline = rows.filter(({ state }) => state === 'offline').map(({ id }) => id);
      return {
        absent: online.filter((id) => !isSeenTo(id)),
        deniedByRow: offline.filter((id) => pool.get(id) && !states.isBeingTold(id)),
      };
    },
    async lose(id, loss) {
      if (pool.get(id)) return;
      // Until its row says so: a database that is slow, or a write that is tried again, must not make it look forgotten.
      losing.add(id);
      const held = live.ofWorker(id);
      for (const dispatch of held) loseDispatch(dispatch, loss);
      try {
        const row = loss.expected ? undefined : await deps.workers.get(id);
        const now = clock.now();
        const alert = row && workerLost({ ids: deps.ids, now }, row, loss, held.length);
        await deps.workers.setState(id, { state: 'offline', at: now, why: loss.text, alert });
        deps.told();
      } catch (error) {
        if (toAppError(error).code !== 'not_found') throw error;
      }
      losing.delete(id);
      // It has come back while that was written.
      if (pool.get(id)) states.tell(id, 'It has joined.');
    },
    restate(id, why) {
      if (pool.get(id)) states.tell(id, why);
    },
    async awaitAbsent() {
      const rows = new Map((await deps.workers.list()).map((row) => [row.id, row]));
      const text = 'Its worker was away when this server began to lead.';
      const online = [...rows.values()].filter((row) => row.state !== 'offline').map((row) => row.id);
      for (const id of new Set([...live.workers(), ...online])) {
        if (!isSeenTo(id)) awaitRow(id, rows.get(id), text);
      }
    },
  };
}

function timerKey(id: WorkerId): string {
  return `worker:${id}`;
}
