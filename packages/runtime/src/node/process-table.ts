/**
 * What the system knows of its processes, and how groups of them are signalled. Linux tells by /proc, other systems by
 * `ps`; Windows tells nothing that would do.
 */
import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { endianness } from 'node:os';

/** Names a process for good: an id is given again, an id with its start time is not. */
export interface ProcessIdentity {
  readonly pid: number;
  /** To be compared with others and nothing else. Null where the platform does not tell. */
  readonly startTime: string | null;
}

export interface ProcessStat {
  readonly pid: number;
  readonly group: number;
  readonly startTime: string;
  /** Processor time that it has used itself, in milliseconds. 0 where only `ps` tells. */
  readonly cpuMs: number;
  /** What it holds in memory. 0 where only `ps` tells. */
  readonly rssBytes: number;
  /** It has ended, and only waits for its parent to read how. */
  readonly dead: boolean;
}

type Table = 'proc' | 'ps' | 'none';

const TABLE: Table = process.platform === 'linux' ? 'proc' : process.platform === 'win32' ? 'none' : 'ps';
/** Clock ticks since boot say nothing without the boot that they are counted from. */
const BOOT_ID_FILE = '/proc/sys/kernel/random/boot_id';

/** The identity of a process that lives; of one that has ended, or is not there, null. */
export function identify(pid: number, table: Table = TABLE): ProcessIdentity | null {
  if (table === 'none') return isThere(pid) ? { pid, startTime: null } : null;
  const stat = table === 'proc' ? parseProcStat(pid, readText(`/proc/${pid}/stat`)) : readPs(pid);
  return stat === null || stat.dead ? null : { pid, startTime: stat.startTime };
}

/** Whether this very process lives. False where the platform does not tell. */
export function isAlive({ pid, startTime }: ProcessIdentity): boolean {
  return startTime !== null && identify(pid)?.startTime === startTime;
}

/** Every process, dead ones included; none where the platform does not tell. */
export async function listProcesses(table: Table = TABLE): Promise<readonly ProcessStat[]> {
  if (table === 'none') return [];
  if (table === 'ps') return parsePs(await runPs(['-A']));
  const names = await readdir('/proc').catch(() => []);
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
  const stats = await Promise.all(
    pids.map(async (pid) => parseProcStat(pid, await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null))),
  );
  return stats.filter((stat) => stat !== null);
}

/** Whether `mark`, a `NAME=value`, is in the environment of a process. False where the platform does not tell. */
export async function carriesMark(pid: number, mark: string): Promise<boolean> {
  if (TABLE !== 'proc') return false;
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  return environment.split('\0').includes(mark);
}

/** True when every process of the group has ended, read or not. False also when that cannot be told here. */
export async function isGroupDead(group: number): Promise<boolean> {
  const all = await listProcesses();
  return all.length > 0 && !all.some((stat) => stat.group === group && !stat.dead);
}

/** True when somebody was there to get the signal. Windows knows no groups: there only the process itself is ended. */
export function signalGroup(group: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(process.platform === 'win32' ? group : -group, signal);
  } catch {
    return false;
  }
}

function parseProcStat(pid: number, text: string | null): ProcessStat | null {
  if (text === null) return null;
  // The name in brackets may hold anything; the fields after it are numbers (man 5 proc).
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, , group] = fields;
  const ticks = fields[19];
  if (group === undefined || ticks === undefined) return null;
  const { tickMs, pageBytes } = units();
  return {
    pid,
    group: Number(group),
    startTime: `${ticks}@${bootId()}`,
    cpuMs: (Number(fields[11]) + Number(fields[12])) * tickMs,
    rssBytes: Number(fields[21]) * pageBytes,
    dead: state === 'Z' || state === 'X',
  };
}

/** Processor time of the children that this process has waited for, and of theirs; null where nobody tells. */
export function waitedForMs(): number | null {
  const text = TABLE === 'proc' ? readText('/proc/self/stat') : null;
  if (text === null) return null;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) * units().tickMs;
}

interface Units {
  readonly tickMs: number;
  readonly pageBytes: number;
}

let knownUnits: Units | undefined;

/** In which /proc counts: the kernel tells each process at its start (man 3 getauxval: AT_PAGESZ is 6, AT_CLKTCK is 17). */
function units(): Units {
  knownUnits ??= readUnits();
  return knownUnits;
}

function readUnits(): Units {
  const told = new Map<bigint, bigint>();
  try {
    const words = readFileSync('/proc/self/auxv');
    const read = endianness() === 'LE' ? words.readBigUInt64LE.bind(words) : words.readBigUInt64BE.bind(words);
    for (let at = 0; at + 16 <= words.length; at += 16) told.set(read(at), read(at + 8));
  } catch {
    // The usual ones.
  }
  return { tickMs: 1000 / Number(told.get(17n) ?? 100n), pageBytes: Number(told.get(6n) ?? 4096n) };
}

let knownBootId: string | undefined;

function bootId(): string {
  knownBootId ??= readText(BOOT_ID_FILE)?.trim() ?? '';
  return knownBootId;
}

const PS_FORMAT = ['-o', 'pid=,pgid=,stat=,lstart='];
/** `lstart` is written in the words of the reader's language otherwise. */
const PS_OPTIONS = { encoding: 'utf8', env: { PATH: process.env.PATH ?? '/bin:/usr/bin', LC_ALL: 'C' } } as const;

function readPs(pid: number): ProcessStat | null {
  try {
    return parsePs(execFileSync('ps', [...PS_FORMAT, '-p', String(pid)], { ...PS_OPTIONS, stdio: 'pipe' }))[0] ?? null;
  } catch {
    return null;
  }
}

function runPs(args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile('ps', [...PS_FORMAT, ...args], PS_OPTIONS, (_, stdout) => resolve(stdout));
  });
}

function parsePs(text: string): ProcessStat[] {
  return text.split('\n').flatMap((line) => {
    const [, pid, group, state, startTime] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(\S.*?)\s*$/.exec(line) ?? [];
    if (startTime === undefined) return [];
    return { pid: Number(pid), group: Number(group), startTime, cpuMs: 0, rssBytes: 0, dead: state!.startsWith('Z') };
  });
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
