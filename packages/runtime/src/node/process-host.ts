/**
 * Runs programs in process groups of their own, and ends whole groups.
 *
 * G1 `ended` resolves only when the program has exited and its output is read, or nobody can be waited for any longer.
 *    Output that its reader has asked to wait is waited for.
 * G2 What the program leaves behind in its group ends with it: first asked, then killed.
 * G3 A group is signalled only while its id cannot have been given to another one: until `ended`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { StringDecoder } from 'node:string_decoder';
import { isGroupDead, signalGroup } from './process-table.ts';
import type { ProcessUsage, UsageMeter } from './process-usage.ts';

export interface ProcessOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** While what it returns has not resolved, nothing more of the stream is read. */
  readonly onOutput: (stream: 'stdout' | 'stderr', text: string) => Promise<void> | undefined;
  /** Asked when the program is over: by when (epoch ms) what is left of its group has been told to end, if it has. */
  readonly stopBy?: () => number | null;
}

export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Null where it is not measured. */
  readonly usage: ProcessUsage | null;
}

export interface RunningProcess {
  readonly pid: number;
  /** The program is over, whatever it has left behind. */
  readonly exited: Promise<unknown>;
  readonly ended: Promise<ProcessEnd>;
  kill(graceMs: number): void;
}

/** How long what is left of a group may take to end after the program itself has. */
const LEFTOVER_GRACE_MS = 2_000;
/** How often a group is looked at while it is to end. */
const GROUP_POLL_MS = 20;
/** Reading all processes costs more than asking for one: every so many looks. */
const POLLS_PER_SCAN = 5;
const WINDOWS = process.platform === 'win32';

/** @param meter measures what the programs use; it takes every child of this process for one of them */
export function createProcessHost(meter?: UsageMeter) {
  return { start: (options: ProcessOptions) => start(options, meter) };
}

async function start(options: ProcessOptions, meter: UsageMeter | undefined): Promise<RunningProcess> {
  const child = spawn(options.command, options.args, {
    cwd: options.cwd,
    env: options.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: !WINDOWS,
    windowsHide: true,
  });
  const measured = child.pid === undefined ? undefined : meter?.watch(child.pid);
  const exited = new Promise<ProcessEnd>((resolve) => {
    child.once('exit', async (exitCode, signal) => {
      resolve({ exitCode, signal, usage: (await measured?.end()) ?? null });
    });
  });
  /** How many of its streams wait for their reader. */
  let held = 0;
  const onOutput: ProcessOptions['onOutput'] = (stream, text) => {
    const waiting = options.onOutput(stream, text);
    if (waiting === undefined) return undefined;
    held += 1;
    return waiting.finally(() => {
      held -= 1;
    });
  };
  const drained = Promise.all([readStream(child, 'stdout', onOutput), readStream(child, 'stderr', onOutput)]);
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  // A later error event tells of a failed signal; whether the program has ended, 'exit' tells.
  child.on('error', () => {});

  const pid = child.pid!;
  let over = false;
  let killTimer: NodeJS.Timeout | undefined;
  let killAt = Number.POSITIVE_INFINITY;

  async function settle(): Promise<ProcessEnd> {
    const end = await exited;
    // G2: an early stop order keeps its own, possibly longer, grace.
    const stopBy = options.stopBy?.() ?? null;
    if (stopBy !== null) killWithin(Math.max(0, stopBy - Date.now()), { asks: false });
    else if (killAt === Number.POSITIVE_INFINITY) killWithin(LEFTOVER_GRACE_MS, { asks: groupExists(pid) });
    await Promise.race([Promise.all([drained, groupGone(pid)]), killed()]);
    over = true;
    clearTimeout(killTimer);
    child.stdout?.destroy();
    child.stderr?.destroy();
    return end;
  }

  /** Some time after the KILL: a process that not even it can end (in the kernel) is not waited for. */
  async function killed(): Promise<void> {
    while (!over && (held > 0 || performance.now() < killAt + LEFTOVER_GRACE_MS)) await pause(GROUP_POLL_MS);
  }

  function killWithin(graceMs: number, { asks }: { readonly asks: boolean }): void {
    if (over) return;
    const at = performance.now() + graceMs;
    if (at >= killAt) return;
    killAt = at;
    if (graceMs > 0 && asks) signalGroup(pid, 'SIGTERM');
    clearTimeout(killTimer);
    if (graceMs <= 0) signalGroup(pid, 'SIGKILL');
    else killTimer = setTimeout(() => signalGroup(pid, 'SIGKILL'), graceMs);
  }

  return { pid, exited, ended: settle(), kill: (graceMs) => killWithin(graceMs, { asks: true }) };
}

function readStream(
  child: ChildProcess,
  name: 'stdout' | 'stderr',
  onOutput: ProcessOptions['onOutput'],
): Promise<void> {
  const stream = child[name]!;
  const decoder = new StringDecoder('utf8');
  stream.on('data', (bytes: Buffer) => {
    const text = decoder.write(bytes);
    const held = text === '' ? undefined : onOutput(name, text);
    if (held === undefined) return;
    stream.pause();
    void held.then(() => stream.resume());
  });
  return new Promise((resolve) => {
    stream.once('close', () => {
      const rest = decoder.end();
      if (rest !== '') onOutput(name, rest);
      resolve();
    });
    stream.once('error', () => resolve());
  });
}

async function groupGone(pid: number): Promise<void> {
  for (let polls = 1; groupExists(pid); polls++) {
    await pause(GROUP_POLL_MS);
    // A dead process counts as there until its new parent has read its end, which in a container may be never.
    if (polls % POLLS_PER_SCAN === 0 && (await isGroupDead(pid))) return;
  }
}

function groupExists(pid: number): boolean {
  if (WINDOWS) return false;
  try {
    process.kill(-pid, 0);
    return true;
  } catch (error) {
    // EPERM: somebody is there, under another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
