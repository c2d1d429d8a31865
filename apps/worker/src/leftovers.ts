/**
 * What a killed agent left behind: its tasks cannot be taken over (their output went with it), so their processes are
 * ended and they are reported as lost, through the outbox like every result.
 */
import type { Clock } from '@vaquita/core';
import { decodeWorkerFrame, type WorkerResult } from '@vaquita/protocol';
import type { AgentLog, Machine, ProcessRecord, Records } from './host.ts';
import type { ResultOutbox } from './result-outbox.ts';

/** What is noted of a dispatch while it runs: its report as it would be if it were lost, and its process. */
export interface RunningRecord {
  readonly ifLost: WorkerResult;
  readonly process: ProcessRecord | null;
}

/** A process carries this in its environment, so that it can be told from one that was given its id. */
export const DISPATCH_VARIABLE = 'VAQUITA_DISPATCH_ID';

export interface LeftoverOptions {
  readonly running: Records;
  readonly outbox: ResultOutbox;
  readonly machine: Pick<Machine, 'killLeftovers'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: AgentLog;
}

export async function reportLeftovers({ running, outbox, machine, clock, log }: LeftoverOptions): Promise<void> {
  for (const [name, text] of await running.readAll()) {
    const record = parseRecord(text);
    if (record === null || record.ifLost.dispatchId !== name) {
      log.error('A note of a running task cannot be read; it was put aside.', { name });
      await running.setAside(name);
      continue;
    }
    const { dispatchId } = record.ifLost;
    // Ended and stored, but the note was still there: the result is the truth.
    if (outbox.get(dispatchId) === undefined) {
      const killed = await machine.killLeftovers(record.process, `${DISPATCH_VARIABLE}=${dispatchId}`);
      log.warn('A task was running when the agent ended; it is reported as lost.', { dispatchId, killed });
      await outbox.put({ ...record.ifLost, endedAt: clock.now() });
    }
    await running.remove(dispatchId);
  }
}

function parseRecord(text: string): RunningRecord | null {
  try {
    const { ifLost, process } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const [result] = decodeWorkerFrame(JSON.stringify(ifLost)).messages;
    if (result?.type !== 'result') return null;
    return { ifLost: result, process: parseProcess(process) };
  } catch {
    return null;
  }
}

function parseProcess(value: unknown): ProcessRecord | null {
  if (typeof value !== 'object' || value === null || !('pid' in value) || !('startTime' in value)) return null;
  const { pid, startTime } = value;
  if (typeof pid !== 'number') return null;
  return { pid, startTime: typeof startTime === 'string' ? startTime : null };
}
