import type { DispatchId } from '@vaquita/core';
import { createManualClock } from '@vaquita/core/testing';
import type { WorkerResult } from '@vaquita/protocol';
import { sampleWorkerMessages } from '@vaquita/protocol/testing';
import { expect, it } from 'vitest';
import type { OutputChunk } from './output-buffer.ts';
import { openResultOutbox } from './result-outbox.ts';
import { memoryRecords } from './testing/memory-records.ts';
import { silentLog } from './testing/test-agent.ts';

const LOG: readonly OutputChunk[] = [
  { stream: 'stdout', offset: 7, text: 'größer\n' },
  { stream: 'system', offset: 16, text: 'the end\n' },
];

function resultOf(name: string): WorkerResult {
  return { ...(sampleWorkerMessages.result as WorkerResult), dispatchId: name as DispatchId };
}

const clock = createManualClock();

async function open(records = memoryRecords()) {
  const restored = new Map<string, readonly OutputChunk[]>();
  const outbox = await openResultOutbox({
    records,
    clock,
    log: silentLog,
    restoreOutput: (dispatchId, output) => restored.set(dispatchId, output),
  });
  return { records, outbox, restored };
}

it('P4: the next agent finds each result, and beside it the output that the server may not have', async () => {
  const { records, outbox } = await open();
  await outbox.put(resultOf('d1'), LOG);
  await outbox.put(resultOf('d2'));
  const next = await open(records);
  expect(next.outbox.list()).toEqual([resultOf('d1'), resultOf('d2')]);
  expect(next.restored.get('d1')).toMatchObject(LOG);
  expect(next.restored.get('d2')).toEqual([]);
});

it('what is acknowledged is not found again', async () => {
  const { records, outbox } = await open();
  await outbox.put(resultOf('d1'), LOG);
  outbox.acknowledged('d1' as DispatchId);
  await outbox.settled();
  expect((await open(records)).outbox.size).toBe(0);
});

it('a result with more output than a frame can carry is found whole', async () => {
  const { records, outbox } = await open();
  const big = [{ stream: 'stdout', offset: 0, text: '\u0001'.repeat(1_000_000) }] as const;
  await outbox.put(resultOf('d1'), big);
  expect((await open(records)).restored.get('d1')).toMatchObject(big);
});

it.each([
  ['is of another dispatch', JSON.stringify(resultOf('d9'))],
  ['has no result', JSON.stringify([{ type: 'output', dispatchId: 'd1', ...LOG[0] }])],
  ['has output that cannot be read', JSON.stringify([{ type: 'output', dispatchId: 'd1' }, resultOf('d1')])],
  ['has something else beside it', JSON.stringify([resultOf('d2'), resultOf('d1')])],
  ['is torn', '[{"type":'],
])('a record that %s is put aside and harms no other', async (_, text) => {
  const records = memoryRecords({ d1: text, d7: JSON.stringify(resultOf('d7')) });
  const { outbox } = await open(records);
  expect(outbox.list()).toEqual([resultOf('d7')]);
  expect(records.aside).toEqual(['d1']);
});

it('P4: a disk that refuses a result is asked again until it takes it; until then the result may not be sent', async () => {
  const records = memoryRecords();
  let refusals = 3;
  const { outbox } = await open({
    ...records,
    async put(name, text) {
      refusals -= 1;
      if (refusals >= 0) throw new Error('no space left on device');
      await records.put(name, text);
    },
  });
  let sendable = false;
  const put = outbox.put(resultOf('d1')).then(() => {
    sendable = true;
  });
  await clock.advance(2_999);
  expect([sendable, outbox.size]).toEqual([false, 0]);
  await clock.advance(1);
  await put;
  expect(outbox.list()).toEqual([resultOf('d1')]);
});
