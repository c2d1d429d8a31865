/**
 * Ends this process when its event loop stands still: nobody in it could say so any more, and a service manager starts it
 * again. Watches from a thread. Counts its own looks and not the time, so that a machine that slept, or a process that
 * was stopped and goes on, is not taken for a stuck one.
 */
import { Worker } from 'node:worker_threads';
import type { AgentLog } from './host.ts';

export interface Watchdog {
  close(): void;
}

const LOOK_EVERY_MS = 1_000;

/** Runs in the thread. SIGKILL: the process does not answer anything else. */
const THREAD = `
const { workerData } = require('node:worker_threads');
const { writeSync } = require('node:fs');
const beats = new Int32Array(workerData.beats);
let seen = -1;
let missed = 0;
setInterval(() => {
  const now = Atomics.load(beats, 0);
  missed = now === seen ? missed + 1 : 0;
  seen = now;
  if (missed * ${LOOK_EVERY_MS} < workerData.limitMs) return;
  try {
    writeSync(2, new Date().toISOString() + ' ERROR ' + workerData.text + '\\n');
  } finally {
    process.kill(process.pid, 'SIGKILL');
  }
}, ${LOOK_EVERY_MS});
`;

/** @param limitMs how long the event loop may stand still. */
export function startWatchdog(limitMs: number, log: Pick<AgentLog, 'warn'>): Watchdog {
  const beats = new Int32Array(new SharedArrayBuffer(4));
  const text = `This worker has done nothing for ${Math.round(limitMs / 1000)} s and ends itself, to be started again. Its tasks go on.`;
  const thread = new Worker(THREAD, {
    eval: true,
    workerData: { beats: beats.buffer, limitMs, text },
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 },
    env: {},
    // Those of this process may say how a program is to be read, and this one is not that program.
    execArgv: [],
  });
  // Without a watchdog is better than not at all.
  thread.on('error', (error) => log.warn('Nothing watches over the event loop of this worker.', { error }));
  thread.unref();
  const timer = setInterval(() => Atomics.add(beats, 0, 1), LOOK_EVERY_MS / 2);
  timer.unref();
  return {
    close() {
      clearInterval(timer);
      void thread.terminate();
    },
  };
}
