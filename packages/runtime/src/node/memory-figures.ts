/**
 * How much of the memory that this process may use is in use. In a container that is less than the machine has; what the
 * kernel keeps of files only because nobody else wants the room counts as free, in both.
 */
import { readFileSync } from 'node:fs';
import { freemem, totalmem } from 'node:os';
import { dirname, join } from 'node:path';

/** The text of a file; null when it cannot be read. */
export type ReadText = (path: string) => string | null;

interface Memory {
  readonly most: number;
  readonly used: number;
}

/** A share, 0 to 1. */
export function memoryUsed(): number {
  const machine = { most: totalmem(), used: totalmem() - freemem() };
  const group = process.platform === 'linux' ? groupMemory(readText) : null;
  // Whichever is closer to its end.
  return Math.max(shareOf(machine), group === null ? 0 : shareOf(group));
}

/**
 * Of the control group of this process, or of one of those that it is in, whichever is closest to its limit; null where
 * there is no limit.
 */
export function groupMemory(read: ReadText): Memory | null {
  let tightest: Memory | null = null;
  for (const line of read('/proc/self/cgroup')?.split('\n') ?? []) {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (path === undefined) continue;
    const files = controllers === '' ? VERSION_2 : controllers?.split(',').includes('memory') ? VERSION_1 : null;
    if (files === null) continue;
    for (let group = path; ; group = dirname(group)) {
      const found = limitOf(join(files.root, group), files, read);
      if (found !== null && (tightest === null || shareOf(found) > shareOf(tightest))) tightest = found;
      if (group === '/') break;
    }
  }
  return tightest;
}

interface GroupFiles {
  readonly root: string;
  readonly limit: string;
  readonly usage: string;
  /** In `memory.stat`: of files, and not in use for a while. */
  readonly idleFiles: RegExp;
}

const VERSION_2: GroupFiles = {
  root: '/sys/fs/cgroup',
  limit: 'memory.max',
  usage: 'memory.current',
  idleFiles: /^inactive_file (\d+)$/m,
};
const VERSION_1: GroupFiles = {
  root: '/sys/fs/cgroup/memory',
  limit: 'memory.limit_in_bytes',
  usage: 'memory.usage_in_bytes',
  idleFiles: /^total_inactive_file (\d+)$/m,
};

/** A limit beyond what a machine can have is none: version 1 says so with a number close to 2^63. */
const NO_LIMIT = 2 ** 52;

function limitOf(folder: string, files: GroupFiles, read: ReadText): Memory | null {
  const most = Number(read(join(folder, files.limit)) ?? Number.NaN);
  const usage = Number(read(join(folder, files.usage)) ?? Number.NaN);
  if (!(most > 0 && most < NO_LIMIT && usage >= 0)) return null;
  const idle = Number(files.idleFiles.exec(read(join(folder, 'memory.stat')) ?? '')?.[1] ?? 0);
  return { most, used: Math.max(0, usage - idle) };
}

function shareOf({ most, used }: Memory): number {
  return used / most;
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
