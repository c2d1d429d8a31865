/**
 * One agent per work folder. The lock is a file with the holder's process id and start time; a holder that is gone,
 * or whose id now belongs to another program, has lost it.
 */
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@vaquita/core';
import { identify, type ProcessIdentity } from './process-table.ts';

export interface WorkerLock {
  release(): Promise<void>;
}

export async function lockWorkDir(workDir: string): Promise<WorkerLock> {
  const path = join(workDir, 'agent.lock');
  const text = JSON.stringify(identify(process.pid));
  const own = join(workDir, `agent.lock.${process.pid}.${Date.now()}`);
  await writeFile(own, text, { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < 3; attempt++) {
      // A link appears with its content or not at all, and fails when the name is taken: the claim is the conflict.
      const taken = await link(own, path).then(
        () => true,
        (error: NodeJS.ErrnoException) => {
          if (error.code === 'EEXIST') return false;
          throw error;
        },
      );
      if (taken) return { release: () => release(path, text) };
      const holder = await readFile(path, 'utf8').catch(() => '');
      if (holder !== '' && isHeld(holder)) {
        throw new AppError(
          'conflict',
          `Another agent (process ${holderPid(holder)}) works in ${workDir}. Stop it, or give this one another --work-dir.`,
        );
      }
      await release(path, holder);
    }
    throw new AppError('conflict', `The lock ${path} could not be taken: another agent is starting. Try again.`);
  } finally {
    await rm(own, { force: true });
  }
}

/** Removes the lock only while it still says what the caller saw in it. */
async function release(path: string, text: string): Promise<void> {
  if ((await readFile(path, 'utf8').catch(() => null)) === text) await rm(path, { force: true });
}

function isHeld(text: string): boolean {
  const holder = parseHolder(text);
  if (holder === null) return false;
  const now = identify(holder.pid);
  if (now === null) return false;
  // Where start times cannot be told, whoever has the id is taken for the holder.
  return now.startTime === null || holder.startTime === null || now.startTime === holder.startTime;
}

function holderPid(text: string): number {
  return parseHolder(text)?.pid ?? 0;
}

function parseHolder(text: string): ProcessIdentity | null {
  try {
    const { pid, startTime } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    if (typeof pid !== 'number') return null;
    return { pid, startTime: typeof startTime === 'string' ? startTime : null };
  } catch {
    return null;
  }
}
