/** What somebody should look at on a worker, from the figures of its newest heartbeat. Pure. */
import { formatDuration } from '@vaquita/core';
import type { WorkerRow } from '@vaquita/store';
import type { WorkerWarning } from '../views/worker.ts';
import { overloadOf } from './overload.ts';

const SLOW_MS = 1_000;
const FULL_DISK = 0.97;
/** Results that wait for an acknowledgement: a few always do. */
const MANY_RESULTS = 100;

export function workerWarnings({ state, stats }: Pick<WorkerRow, 'state' | 'stats'>): readonly WorkerWarning[] {
  if (state === 'offline') return [];
  const { clockSkewMs, loopLagMs = 0, disk = 0, unsent = 0 } = stats;
  const warnings: WorkerWarning[] = [];
  const overload = overloadOf(stats);
  if (overload !== undefined) {
    warnings.push({ code: 'overloaded', text: `It takes nothing new: ${overload}.` });
  }
  if (clockSkewMs !== undefined) warnings.push({ code: 'clock_skew', text: skewText(clockSkewMs) });
  if (loopLagMs >= SLOW_MS) {
    const text = `The agent is held up for ${formatDuration(Math.round(loopLagMs))}: its machine has too much to do.`;
    warnings.push({ code: 'slow', text });
  }
  if (disk >= FULL_DISK) {
    const text = `The disk of its work folder is ${Math.floor(disk * 100)} % full. Without room it cannot keep results.`;
    warnings.push({ code: 'disk_full', text });
  }
  if (unsent >= MANY_RESULTS) {
    warnings.push({ code: 'results_wait', text: `${unsent} results wait on it until this server has stored them.` });
  }
  return warnings;
}

function skewText(skewMs: number): string {
  const seconds = formatDuration(Math.round(Math.abs(skewMs) / 1_000) * 1_000);
  return `Its clock is ${seconds} ${skewMs > 0 ? 'ahead of' : 'behind'} this server’s. Times it tells are corrected; set it right.`;
}
