/** What a term says of itself to whoever operates it. */
import type { Epoch } from '@vaquita/core';
import type { RoomStatus } from './gate/room.ts';
import type { JanitorStatus } from './janitor/janitor.ts';
import type { LogicStatus } from './logic/logic-host.ts';
import type { ReconcilerStatus } from './reconcile/reconciler.ts';
import type { TakingOverStatus } from './recovery/taking-over.ts';
import type { SystemStatus } from './system/system-bus.ts';

export interface TermStatus {
  readonly epoch: Epoch;
  readonly runs: number;
  readonly queued: number;
  readonly live: number;
  readonly workers: number;
  /** Runs that are set aside because they cannot be handled. */
  readonly quarantined: number;
  /** Who waits for a turn or a slot, and who has one. */
  readonly room: RoomStatus;
  readonly logic: LogicStatus;
  /** How far this term has come with the open runs of those before it. */
  readonly takingOver: TakingOverStatus;
  /** What the reconciler does; null: it is switched off. */
  readonly reconciler: ReconcilerStatus | null;
  /** What the janitor does; null: everything is kept. */
  readonly janitor: JanitorStatus | null;
  /** What is being done about leadership, servers and workers that came or went. */
  readonly system: SystemStatus;
}
