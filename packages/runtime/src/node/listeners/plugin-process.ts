/**
 * A process of its own for code that somebody has installed. docs/adr/0034 says what was tried and what is not held.
 *
 * P1 It is started with Node's permission model and without any permission but to read the files that begin it: no files,
 *    no processes, no threads, no add-ons, no inspector. `node:sqlite` is switched off, because it opens files past that model.
 * P2 It inherits nothing: an empty environment, no descriptors but its pipes, an empty working folder.
 * P3 The heap is bounded by V8, everything together by looking at the process, and by the kernel between two looks.
 * P4 It never outlives the server, even when that is killed.
 * P5 What it says is read in bounded lines and at a bounded pace, and is never more than data.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import type { Duplex, Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Clock } from '@vaquita/core';
import type { Cage, CageEars } from './cage.ts';
import { readMark } from './inside/messages.ts';
import { MIB, type PluginLimits } from './limits.ts';
import { watchMemory } from './memory-watch.ts';
import { parsePluginMessage } from './parse-message.ts';
import { readLines } from './read-lines.ts';
import { readSyntaxError } from './syntax-error.ts';

export interface ProcessCageOptions {
  readonly clock: Clock;
  readonly limits: PluginLimits;
  /** Empty, and made when it is not there: where the processes stand. */
  readonly folder: string;
}

const INSIDE = fileURLToPath(new URL('./inside/', import.meta.url));
const MAIN = `${INSIDE}process-main.ts`;
const WINDOWS = process.platform === 'win32';
/** What Node itself maps as data, mostly without using it; the kernel counts it all the same. */
const OWN_DATA_BYTES = 768 * MIB;
const MAX_LOG_CHARS = 2_000;
/** Lines of what Node prints last, in which the place of a syntax error stands. */
const MAX_PRINTED = 60;
/** Of which the longest is the settings schema. */
const MAX_MESSAGE_CHARS = 256 * 1_024;

/**
 * Bounds what the kernel can bound: no core dumps, no bytes into files, so much data. Then waits in the background for a
 * line on descriptor 4; when that is closed without one, the server is gone, and the process is ended.
 */
const GUARDED = `ulimit -c 0; ulimit -f 0; ulimit -d "$1" 2>/dev/null; shift
(read -r _ <&4 || kill -9 $$) </dev/null >/dev/null 2>&1 3>&- &
exec "$@" 4<&-`;

export function startPluginProcess({ clock, limits, folder }: ProcessCageOptions, ears: CageEars): Cage {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const child = spawnGuarded(limits, folder);
  const [, stdout, stderr, control, guard] = child.stdio as unknown as [null, Readable, Readable, Duplex, Writable];
  let reason: string | null = null;
  const printed: string[] = [];

  readLines(stdout, { clock, maxChars: MAX_LOG_CHARS, onLine: (line) => log(line, 'info') });
  readLines(stderr, {
    clock,
    maxChars: MAX_LOG_CHARS,
    onLine: (line) => {
      printed.push(line);
      if (printed.length > MAX_PRINTED) printed.shift();
      log(line, 'error');
    },
  });
  readLines(control, { clock, maxChars: MAX_MESSAGE_CHARS, onLine: hear });
  // It may have ended before what it is sent has arrived.
  for (const stream of [control, guard]) stream.on('error', () => undefined);

  function log(line: string, unmarked: 'info' | 'error'): void {
    const { level, text } = readMark(line, unmarked);
    ears.onLog(level, text);
  }

  function hear(line: string): void {
    const message = parsePluginMessage(line);
    if (message === null) return;
    if (message.type === 'fatal') reason ??= `the plugin has ended by ${message.reason}`;
    ears.onMessage(message);
  }

  function kill(why: string): void {
    reason ??= why;
    child.kill('SIGKILL');
  }

  const stopWatch =
    child.pid === undefined
      ? () => undefined
      : watchMemory({
          pid: child.pid,
          maxBytes: limits.memoryBytes,
          clock,
          onOver: () => kill(`the plugin was ended: it used more than ${limits.memoryBytes / MIB} MiB of memory`),
        });

  const ended = endOf(child, [stdout, stderr, control]).then((how) => {
    stopWatch();
    guard.end('over\n');
    const problem = readSyntaxError(printed);
    if (problem !== null) ears.onMessage({ type: 'unusable', problem });
    return reason ?? how;
  });
  return { send: (message) => void control.write(`${JSON.stringify(message)}\n`), kill, ended };
}

function spawnGuarded(limits: PluginLimits, cwd: string): ChildProcess {
  const node = [process.execPath, ...nodeFlags(limits), MAIN];
  const data = String(Math.ceil((OWN_DATA_BYTES + limits.memoryBytes) / 1_024));
  const [command, args] = WINDOWS ? [node[0]!, node.slice(1)] : ['/bin/sh', ['-c', GUARDED, 'sh', data, ...node]];
  return spawn(command, args, {
    cwd,
    env: {},
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
    // Away from the signals that a terminal sends to the server.
    detached: !WINDOWS,
    windowsHide: true,
  });
}

function nodeFlags({ memoryBytes }: PluginLimits): readonly string[] {
  const flags = [
    '--permission',
    `--allow-fs-read=${INSIDE}`,
    '--no-experimental-sqlite',
    '--no-addons',
    '--disable-sigusr1',
    `--max-old-space-size=${Math.ceil((memoryBytes * 0.6) / MIB)}`,
    '--disable-warning=ExperimentalWarning',
  ];
  // Newer ones hold the network too, and a listener is there to speak to others.
  return process.allowedNodeEnvironmentFlags.has('--allow-net') ? [...flags, '--allow-net'] : flags;
}

/** Resolves when it has ended and everything it has said has been read. */
async function endOf(child: ChildProcess, streams: readonly Readable[]): Promise<string> {
  const closed = Promise.all(streams.map((stream) => new Promise((resolve) => stream.once('close', resolve))));
  const exit = await new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`the plugin's process could not be started: ${error.message}`));
    child.once('exit', (code, signal) => resolve(wordsOfExit(code, signal)));
  });
  if (child.pid !== undefined) await closed;
  return exit;
}

function wordsOfExit(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal === 'SIGABRT' || signal === 'SIGTRAP' || signal === 'SIGILL' || code === 134) {
    return `the plugin's process has broken down (${signal ?? `exit code ${code}`}), most likely because it asked for more memory than it may have`;
  }
  return signal === null
    ? `the plugin has ended its process (exit code ${code})`
    : `the plugin's process was ended from outside (${signal})`;
}
