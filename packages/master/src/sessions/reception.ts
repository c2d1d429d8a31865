/** The door for workers with all that stands behind it: who may come in, and what becomes of what they say. */
import type { MasterStore } from '@vaquita/store';
import type { UnknownDispatches } from '../recovery/unknown-dispatches.ts';
import type { MasterSettings } from '../settings.ts';
import { createGreeting, type GreetingDeps } from './greeting.ts';
import type { ProofOfLife } from './proof-of-life.ts';
import { createReports, type ReportsDeps } from './reports.ts';
import { createStandings, type StandingsDeps } from './standings.ts';
import { createStrangeResults } from './strange-results.ts';
import type { TermWorkers } from './term-workers.ts';
import { createWorkerDoor, type WorkerDoor, type WorkerDoorDeps } from './worker-door.ts';

/** Parts that are made here, or come with `proof`. */
type Inner = 'greeting' | 'hear' | 'standings' | 'strangeResult' | 'isHeld' | 'workers' | keyof ProofOfLife;

export interface ReceptionDeps
  extends Omit<GreetingDeps, Inner | 'settings'>,
    Omit<ReportsDeps, Inner>,
    Omit<WorkerDoorDeps, Inner>,
    Omit<StandingsDeps, Inner | 'retryMs' | 'pollMs' | 'killGraceMs'> {
  readonly store: MasterStore;
  readonly workers: TermWorkers;
  readonly settings: MasterSettings;
  readonly proof: ProofOfLife;
  readonly unknown: UnknownDispatches;
}

export interface Reception extends WorkerDoor {
  /** Hint: something about a worker or a worker token has been decided. */
  refreshWorkers(): void;
}

export function createReception(deps: ReceptionDeps): Reception {
  const { proof, unknown, settings } = deps;
  const retryMs = settings.commitRetryMs;
  const standings = createStandings({
    ...deps,
    retryMs,
    pollMs: settings.workerPollMs,
    killGraceMs: settings.machine.killGraceMs,
  });
  const greeting = createGreeting({ ...deps, ...proof, standings, isHeld: unknown.isHeld });
  const strangeResult = createStrangeResults({ ...deps, retryMs, hearResult: unknown.hearResult });
  const hear = createReports({ ...deps, ...proof, strangeResult });
  const door = createWorkerDoor({ ...deps, ...proof, greeting, standings, hear });
  return { ...door, refreshWorkers: standings.read };
}
