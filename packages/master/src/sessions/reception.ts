/** The door for workers with all that stands behind it: who may come in, and what becomes of what they say. */
import type { MasterStore } from '@vaquita/store';
import type { UnknownDispatches } from '../recovery/unknown-dispatches.ts';
import { createGreeting, type GreetingDeps } from './greeting.ts';
import type { ProofOfLife } from './proof-of-life.ts';
import { createReports, type ReportsDeps } from './reports.ts';
import { createStrangeResults } from './strange-results.ts';
import { createWorkerDoor, type WorkerDoor, type WorkerDoorDeps } from './worker-door.ts';

export interface ReceptionDeps
  extends Omit<GreetingDeps, 'workers' | 'isHeld' | keyof ProofOfLife>,
    Omit<ReportsDeps, 'strangeResult' | keyof ProofOfLife>,
    Omit<WorkerDoorDeps, 'greeting' | 'hear' | 'settings' | keyof ProofOfLife> {
  readonly store: MasterStore;
  readonly settings: GreetingDeps['settings'] & WorkerDoorDeps['settings'];
  readonly proof: ProofOfLife;
  readonly unknown: UnknownDispatches;
}

export function createReception(deps: ReceptionDeps): WorkerDoor {
  const { store, log, proof, unknown } = deps;
  const greeting = createGreeting({ ...deps, ...proof, workers: store.workers, isHeld: unknown.isHeld });
  const strange = createStrangeResults({ store, log, hearResult: unknown.hearResult });
  const hear = createReports({
    ...deps,
    ...proof,
    strangeResult: (result, reporter) => void strange(result, reporter),
  });
  return createWorkerDoor({ ...deps, ...proof, greeting, hear });
}
