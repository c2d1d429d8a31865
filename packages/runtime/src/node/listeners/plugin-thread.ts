/**
 * A thread for a plugin that comes with the server: our own code, kept from delaying anything else. Its heap is bounded,
 * it has an empty environment, and it can be ended in the middle of a loop.
 */
import { Worker } from 'node:worker_threads';
import type { Clock } from '@vaquita/core';
import type { Cage, CageEars } from './cage.ts';
import { readMark } from './inside/messages.ts';
import { MIB, type PluginLimits } from './limits.ts';
import { readLines } from './read-lines.ts';

const MAIN = new URL('./inside/thread-main.ts', import.meta.url);
const MAX_LOG_CHARS = 2_000;
/** kafkajs sets timers of less than nothing: Node says so, and nobody who reads the log can do anything about it. */
const FLAGS = ['--disable-warning=TimeoutNegativeWarning'];

export function startPluginThread(clock: Clock, limits: PluginLimits, ears: CageEars): Cage {
  const thread = new Worker(MAIN, {
    env: {},
    argv: [],
    execArgv: FLAGS,
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: limits.memoryBytes / MIB },
  });
  let reason: string | null = null;
  for (const [stream, unmarked] of [
    [thread.stdout, 'info'],
    [thread.stderr, 'error'],
  ] as const) {
    const onLine = (line: string): void => {
      const { level, text } = readMark(line, unmarked);
      ears.onLog(level, text);
    };
    readLines(stream, { clock, maxChars: MAX_LOG_CHARS, onLine });
  }
  thread.on('message', (message) => ears.onMessage(message));
  thread.on('error', (error: NodeJS.ErrnoException) => {
    reason ??=
      error.code === 'ERR_WORKER_OUT_OF_MEMORY'
        ? `the plugin was ended: it used more than ${limits.memoryBytes / MIB} MiB of memory`
        : `the plugin has ended by an error that nothing has caught: ${error.message}`;
  });
  const ended = new Promise<string>((resolve) => {
    thread.once('exit', (code) => resolve(reason ?? `the plugin has ended its thread (exit code ${code})`));
  });
  return {
    send: (message) => thread.postMessage(message),
    kill(why) {
      reason ??= why;
      void thread.terminate();
    },
    ended,
  };
}
