/** Agents that are killed while tasks run, and what the next one on the work folder makes of it. Real processes. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkerOutput } from '@vaquita/protocol';
import { expect, test } from 'vitest';
import { exists, parentOf } from './testing/processes.ts';
import { spawnAgent } from './testing/spawned-agent.ts';
import { createTestFolder, isThere, startTestAgent } from './testing/test-agent.ts';
import { startTestMaster, type TestMaster } from './testing/test-master.ts';

/** Dispatches to an agent of its own, and kills that when the task has printed something. */
async function dispatchAndKill(
  master: TestMaster,
  workDir: string,
  order: Omit<Parameters<TestMaster['dispatch']>[0], 'dispatchId'>,
): Promise<number> {
  await using agent = spawnAgent(master, workDir);
  await master.until(() => master.isConnected() && master.heartbeats.length > 0);
  master.dispatch({ dispatchId: 'd1', ...order });
  const { processId } = await master.report('started', 'd1');
  await master.report('output', 'd1');
  await agent.kill9();
  await master.until(() => !master.isConnected());
  return processId!;
}

const waitFor = (file: string) => `while [ ! -e "$out/${file}" ]; do sleep 0.02; done`;

test('a task goes on when its agent is killed; the next one reports the rest of its log, its outputs and how it ended', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  const pid = await dispatchAndKill(master, folder.path, {
    params: { out: folder.path },
    config: {
      script: `echo "::set-output early=1"; ${waitFor('go')}; echo after >&2; echo "::set-output late=2"; exit 0`,
    },
    outputs: [
      { name: 'early', type: 'integer' },
      { name: 'late', type: 'integer' },
    ],
  });
  expect(await exists(pid)).toBe(true);
  await using _ = await startTestAgent({ url: master.url, workDir: folder.path });
  await master.until(() => master.hellos.length === 2);
  expect(master.hellos[1]).toMatchObject({ running: [{ dispatchId: 'd1', epoch: 1, state: 'started' }], unsent: [] });
  await master.until(() => master.reports.filter((one) => one.type === 'started').length === 2);
  const [first, again] = master.reports.filter((one) => one.type === 'started');
  expect(again).toEqual(first);
  await writeFile(join(folder.path, 'go'), '');
  expect(await master.result('d1')).toMatchObject({
    state: 'success',
    exitCode: 0,
    outputs: { early: '1', late: '2' },
    startedAt: first!.at,
  });
  expect(master.log('d1')).toBe('::set-output early=1\nafter\n::set-output late=2\n');
  await expect.poll(() => readdir(join(folder.path, 'tasks'))).toEqual([]);
});

test('a task that ends while no agent is there: the next one reports its real exit code and all of its log', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  const pid = await dispatchAndKill(master, folder.path, {
    params: { out: folder.path },
    config: { script: `echo before; ${waitFor('go')}; seq 1 50000; exit 7` },
    timeoutMs: 600_000,
  });
  await writeFile(join(folder.path, 'go'), '');
  await expect.poll(() => exists(pid)).toBe(false);
  await expect.poll(() => isThere(join(folder.path, 'tasks', 'd1', 'end.json'))).toBe(true);
  await using _ = await startTestAgent({ url: master.url, workDir: folder.path });
  expect(await master.result('d1')).toMatchObject({ state: 'failure', exitCode: 7 });
  const numbers = Array.from({ length: 50_000 }, (_, i) => `${i + 1}\n`).join('');
  expect(master.log('d1')).toBe(`before\n${numbers}`);
});

test('agents killed again and again under a loud task: its log has every line once, in order', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  const script = 'for i in $(seq 1 400); do seq $((i * 100)) $((i * 100 + 99)); sleep 0.01; done; echo end >&2';
  for (let round = 0; round < 5; round++) {
    await using agent = spawnAgent(master, folder.path);
    await master.until(() => master.hellos.length === round + 1 && master.isConnected());
    if (round === 0) master.dispatch({ dispatchId: 'd1', config: { script } });
    // Now and then the server does not say what it has, so that the next agent must say it again.
    master.acknowledges = round % 2 === 0;
    const outputs = () => master.reports.filter((one) => one.type === 'output').length;
    const before = outputs();
    await master.until(() => outputs() >= before + 5);
    await agent.kill9();
    await master.until(() => !master.isConnected());
  }
  master.acknowledges = true;
  await using _ = await startTestAgent({ url: master.url, workDir: folder.path });
  const result = await master.result('d1');
  const lines = Array.from({ length: 40_000 }, (_, i) => `${i + 100}\n`).join('');
  expect(master.log('d1')).toBe(`${lines}end\n`);
  expect(result).toMatchObject({ state: 'success', logBytes: lines.length + 4 });
  // What came twice said the same: the log is put together from offsets, and this holds each piece against it.
  const log = Buffer.from(master.log('d1'));
  for (const one of master.reports.filter((report): report is WorkerOutput => report.type === 'output')) {
    const piece = Buffer.from(one.text);
    expect(log.subarray(one.offset, one.offset + piece.length).equals(piece)).toBe(true);
  }
}, 120_000);

