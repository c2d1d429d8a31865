/**
 * A known defect, put in from outside by wrapping what the engine is given: to show that the simulator finds it. Nothing
 * in the engine knows of these.
 */
import type { Clock } from '@vaquita/core';
import type { MasterSettings } from '@vaquita/master';
import type { Wire } from '@vaquita/protocol';
import type { MasterStore } from '@vaquita/store';
import type { MemoryStore } from '@vaquita/store/testing';
import type { SimProcess } from '../world/process.ts';

export interface Breakage {
  readonly name: string;
  /** What is wrong, in a sentence. */
  readonly what: string;
  /** The store itself is broken: behind everything that is witnessed. */
  store?(store: MemoryStore): MasterStore;
  /** What the master is given as its store is broken: before anything is witnessed. */
  port?(store: MasterStore, process: SimProcess): MasterStore;
  clock?(clock: Clock): Clock;
  /** The server's end of a worker's connection. */
  wire?(wire: Wire): Wire;
  readonly settings?: Partial<MasterSettings>;
  /** Checks of the reconciler that find this defect: with it the world comes to rest all the same. */
  readonly mendedBy?: readonly string[];
}
