/** The known defects, by name. */
import { AppError } from '@vaquita/core';
import { ALERT_BREAKAGES } from './alerts.ts';
import { BACKFILL_BREAKAGES } from './backfills.ts';
import type { Breakage } from './breakage.ts';
import { CLUSTER_BREAKAGES } from './cluster.ts';
import { ENGINE_BREAKAGES } from './engine.ts';
import { LISTENER_BREAKAGES } from './listeners.ts';
import { PROTOCOL_BREAKAGES } from './protocol.ts';
import { SCHEDULE_BREAKAGES } from './schedules.ts';
import { TRIGGER_BREAKAGES } from './triggers.ts';

export const BREAKAGES: readonly (() => Breakage)[] = [
  ...ENGINE_BREAKAGES,
  ...PROTOCOL_BREAKAGES,
  ...CLUSTER_BREAKAGES,
  ...ALERT_BREAKAGES,
  ...LISTENER_BREAKAGES,
  ...SCHEDULE_BREAKAGES,
  ...BACKFILL_BREAKAGES,
  ...TRIGGER_BREAKAGES,
];

/** Leaks that the reconciler mends. Each is found as the others are when it is switched off. */
export const MENDED_BREAKAGES: readonly (() => Breakage)[] = [
  () => ({
    name: 'forgotten-run',
    what: 'A new leader is told of no open run. The reconciler brings them into memory.',
    port: (store) => ({ ...store, openInstances: async () => ({ items: [], next: null }) }),
    mendedBy: ['run_not_in_memory', 'stuck_command'],
  }),
  () => ({
    name: 'forgotten-run-for-good',
    what: 'The same, and nobody holds memory against rows.',
    port: (store) => ({ ...store, openInstances: async () => ({ items: [], next: null }) }),
    settings: { reconciler: null },
  }),
];

export function findBreakage(name: string): Breakage {
  const found = [...BREAKAGES, ...MENDED_BREAKAGES].map((make) => make()).find((breakage) => breakage.name === name);
  if (found) return found;
  const names = BREAKAGES.map((make) => make().name).join(', ');
  throw new AppError('bad_request', `There is no known defect "${name}". There are: ${names}.`);
}
