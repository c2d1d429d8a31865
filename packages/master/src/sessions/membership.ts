/**
 * Where the rest of the cluster sees which workers are there. The master tells it and waits for nothing: who leads goes by its
 * own sessions, and everybody else by what is told here.
 */
import type { WorkerId } from '@vaquita/core';

export interface MemberWorker {
  readonly id: WorkerId;
  readonly name: string;
  /** Those it names itself. */
  readonly groups: readonly string[];
  readonly slots: number;
  /** As the worker has chosen them. */
  readonly heartbeatIntervalMs: number;
  readonly sessionTimeoutMs: number;
}

export interface Membership {
  /** It has come in, or has come back, through this server. */
  joined(worker: MemberWorker): void;
  /** A heartbeat of it has come. */
  heard(id: WorkerId): void;
  /** Its connection has ended. `gone`: it will not be back; otherwise it may go on elsewhere. */
  left(id: WorkerId, gone: boolean): void;
}

/** For a master that is alone. */
export const NO_MEMBERSHIP: Membership = Object.freeze({ joined() {}, heard() {}, left() {} });
