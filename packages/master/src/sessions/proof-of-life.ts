/** What tells workers that run something from workers that only answer heartbeats: echoes, and when one is asked for. */
import type { DispatchId, IdSource, WorkerId } from '@vaquita/core';
import type { MasterSettings } from '../settings.ts';
import type { TimerQueue } from '../timers/timer-queue.ts';
import { createDeafness, type Deafness, type DeafnessDeps } from './deafness.ts';
import { createProbes, type Probes } from './probes.ts';
import { createStartWatch, type StartWatch } from './start-watch.ts';

export interface ProofOfLife {
  readonly probes: Probes;
  readonly deafness: Deafness;
  readonly starts: StartWatch;
}

export interface ProofOfLifeDeps extends Omit<DeafnessDeps, 'probes' | 'echoTimeoutMs'> {
  readonly timers: TimerQueue;
  readonly ids: IdSource;
  readonly settings: Pick<MasterSettings, 'echoTimeoutMs' | 'startTimeoutMs'>;
}

export function createProofOfLife(deps: ProofOfLifeDeps): ProofOfLife {
  const { timers, ids, pool } = deps;
  const { echoTimeoutMs, startTimeoutMs } = deps.settings;
  const probes = createProbes({ timers, ids, timeoutMs: echoTimeoutMs });
  const deafness = createDeafness({ ...deps, probes, echoTimeoutMs });

  function overdue(id: WorkerId, unstarted: readonly DispatchId[]): void {
    const worker = pool.get(id);
    const what = unstarted.length === 1 ? `dispatch ${unstarted[0]}` : `${unstarted.length} dispatches`;
    if (worker) deafness.suspect(worker, `it accepted ${what} and did not start in ${startTimeoutMs / 1000} s`);
  }

  return { probes, deafness, starts: createStartWatch({ timers, timeoutMs: startTimeoutMs, overdue }) };
}
