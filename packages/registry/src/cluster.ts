/** The servers that share the database, as each of them sees them. */
import type { ServerId } from '@vaquita/core';
import type { ServerNode } from './server-node.ts';

export interface ServerState extends ServerNode {
  readonly id: ServerId;
  /** For how long it counts as alive should nothing more be heard of it; negative when that is past. */
  readonly expiresInMs: number;
  /** Of its term while it leads. */
  readonly epoch: number | null;
}

export interface ClusterReader {
  /** By id: in the order in which they were started. */
  servers(): Promise<readonly ServerState[]>;
  /** What the clock of the database shows. */
  now(): Promise<number>;
}
