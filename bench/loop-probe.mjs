/**
 * Loaded into a server before it starts: notes how late its event loop is, from the first moment on. On SIGUSR2 it writes
 * what it has seen to the file `BENCH_LOOP_FILE`, in milliseconds.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

const file = process.env.BENCH_LOOP_FILE;
const RESOLUTION_MS = 1;

if (isMainThread && file) {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  process.on('SIGUSR2', () => {
    const late = (nanoseconds) => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS);
    writeFileSync(`${file}.new`, JSON.stringify({ p99: late(delay.percentile(99)), max: late(delay.max) }));
    renameSync(`${file}.new`, file);
  });
}
