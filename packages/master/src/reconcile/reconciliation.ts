/** The reconciler with all that it sees and does, from the parts of a term. */
import type { Clock, NewEvent } from '@vaquita/core';
import type { MasterStore } from '@vaquita/store';
import type { Repair } from '../recovery/repair.ts';
import type { Presence } from '../sessions/presence.ts';
import type { Logger } from '../settings.ts';
import type { MendCounts } from './findings.ts';
import type { MemoryView } from './memory-view.ts';
import { createMender, type MenderDeps } from './mend.ts';
import { createReconciler, type Reconciler } from './reconciler.ts';
import type { ReconcilerSettings } from './settings.ts';

type Parts = Omit<MenderDeps, 'store' | 'repair' | 'presence' | 'clock'> &
  Omit<MemoryView, 'presence' | 'isUnrunnable' | 'now'>;

export interface ReconciliationDeps extends Parts {
  readonly store: Pick<MasterStore, 'reconcile' | 'others'>;
  readonly clock: Clock;
  readonly repair: Repair;
  readonly presence: Presence;
  readonly counts: MendCounts;
  readonly log: Logger;
  readonly settings: ReconcilerSettings;
  readonly isOver: () => boolean;
  readonly endWhenFenced: (error: unknown) => boolean;
  readonly record: (event: NewEvent) => void;
}

export function createReconciliation(deps: ReconciliationDeps): Reconciler {
  const { store, clock, repair } = deps;
  const memory: MemoryView = { ...deps, isUnrunnable: repair.isUnrunnable, now: clock.now };
  return createReconciler({ ...deps, store: store.reconcile, memory, mend: createMender(deps) });
}
