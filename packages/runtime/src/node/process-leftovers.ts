/**
 * Finds and ends what an agent left running when it was killed itself. A process id alone proves nothing, it may have
 * been given to somebody else: the start time must match, or the process must carry the mark of its dispatch in its
 * environment. Reads /proc; where there is none, nothing is signalled.
 */
import { readFile } from 'node:fs/promises';
import { listProcesses, readStat, signalGroup } from './process-table.ts';

export interface ProcessRecord {
  readonly pid: number;
  /** Clock ticks since boot, from /proc; null where the platform does not tell. */
  readonly startTime: string | null;
}

/** The start time of a process, or null when there is none of that id or the platform does not tell. */
export async function readStartTime(pid: number): Promise<string | null> {
  const stat = await readStat(pid);
  return stat === null || stat.dead ? null : stat.startTime;
}

/**
 * Kills every process group that belongs to the record or carries `mark` (a `NAME=value` of its environment).
 * Resolves with the number of groups killed.
 */
export async function killLeftovers(record: ProcessRecord | null, mark: string): Promise<number> {
  const groups = new Set<number>();
  if (record !== null && record.startTime !== null && (await readStartTime(record.pid)) === record.startTime) {
    groups.add(record.pid);
  }
  for (const pid of await listProcesses()) {
    if (pid === process.pid || !(await carries(pid, mark))) continue;
    const stat = await readStat(pid);
    if (stat !== null && !stat.dead && stat.group > 1) groups.add(stat.group);
  }
  let killed = 0;
  for (const group of groups) if (signalGroup(group, 'SIGKILL')) killed += 1;
  return killed;
}

async function carries(pid: number, mark: string): Promise<boolean> {
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  return environment.split('\0').includes(mark);
}
