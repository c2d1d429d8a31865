/** What the system knows of its processes: read from /proc where there is one, signalled by group. */
import { readdir, readFile } from 'node:fs/promises';

export interface ProcessStat {
  readonly group: number;
  /** Clock ticks since boot. With the id it names a process for good. */
  readonly startTime: string;
  /** It has ended, and only waits for its parent to read how. */
  readonly dead: boolean;
}

/** Ids of all processes; none where there is no /proc. */
export async function listProcesses(): Promise<number[]> {
  const names = await readdir('/proc').catch(() => []);
  return names.filter((name) => /^\d+$/.test(name)).map(Number);
}

export async function readStat(pid: number): Promise<ProcessStat | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (text === null) return null;
  // The name in brackets may hold anything; the fields after it are numbers (man 5 proc).
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, , group] = fields;
  const startTime = fields[19];
  if (group === undefined || startTime === undefined) return null;
  return { group: Number(group), startTime, dead: state === 'Z' || state === 'X' };
}

/** True when every process of the group has ended, read or not. False also when that cannot be told here. */
export async function isGroupDead(group: number): Promise<boolean> {
  const pids = await listProcesses();
  if (pids.length === 0) return false;
  for (const pid of pids) {
    const stat = await readStat(pid);
    if (stat !== null && stat.group === group && !stat.dead) return false;
  }
  return true;
}

/** True when somebody was there to get the signal. Windows knows no groups: there only the process itself is ended. */
export function signalGroup(group: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(process.platform === 'win32' ? group : -group, signal);
  } catch {
    return false;
  }
}
