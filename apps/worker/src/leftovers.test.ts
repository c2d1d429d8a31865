/** What the next agent on a folder reports of the tasks of one that was killed. */
import type { DispatchId } from '@vaquita/core';
import { createManualClock } from '@vaquita/core/testing';
import type { WorkerResult } from '@vaquita/protocol';
import { sampleWorkerMessages } from '@vaquita/protocol/testing';
import { expect, it } from 'vitest';
import { DISPATCH_VARIABLE, type RunningRecord, reportLeftovers } from './leftovers.ts';
import { openResultOutbox } from './result-outbox.ts';
import { memoryRecords } from './testing/memory-records.ts';
import { silentLog } from './testing/test-agent.ts';

const NOW = 5_000;
const process = { pid: 7, startTime: 'boot+1' };

function resultOf(name: string, state: WorkerResult['state']): WorkerResult {
  return { ...(sampleWorkerMessages.result as WorkerResult), dispatchId: name as DispatchId, state, endedAt: 1 };
}

function noteOf(name: string): string {
  const note: RunningRecord = { ifLost: resultOf(name, 'failure'), process };
  return JSON.stringify(note);
}

async function report(notes: Readonly<Record<string, string>>, stored: readonly WorkerResult[] = []) {
  const running = memoryRecords(notes);
  const results = memoryRecords(Object.fromEntries(stored.map((one) => [one.dispatchId, JSON.stringify(one)])));
  const outbox = await openResultOutbox({ records: results, log: silentLog, restoreOutput() {} });
  const killed: unknown[] = [];
  await reportLeftovers({
    running,
    outbox,
    machine: { killLeftovers: async (...asked) => killed.push(asked) },
    clock: createManualClock(NOW),
    log: silentLog,
  });
  return { running, outbox, killed };
}

it('what was running is ended and reported as lost, once', async () => {
  const { running, outbox, killed } = await report({ d1: noteOf('d1') });
  expect(killed).toEqual([[process, `${DISPATCH_VARIABLE}=d1`]]);
  expect(outbox.list()).toEqual([{ ...resultOf('d1', 'failure'), endedAt: NOW }]);
  expect((await running.readAll()).size).toBe(0);
});

it('what had ended keeps the result that was stored, and nothing is killed for it (P4)', async () => {
  const { running, outbox, killed } = await report({ d1: noteOf('d1') }, [resultOf('d1', 'success')]);
  expect(killed).toEqual([]);
  expect(outbox.list()).toEqual([resultOf('d1', 'success')]);
  expect((await running.readAll()).size).toBe(0);
});

it('a note that cannot be read, or is of another dispatch, is put aside and holds up no other', async () => {
  const { running, outbox } = await report({ torn: '{"ifLost":', d2: noteOf('d9'), d3: noteOf('d3') });
  expect(running.aside).toEqual(['torn', 'd2']);
  expect(outbox.list().map(({ dispatchId }) => dispatchId)).toEqual(['d3']);
});
