/**
 * A process that the keeper has started, or is about to, as the agent sees it: by the files of its attempt alone. So it
 * is all the same whether this agent has ordered it or one before.
 *
 * H1 Its group is signalled only while its id cannot have been given to another one: while the process itself lives, or
 *    its keeper does and has not written the end.
 * H2 It has ended when the end is written and everything that it printed has been handed on. It is lost when its keeper
 *    is gone and has written no end; then whatever is left of it is killed first.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CollectedOutputs } from '@vaquita/core/outputs';
import { killLeftovers } from '../process-leftovers.ts';
import { isAlive, type ProcessIdentity, signalGroup } from '../process-table.ts';
import type { ProcessUsage } from '../process-usage.ts';
import { deferred } from './deferred.ts';
import { END_FILE, type KeptEnd } from './spool-format.ts';
import { createSpoolReader } from './spool-reader.ts';

export interface KeptProcessOptions {
  readonly folder: string;
  /** A `NAME=value` in the environment of the process and of what it starts. */
  readonly mark: string;
  /** Position in its output of the first byte that is wanted. */
  readonly from: number;
  hasRoom(): boolean;
  onOutput(stream: 'stdout' | 'stderr', text: string): void;
  /** Bytes of output that the keeper had no room for. */
  onDropped(bytes: number): void;
  /** Nothing more is asked of it: it has ended, or was closed. */
  onOver(): void;
}

export interface KeptProcessEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly outputs: CollectedOutputs | null;
  readonly usage: ProcessUsage | null;
  readonly lost: string | null;
}

/** As `RunningProcess` of the task types. */
export interface StartedProcess {
  readonly pid: number;
  readonly startedAt: number;
  readonly exited: Promise<unknown>;
  readonly ended: Promise<KeptProcessEnd>;
  kill(graceMs: number): void;
}

export interface KeptProcess {
  /** Rejects when it could not be started, with the system's code, and with `LOST` when nobody knows whether it was. */
  readonly started: Promise<StartedProcess>;
  /** What is known of its start by now. */
  readonly start: { readonly pid: number; readonly at: number } | null;
  /** There may be something new in its folder, or room for more of its output. */
  look(): void;
  /** It was never begun. */
  notBegun(problem: { readonly code: string; readonly message: string }): void;
  /** The keeper has ended: what is in the folder now is all there will ever be. */
  keeperGone(): void;
  /** Whether somebody writes what comes of it; null while the keeper of it is not known. */
  readonly keeperLives: boolean | null;
  /** What was printed before this position is not needed any more. */
  release(position: number): void;
  /** It goes on, unwatched. */
  close(): void;
}

const LOST_CODE = 'LOST';
const LOST_TEXT = 'how it ended is not known: what watches over the tasks of this worker ended while it was running';

export function createKeptProcess(options: KeptProcessOptions): KeptProcess {
  const { folder, mark } = options;
  const started = deferred<StartedProcess>();
  const exited = deferred<void>();
  const ended = deferred<KeptProcessEnd>();
  started.promise.catch(() => {});
  let leader: ProcessIdentity | null = null;
  let start: KeptProcess['start'] = null;
  let end: KeptEnd | null = null;
  let abandoned = false;
  let over = false;
  let killAt = Number.POSITIVE_INFINITY;
  let killTimer: NodeJS.Timeout | undefined;

  const reader = createSpoolReader({
    ...options,
    onStarted(process, at) {
      leader = process;
      start = { pid: process.pid, at };
      started.resolve({ pid: process.pid, startedAt: at, exited: exited.promise, ended: ended.promise, kill });
    },
  });

  function look(): void {
    if (over) return;
    try {
      // Before the output: when there is an end, all output is there.
      end ??= readEnd(folder);
      reader.read();
    } catch (error) {
      void lose(`its files on this worker cannot be read: ${error instanceof Error ? error.message : String(error)}`);
      return;
    }
    if (end !== null) settle(end);
    else if (abandoned && options.hasRoom()) void lose(LOST_TEXT);
  }

  function settle(how: KeptEnd): void {
    if ('startProblem' in how) {
      fail(how.startProblem);
      return;
    }
    exited.resolve();
    clearTimeout(killTimer);
    if (!options.hasRoom() && reader.position < how.bytes) return;
    // What the files do not have any more, they have not.
    if (reader.position < how.bytes) options.onDropped(how.bytes - reader.position);
    const { exitCode, signal, outputs, usage = null } = how;
    finish();
    ended.resolve({ exitCode, signal, outputs, usage, lost: null });
  }

  function fail({ code, message }: { readonly code: string; readonly message: string }): void {
    finish();
    started.reject(Object.assign(new Error(message), { code }));
  }

  /** H2 */
  async function lose(text: string): Promise<void> {
    finish();
    await killLeftovers(leader, mark);
    started.reject(Object.assign(new Error(text), { code: LOST_CODE }));
    exited.resolve();
    ended.resolve({ exitCode: null, signal: null, outputs: null, usage: null, lost: text });
  }

  function finish(): void {
    if (over) return;
    over = true;
    clearTimeout(killTimer);
    reader.close();
    options.onOver();
  }

  function kill(graceMs: number): void {
    const at = performance.now() + graceMs;
    if (over || at >= killAt) return;
    killAt = at;
    clearTimeout(killTimer);
    if (graceMs <= 0) signal('SIGKILL');
    else {
      signal('SIGTERM');
      killTimer = setTimeout(() => signal('SIGKILL'), graceMs);
    }
  }

  /** H1 */
  function signal(name: NodeJS.Signals): void {
    if (leader === null || over) return;
    end ??= readEnd(folder);
    const keeperWatches = end === null && reader.keeper !== null && isAlive(reader.keeper);
    if (isAlive(leader) || keeperWatches) signalGroup(leader.pid, name);
  }

  return {
    started: started.promise,
    get start() {
      return start;
    },
    look,
    notBegun(problem) {
      if (!over) fail(problem);
    },
    keeperGone() {
      abandoned = true;
      look();
    },
    get keeperLives() {
      return reader.keeper === null ? null : isAlive(reader.keeper);
    },
    release: (position) => reader.release(position),
    close: finish,
  };
}

function readEnd(folder: string): KeptEnd | null {
  try {
    return JSON.parse(readFileSync(join(folder, END_FILE), 'utf8')) as KeptEnd;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
