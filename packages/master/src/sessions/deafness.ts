/**
 * Workers that answer heartbeats and run nothing. One that leaves a dispatch unanswered (P2), or accepts one and does not start
 * it, is asked for an echo; one that does not return it is deaf.
 *
 * F1 The session of a deaf worker is closed from here, and what it had not started goes to others; what it has started
 *    is its own while it comes back in time.
 * F2 A worker that was deaf is given nothing after its return until an echo has come back. When that one does not either,
 *    the worker is lost.
 */
import type { Clock, DispatchId, NewEvent, WorkerId } from '@vaquita/core';
import type { Holds } from '../dispatch/holds.ts';
import type { LiveDispatch, LiveDispatches } from '../dispatch/live-dispatches.ts';
import type { ConnectedWorker, WorkerPool } from '../dispatch/worker-pool.ts';
import type { Logger } from '../settings.ts';
import type { FaultCounts } from './faults.ts';
import type { Probes } from './probes.ts';

export interface Deafness {
  /** It has not answered, or not started, what it should have. @param why the end of a sentence: "it was asked because …" */
  suspect(worker: ConnectedWorker, why: string): void;
  joined(worker: ConnectedWorker): void;
  /** It has been deaf and could not prove the contrary since: its tasks need not wait for it. */
  isHopeless(id: WorkerId): boolean;
}

export interface DeafnessDeps {
  readonly clock: Pick<Clock, 'now'>;
  readonly probes: Probes;
  readonly live: LiveDispatches;
  readonly pool: Pick<WorkerPool, 'get'>;
  readonly holds: Pick<Holds, 'add' | 'remove'>;
  readonly counts: FaultCounts;
  readonly log: Logger;
  readonly echoTimeoutMs: number;
  readonly record: (event: NewEvent) => void;
}

export function createDeafness(deps: DeafnessDeps): Deafness {
  const { probes, live, pool, log } = deps;
  /** Echoes in a row that did not come back. */
  const silences = new Map<WorkerId, number>();

  async function prove(worker: ConnectedWorker, why: string): Promise<boolean> {
    const outcome = await probes.ask(worker);
    if (outcome === 'silent' && pool.get(worker.id) === worker) isDeaf(worker, why);
    if (outcome === 'answered') silences.delete(worker.id);
    return outcome === 'answered' || outcome === 'unasked';
  }

  function isDeaf(worker: ConnectedWorker, why: string): void {
    silences.set(worker.id, (silences.get(worker.id) ?? 0) + 1);
    deps.counts.fault('deaf');
    const unstarted = live.ofWorker(worker.id).filter(isUnstarted);
    const text = `Worker "${worker.name}" answers heartbeats and has not returned an echo in ${deps.echoTimeoutMs / 1000} s; it was asked because ${why}.`;
    log.warn(text, { worker: worker.name, unstarted: unstarted.map(({ id }) => id) });
    // Before anything is given back, so that it does not come here again.
    deps.holds.add(worker.id, 'closing');
    deps.record(deafEvent(worker, { text, unstarted: unstarted.map(({ id }) => id), at: deps.clock.now() }));
    for (const dispatch of unstarted) {
      const { id, taskInstanceId, bus } = dispatch;
      worker.send({ type: 'kill', dispatchId: id, reason: text, graceMs: 0 });
      bus.post({ type: 'DispatchReturned', taskInstanceId, dispatchId: id, cause: 'worker_deaf', text });
    }
    worker.close('deaf', 'an echo did not come back in time');
  }

  return {
    suspect: (worker, why) => void prove(worker, why),
    joined(worker) {
      if (!silences.has(worker.id)) return;
      deps.holds.add(worker.id, 'unproven');
      void prove(worker, 'it had been deaf before').then((proven) => {
        if (proven && pool.get(worker.id) === worker) deps.holds.remove(worker.id, 'unproven');
      });
    },
    isHopeless: (id) => (silences.get(id) ?? 0) > 1,
  };
}

function isUnstarted({ id, taskInstanceId, bus }: LiveDispatch): boolean {
  const row = bus.run.nodeOf.get(taskInstanceId)?.current;
  return row?.dispatchId === id && row.state === 'dispatched';
}

function deafEvent(
  { id, name }: ConnectedWorker,
  { text, unstarted, at }: { readonly text: string; readonly unstarted: readonly DispatchId[]; readonly at: number },
): NewEvent {
  const data = { workerId: id, worker: name, code: 'deaf', text, unstarted };
  return { type: 'worker.fault', projectId: null, workflowInstanceId: null, taskInstanceId: null, at, data };
}