test('an order to kill ends the whole group of a task that was taken over, after its grace', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  const script = `trap '' TERM; (trap '' TERM; echo child $BASHPID; while :; do sleep 0.1; done) & wait`;
  const pid = await dispatchAndKill(master, folder.path, { config: { script } });
  const child = Number(/child (\d+)/.exec(master.log('d1'))![1]);
  await using _ = await startTestAgent({ url: master.url, workDir: folder.path });
  await master.until(() => master.hellos.length === 2 && master.isConnected());
  master.kill('d1', 300);
  expect(await master.result('d1')).toMatchObject({ state: 'killed', signal: 'SIGKILL', error: 'a test says so' });
  for (const one of [pid, child]) expect(await exists(one)).toBe(false);
});

test('what the first program leaves in its group keeps the grace of the order to kill, whoever watches', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  // The shell ends at once; what it has started takes longer than leftovers are given, but not longer than the grace.
  const script = `(trap 'sleep 3; echo tidy' TERM; echo ready; while :; do sleep 0.1; done) & trap 'exit 3' TERM; wait; sleep 60`;
  await dispatchAndKill(master, folder.path, { config: { script } });
  await using _ = await startTestAgent({ url: master.url, workDir: folder.path });
  await master.until(() => master.hellos.length === 2 && master.isConnected());
  master.kill('d1', 30_000);
  await master.until(() => master.log('d1').includes('tidy'));
  master.kill('d1', 0);
  expect(await master.result('d1')).toMatchObject({ state: 'killed' });
});

test('what the server no longer counts on is killed after the restart of its agent too', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  const pid = await dispatchAndKill(master, folder.path, { config: { script: 'echo begun; sleep 600' } });
  master.abandons = () => true;
  await using _ = await startTestAgent({ url: master.url, workDir: folder.path });
  expect(await master.result('d1')).toMatchObject({ state: 'killed' });
  expect(await exists(pid)).toBe(false);
});

test('a timeout goes on counting while no agent is there', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  await dispatchAndKill(master, folder.path, { config: { script: 'echo begun; sleep 600' }, timeoutMs: 1_500 });
  await using _ = await startTestAgent({ url: master.url, workDir: folder.path });
  const result = await master.result('d1');
  expect(result).toMatchObject({ state: 'timeout', error: expect.stringContaining('1500 ms') });
});

test('an agent killed while it ends a task: the next one says why it ended', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  {
    await using agent = spawnAgent(master, folder.path);
    await master.until(() => master.heartbeats.length > 0);
    const script = `trap 'echo asked' TERM; echo ready; while :; do sleep 0.05; done`;
    master.dispatch({ dispatchId: 'd1', config: { script } });
    await master.until(() => master.log('d1').includes('ready'));
    master.kill('d1', 1_000);
    await master.until(() => master.log('d1').includes('asked'));
    await agent.kill9();
  }
  await using _ = await startTestAgent({ url: master.url, workDir: folder.path });
  expect(await master.result('d1')).toMatchObject({ state: 'killed', error: 'a test says so', signal: 'SIGKILL' });
});

test('a task whose keeper is killed with its agent is ended and reported as lost, with the log that there is', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  const script = 'bash -c "sleep 3600" & echo child $!; sleep 0.2; echo more; wait';
  const pid = await dispatchAndKill(master, folder.path, { config: { script } });
  const child = Number(/child (\d+)/.exec(master.log('d1'))![1]);
  await expect
    .poll(async () => (await readFile(join(folder.path, 'tasks/d1/output.1'), 'utf8')).includes('more'))
    .toBe(true);
  process.kill(await parentOf(pid), 'SIGKILL');
  await using _ = await startTestAgent({ url: master.url, workDir: folder.path });
  expect(await master.result('d1')).toMatchObject({ state: 'lost', error: expect.stringContaining('not known') });
  expect(master.log('d1')).toBe(`child ${child}\nmore\n`);
  for (const one of [pid, child]) await expect.poll(() => exists(one)).toBe(false);
});

test('a task whose keeper is killed under a living agent is reported as lost, and the next one gets another keeper', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  await using _ = await startTestAgent({ url: master.url, workDir: folder.path });
  await master.until(() => master.heartbeats.length > 0);
  master.dispatch({ dispatchId: 'd1', config: { script: 'echo begun; sleep 600' } });
  const { processId } = await master.report('started', 'd1');
  await master.report('output', 'd1');
  process.kill(await parentOf(processId!), 'SIGKILL');
  expect(await master.result('d1')).toMatchObject({ state: 'lost' });
  await expect.poll(() => exists(processId!)).toBe(false);
  master.dispatch({ dispatchId: 'd2' });
  expect(await master.result('d2')).toMatchObject({ state: 'success' });
});

test('the keeper ends when the agent does and nothing runs', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  let keeper: number;
  {
    await using _ = await startTestAgent({ url: master.url, workDir: folder.path });
    await master.until(() => master.heartbeats.length > 0);
    master.dispatch({ dispatchId: 'd1', config: { script: 'echo $PPID' } });
    await master.result('d1');
    keeper = Number(master.log('d1'));
    expect(await exists(keeper)).toBe(true);
  }
  await expect.poll(() => exists(keeper)).toBe(false);
});
