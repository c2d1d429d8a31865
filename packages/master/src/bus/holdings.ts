/**
 * What the term holds of a run besides its bus: its place in queues, gates and lines, its live dispatches, what it has
 * asked. Taken up when a bus is built from rows, given up with the bus; the rows stay.
 */
import { isTaskTerminal, type LifecycleEvent, type WorkerId } from '@vaquita/core';
import type { DispatchQueue } from '../dispatch/dispatch-queue.ts';
import type { LiveDispatches } from '../dispatch/live-dispatches.ts';
import type { WorkerPool } from '../dispatch/worker-pool.ts';
import type { Room } from '../gate/room.ts';
import type { LogicHost } from '../logic/logic-host.ts';
import type { Presence } from '../sessions/presence.ts';
import type { ResultAcks } from '../sessions/result-acks.ts';
import type { RunBus } from './run-bus.ts';

export interface Holdings {
  /** A run was built from its rows: what it and workers hold is held again, but for what it is `told` to be over. */
  adopt(bus: RunBus, told: readonly LifecycleEvent[]): void;
  /** Whatever memory holds of the run goes. */
  forget(bus: RunBus): void;
  /** The run will be built anew: what workers hold of it still takes their slots. */
  suspend(bus: RunBus): void;
  /** The run has ended without its bus: workers that hold something of it are told. */
  abandon(bus: RunBus): void;
}

export interface HoldingsDeps {
  readonly room: Pick<Room, 'adopt' | 'forget'>;
  readonly logic: Pick<LogicHost, 'forget'>;
  readonly queue: Pick<DispatchQueue, 'removeRun'>;
  readonly live: LiveDispatches;
  readonly pool: Pick<WorkerPool, 'get'>;
  readonly presence: Pick<Presence, 'adopted' | 'isMissing' | 'declareLost'>;
  readonly resultAcks: Pick<ResultAcks, 'acknowledge'>;
  readonly killGraceMs: number;
  /** The workers that should be here are connected or waited for: one that is neither is lost. */
  readonly isSettled: () => boolean;
  readonly drop: (bus: RunBus) => void;
  /** There may be free slots. */
  readonly wake: () => void;
}

export function createHoldings(deps: HoldingsDeps): Holdings {
  const { room, logic, queue, live, pool, presence, resultAcks } = deps;

  function suspend(bus: RunBus): void {
    room.forget(bus);
    logic.forget(bus);
    queue.removeRun(bus);
    live.suspendRun(bus);
  }

  return {
    adopt(bus, told) {
      room.adopt(bus);
      const over = new Set(told.map((event) => ('dispatchId' in event && isEnd(event) ? event.dispatchId : null)));
      const missing = new Set<WorkerId>();
      for (const { current: row } of bus.run.nodes) {
        if (!row?.dispatchId || !row.workerId || isTaskTerminal(row.state)) continue;
        const dispatch = { id: row.dispatchId, taskInstanceId: row.id, workerId: row.workerId, bus };
        live.add(dispatch);
        // It is not sent again, nor waited for.
        if (over.has(dispatch.id)) continue;
        presence.adopted(dispatch);
        if (deps.isSettled() && presence.isMissing(row.workerId)) missing.add(row.workerId);
      }
      for (const worker of missing) presence.declareLost(worker, { text: 'Its worker is not connected.' });
    },
    forget(bus) {
      suspend(bus);
      if (live.endSuspension(bus.id)) deps.wake();
    },
    suspend,
    abandon(bus) {
      for (const { id, workerId } of live.ofRun(bus)) {
        const worker = pool.get(workerId);
        worker?.send({ type: 'kill', dispatchId: id, reason: 'its run was ended', graceMs: deps.killGraceMs });
      }
      // Results that it had heard of, and that will never be durable with it: their workers keep nothing for it.
      for (const event of bus.pending()) if (event.type === 'TaskEnded') resultAcks.acknowledge(event.dispatchId);
      deps.drop(bus);
    },
  };
}

function isEnd({ type }: LifecycleEvent): boolean {
  return type === 'TaskEnded' || type === 'DispatchReturned' || type === 'WorkerLost';
}
