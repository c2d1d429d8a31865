/** A connected worker as the pool keeps it: what it said of itself, and what has been heard and decided since. */
import { matchesLabels, type WorkerId, type WorkerLabels } from '@vaquita/core';
import type { CloseReason, MasterOrder, SendOutcome } from '@vaquita/protocol';
import type { Load } from './balancing/load.ts';
import type { Demand } from './demand.ts';

export interface ConnectedWorker {
  readonly id: WorkerId;
  readonly name: string;
  /** Those that it names itself; it may have been put into others. */
  readonly groups: readonly string[];
  readonly labels: WorkerLabels;
  /** For policies that weigh; above 0. */
  readonly weight: number;
  readonly slots: number;
  readonly taskTypes: ReadonlySet<string>;
  readonly sessionTimeoutMs: number;
  /** Of the protocol, that both sides speak. */
  readonly version: string;
  /** Of the process; undefined where it does not tell. */
  readonly instance?: string | undefined;
  send(message: MasterOrder): SendOutcome;
  close(reason: CloseReason, text: string): void;
}

export interface Member extends Load {
  readonly worker: ConnectedWorker;
  /** Names of the groups it is in now. */
  groups: ReadonlySet<string>;
  labels: WorkerLabels;
  weight: number;
  slots: number;
  slotsUsed: number;
  cpu: number | null;
  memory: number | null;
  /** Takes nothing more until it is told to go on. */
  draining: boolean;
  /** Is given nothing for a while. */
  resting: boolean;
  /** By its newest heartbeat its machine has no room for more. */
  overloaded: boolean;
}

/** Once it has a free slot it could run such tasks. */
export function isAble({ worker, labels, draining }: Member, demand: Demand): boolean {
  return !draining && worker.taskTypes.has(demand.type) && matchesLabels(demand.labels, labels);
}

export function hasFreeSlot({ resting, overloaded, slots, slotsUsed }: Member): boolean {
  return !resting && !overloaded && slotsUsed < slots;
}
