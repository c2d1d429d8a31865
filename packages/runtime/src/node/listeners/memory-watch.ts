/** Looks at how much memory a process holds, and tells when it is too much. Windows does not say. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Clock } from '@vaquita/core';

export interface MemoryWatch {
  readonly pid: number;
  readonly maxBytes: number;
  readonly clock: Clock;
  readonly onOver: (bytes: number) => void;
}

const EVERY_MS = 200;
const run = promisify(execFile);

/** Returns what ends it. */
export function watchMemory({ pid, maxBytes, clock, onOver }: MemoryWatch): () => void {
  let over = false;

  async function look(): Promise<void> {
    const bytes = await bytesOf(pid).catch(() => null);
    if (over) return;
    if (bytes !== null && bytes > maxBytes) return onOver(bytes);
    timer = clock.setTimeout(look, EVERY_MS);
  }

  let timer = clock.setTimeout(look, EVERY_MS);
  return () => {
    over = true;
    clock.clearTimeout(timer);
  };
}

/** What it holds in memory or has moved to the swap; null where nobody says. */
async function bytesOf(pid: number): Promise<number | null> {
  if (process.platform === 'win32') return null;
  if (process.platform !== 'linux') return 1_024 * Number((await run('ps', ['-o', 'rss=', '-p', String(pid)])).stdout);
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const kib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);
  return 1_024 * (kib('VmRSS') + kib('VmSwap'));
}
