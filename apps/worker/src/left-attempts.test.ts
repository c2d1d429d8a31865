/** Folders of attempts as a killed agent and its keeper may leave them, whole or damaged, and what the next agent makes of them. */
import { spawn } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exists } from './testing/processes.ts';
import { spawnAgent } from './testing/spawned-agent.ts';
import { createTestFolder, isThere, startTestAgent } from './testing/test-agent.ts';
import { startTestMaster } from './testing/test-master.ts';

/** The folder of an attempt as a killed agent and its keeper would have left it. */
async function leaveAttempt(workDir: string, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = join(workDir, 'tasks', 'd1');
  await mkdir(join(folder, 'work'), { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

const ORDER = {
  type: 'dispatch',
  dispatchId: 'd1',
  taskInstanceId: 't1',
  attempt: 1,
  epoch: 1,
  taskName: 'left',
  taskType: 'shell',
  params: {},
  config: { script: 'echo ran >> ../../../ran' },
  environment: {},
  outputs: [],
  businessTime: 0,
  timezone: 'UTC',
  timeoutMs: null,
};
const RECORD = JSON.stringify({ order: ORDER, begunAt: 1 });

test('a process id that now belongs to somebody else is left alone', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  const stranger = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });
  try {
    const { pid } = stranger;
    const gone = { pid, startTime: '1@another-boot' };
    await leaveAttempt(folder.path, {
      'order.json': RECORD,
      'output.1': `${JSON.stringify({ keeper: gone, at: 0 })}\n${JSON.stringify({ started: gone, at: 5 })}\n{"out":"hello\\n"}\n`,
      'stop.json': JSON.stringify({ state: 'killed', text: 'a test says so', by: 0 }),
    });
    await using _ = await startTestAgent({ url: master.url, workDir: folder.path });
    expect(await master.result('d1')).toMatchObject({ state: 'killed', error: 'a test says so' });
    expect(master.log('d1')).toBe('hello\n');
    expect(await exists(pid!)).toBe(true);
  } finally {
    stranger.kill('SIGKILL');
  }
});

test('an attempt that was never begun is reported as lost, and is not begun any more', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  await leaveAttempt(folder.path, { 'order.json': RECORD });
  await using _ = await startTestAgent({ url: master.url, workDir: folder.path });
  expect(await master.result('d1')).toMatchObject({ state: 'lost', error: expect.stringContaining('before') });
  expect(await isThere(join(folder.path, 'ran'))).toBe(false);
});

test('an attempt whose order was never finished leaves nothing', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  await leaveAttempt(folder.path, { 'order.json': '{"order":{"type"' });
  await using _ = await startTestAgent({ url: master.url, workDir: folder.path });
  await master.until(() => master.hellos.length > 0);
  expect(master.hellos[0]).toMatchObject({ running: [], unsent: [] });
  expect(await readdir(join(folder.path, 'tasks'))).toEqual([]);
});

test.each([
  ['order', { 'order.json': 'damaged', 'output.1': '' }],
  ['order of another attempt', { 'order.json': RECORD.replace('"d1"', '"d9"'), 'output.1': '' }],
])('a damaged %s: what ran is ended, and the folder is put aside', async (_, files) => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  await leaveAttempt(folder.path, files);
  const mark = { ...process.env, VAQUITA_DISPATCH_ID: 'd1' };
  const left = spawn('sleep', ['600'], { detached: true, stdio: 'ignore', env: mark });
  await using agent = await startTestAgent({ url: master.url, workDir: folder.path });
  await master.until(() => master.hellos.length > 0);
  expect(master.hellos[0]).toMatchObject({ running: [], unsent: [] });
  expect(await readdir(join(folder.path, 'tasks'))).toEqual(['d1.unreadable']);
  await expect.poll(() => exists(left.pid!)).toBe(false);
  master.dispatch({ dispatchId: 'd2' });
  expect(await master.result('d2')).toMatchObject({ state: 'success' });
  await agent.agent.stop(0);
});

test.each([
  ['output', { 'output.1': 'damaged\n' }],
  ['end', { 'output.1': `{"keeper":{"pid":1,"startTime":"1"},"at":0}\n`, 'end.json': '{' }],
  ['note of what was sent', { 'output.1': `{"keeper":{"pid":1,"startTime":"1"},"at":0}\n`, sent: 'damaged\n' }],
])('a damaged %s: the attempt is lost, with what is wrong', async (_, files) => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  await leaveAttempt(folder.path, { 'order.json': RECORD, ...(files as Record<string, string>) });
  await using agent = await startTestAgent({ url: master.url, workDir: folder.path });
  expect(await master.result('d1')).toMatchObject({ state: 'lost', error: expect.stringMatching(/read|damaged/) });
  await agent.agent.stop(0);
});

test('an attempt whose result is stored is not reported twice', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  master.acknowledges = false;
  {
    await using agent = spawnAgent(master, folder.path);
    await master.until(() => master.heartbeats.length > 0);
    master.dispatch({ dispatchId: 'd1' });
    await master.result('d1');
    await agent.kill9();
  }
  await leaveAttempt(folder.path, { 'order.json': RECORD, 'output.1': '' });
  await using _ = await startTestAgent({ url: master.url, workDir: folder.path });
  await master.until(() => master.hellos.length === 2);
  expect(master.hellos[1]).toMatchObject({ running: [], unsent: [{ dispatchId: 'd1', epoch: 1 }] });
  expect(await readdir(join(folder.path, 'tasks'))).toEqual([]);
});

test('where the platform keeps no processes they run as children of the agent, and what one leaves is lost', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  await leaveAttempt(folder.path, { 'order.json': RECORD });
  await using _ = await startTestAgent({
    url: master.url,
    workDir: folder.path,
    change: (host) => ({ ...host, kept: null }),
  });
  expect(await master.result('d1')).toMatchObject({ state: 'lost', error: expect.stringContaining('was running') });
  master.dispatch({ dispatchId: 'd2', config: { script: 'echo $PPID' } });
  expect(await master.result('d2')).toMatchObject({ state: 'success' });
  expect(Number(master.log('d2'))).toBe(process.pid);
});
