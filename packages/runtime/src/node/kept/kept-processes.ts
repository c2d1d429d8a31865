/** The processes that an agent has the keeper start, and those that an agent before it had started. */
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { createKeeperClient, type KeeperClientOptions } from './keeper-client.ts';
import type { KeeperOrder } from './keeper-orders.ts';
import { createKeptProcess, type KeptProcess, type KeptProcessOptions } from './kept-process.ts';
import { partName } from './spool-format.ts';

type KeepOptions = Omit<KeptProcessOptions, 'onOver'>;

export interface KeptProcesses {
  start(order: Omit<KeeperOrder, 'folder'>, options: KeepOptions): KeptProcess;
  /** One of an agent before this one: its keeper does not know us, so its folder is looked at from time to time. */
  follow(options: KeepOptions): KeptProcess;
  /** True when nothing was ever started for the attempt, and nothing will be from now on (W1). */
  claim(folder: string): boolean;
  /** Resolves when it is certain that a process would be started. */
  ping(): Promise<void>;
  /** Nothing more is started. */
  close(): void;
}

const LOOK_EVERY_MS = 250;
/** Looks after which a file whose first line does not come is taken for one that will never get it. */
const MAX_LOOKS_WITHOUT_KEEPER = 20;

export function createKeptProcesses(options: KeeperClientOptions): KeptProcesses {
  const client = createKeeperClient(options);

  return {
    start(order, keep) {
      const process = createKeptProcess({ ...keep, onOver: () => client.forget(order.id) });
      client.start(
        { ...order, folder: keep.folder },
        { look: process.look, notBegun: process.notBegun, gone: process.keeperGone },
      );
      return process;
    },

    follow(keep) {
      const process = createKeptProcess({ ...keep, onOver: () => clearInterval(watch) });
      let looks = 0;
      const watch = setInterval(() => {
        // Asked before the look: what a keeper has written before it ended is there then.
        const lives = process.keeperLives ?? ++looks < MAX_LOOKS_WITHOUT_KEEPER;
        if (lives) process.look();
        else process.keeperGone();
      }, LOOK_EVERY_MS);
      process.look();
      return process;
    },

    claim(folder) {
      try {
        closeSync(openSync(join(folder, partName(1)), 'wx', 0o600));
        return true;
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
        throw error;
      }
    },

    ping: () => client.ping(),
    close: () => client.close(),
  };
}
