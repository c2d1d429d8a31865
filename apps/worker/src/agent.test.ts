import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DispatchId } from '@vaquita/core';
import { expect, test } from 'vitest';
import { createTestFolder, startTestAgent, storedResults } from './testing/test-agent.ts';
import { startTestMaster } from './testing/test-master.ts';

test('a dispatch: ack, started, output, result, in this order, and nothing is left on disk after resultAck', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  await using _ = await startTestAgent({ url: master.url, workDir: folder.path });
  await master.until(() => master.heartbeats.length > 0);
  master.dispatch({
    dispatchId: 'd1',
    params: { city: 'Seattle' },
    config: { script: 'echo "rain in $city"; echo "::set-output rows=42"; exit 0' },
    outputs: [{ name: 'rows', type: 'integer' }],
  });
  const result = await master.result('d1');
  expect(result).toMatchObject({ state: 'success', exitCode: 0, outputs: { rows: '42' }, epoch: 1, error: null });
  const order = master.reports.map((one) => one.type);
  expect(order.filter((type, i) => type !== order[i - 1])).toEqual(['ack', 'started', 'output', 'result']);
  expect(master.log('d1')).toBe('rain in Seattle\n::set-output rows=42\n');
  expect(result.logBytes).toBe(Buffer.byteLength(master.log('d1')));
  await expect.poll(() => storedResults(folder.path)).toEqual([]);
  await expect.poll(() => readdir(join(folder.path, 'tasks'))).toEqual([]);
});

test('the folder of a task is one that others cannot enter, and is removed after it', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  await using _ = await startTestAgent({ url: master.url, workDir: folder.path });
  await master.until(() => master.heartbeats.length > 0);
  master.dispatch({ dispatchId: 'd1', config: { script: 'stat -c %a .' } });
  await master.result('d1');
  expect(master.log('d1')).toBe('700\n');
  await expect.poll(() => readdir(join(folder.path, 'tasks'))).toEqual([]);
});

test('an echo goes through the folder and the outbox and comes back, while all slots are taken', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  await using _ = await startTestAgent({ url: master.url, workDir: folder.path });
  await master.until(() => master.heartbeats.length > 0);
  for (const dispatchId of ['d1', 'd2']) master.dispatch({ dispatchId, config: { script: 'sleep 30' } });
  await master.report('started', 'd2');
  master.session().send({ type: 'echo', nonce: 'n1' as DispatchId });
  expect(await master.result('n1')).toMatchObject({ state: 'success', error: null, startedAt: null });
  await expect.poll(() => storedResults(folder.path)).toEqual([]);
  for (const dispatchId of ['d1', 'd2']) master.kill(dispatchId, 0);
  await master.result('d2');
});

test('the hello says what this worker is', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  await using _ = await startTestAgent({ url: master.url, workDir: folder.path, labels: { zone: 'north' } });
  await master.until(() => master.hellos.length > 0);
  expect(master.hellos[0]).toMatchObject({
    name: 'test-worker',
    groups: ['default'],
    labels: { zone: 'north' },
    slots: 2,
    taskTypes: ['shell', 'node', 'http', 'noop', 'sql'],
    running: [],
    unsent: [],
  });
});

test('the worker id outlives the agent', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  for (let i = 0; i < 2; i++) {
    await using one = await startTestAgent({ url: master.url, workDir: folder.path });
    await master.until(() => master.hellos.length > i);
    expect(one.agent.workerId).toBe(master.hellos[0]!.workerId);
  }
});

test('more dispatches than slots are refused, and taken again when a slot is free', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  await using _ = await startTestAgent({ url: master.url, workDir: folder.path, slots: 1 });
  await master.until(() => master.heartbeats.length > 0);
  master.dispatch({ dispatchId: 'd1', config: { script: 'sleep 60' } });
  await master.report('started', 'd1');
  master.dispatch({ dispatchId: 'd2' });
  expect(await master.report('refuse', 'd2')).toMatchObject({ reason: 'no_slot' });
  master.kill('d1', 0);
  await master.result('d1');
  master.dispatch({ dispatchId: 'd3' });
  expect(await master.result('d3')).toMatchObject({ state: 'success' });
});

test('a type this worker does not have is refused with those it has', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  await using _ = await startTestAgent({ url: master.url, workDir: folder.path });
  await master.until(() => master.heartbeats.length > 0);
  master.dispatch({ dispatchId: 'd1', taskType: 'spark' });
  expect(await master.report('refuse', 'd1')).toMatchObject({
    reason: 'unknown_type',
    text: expect.stringContaining('shell, node'),
  });
});

test('a rejected token ends the agent with the reason', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  master.answer = () => ({ type: 'reject', code: 'bad_token', text: 'the token is not known' });
  await using one = await startTestAgent({ url: master.url, workDir: folder.path });
  expect(await one.agent.ended).toMatchObject({ type: 'rejected', reject: { code: 'bad_token' } });
});

test('stopping: nothing new is taken, what ends in the grace ends by itself', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  await using one = await startTestAgent({ url: master.url, workDir: folder.path });
  await master.until(() => master.heartbeats.length > 0);
  master.dispatch({ dispatchId: 'd1', config: { script: 'while [ ! -e go ]; do sleep 0.05; done; echo done' } });
  await master.report('started', 'd1');
  const stopped = one.agent.stop(60_000);
  master.dispatch({ dispatchId: 'd2' });
  expect(await master.report('refuse', 'd2')).toMatchObject({ reason: 'draining' });
  await writeFile(join(folder.path, 'tasks', 'd1', 'work', 'go'), '');
  expect(await master.result('d1')).toMatchObject({ state: 'success' });
  await stopped;
  expect(master.reports.at(-1)).toMatchObject({ type: 'goodbye' });
});

test('stopping: what outlasts the grace is ended and reported as interrupted, so that it is done anew', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  const one = await startTestAgent({ url: master.url, workDir: folder.path });
  await master.until(() => master.heartbeats.length > 0);
  master.dispatch({ dispatchId: 'd1', config: { script: 'sleep 600' } });
  await master.report('started', 'd1');
  await one.agent.stop(10);
  expect(await master.result('d1')).toMatchObject({
    state: 'interrupted',
    signal: 'SIGTERM',
    error: 'the worker is stopping',
  });
});

test('a second agent on the same folder is refused and says who has it', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  await using _ = await startTestAgent({ url: master.url, workDir: folder.path });
  await expect(startTestAgent({ url: master.url, workDir: folder.path })).rejects.toThrow(/process \d+.*--work-dir/);
});
