/** Orders that come twice, too late, or from a server whose term is over: before and after a restart of the agent. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { spawnAgent } from './testing/spawned-agent.ts';
import { createTestFolder, startJoinedAgent, startTestAgent, storedResults } from './testing/test-agent.ts';
import { startTestMaster } from './testing/test-master.ts';

test('P3: a dispatch delivered many times runs once, and each copy is answered', async () => {
  await using joined = await startJoinedAgent();
  const { folder, master } = joined;
  const order = {
    dispatchId: 'd1',
    params: { out: folder.path },
    config: { script: 'echo ran >> "$out/ran"; sleep 0.3' },
  };
  for (let i = 0; i < 5; i++) master.dispatch(order);
  await master.result('d1');
  await expect.poll(() => storedResults(folder.path)).toEqual([]);
  master.dispatch(order);
  expect(await master.report('refuse', 'd1')).toMatchObject({ reason: 'duplicate' });
  expect(await readFile(join(folder.path, 'ran'), 'utf8')).toBe('ran\n');
  expect(master.reports.filter((one) => one.type === 'ack')).toHaveLength(5);
});

test('P3: a dispatch of an epoch that is over is refused', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  master.epoch = 7;
  await using _ = await startTestAgent({ url: master.url, workDir: folder.path });
  await master.until(() => master.heartbeats.length > 0);
  master.dispatch({ dispatchId: 'd1', epoch: 6 });
  expect(await master.report('refuse', 'd1')).toMatchObject({ reason: 'stale_epoch' });
  master.dispatch({ dispatchId: 'd2', epoch: 7 });
  expect(await master.result('d2')).toMatchObject({ state: 'success' });
});

test('P3: a server whose term is over is not worked for', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  master.epoch = 7;
  await using _ = await startTestAgent({ url: master.url, workDir: folder.path });
  await master.until(() => master.heartbeats.length > 0);
  master.epoch = 6;
  const before = master.heartbeats.length;
  master.cut();
  await master.until(() => master.hellos.length >= 3);
  expect(master.heartbeats.length).toBe(before);
  master.epoch = 8;
  await master.until(() => master.heartbeats.length > before);
});

test('P3: what was delivered is not run again after a restart, and the highest epoch is still known', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  master.epoch = 7;
  const order = { dispatchId: 'd1', params: { out: folder.path }, config: { script: 'echo ran >> "$out/ran"' } };
  {
    await using agent = spawnAgent(master, folder.path);
    await master.until(() => master.heartbeats.length > 0);
    master.dispatch(order);
    await master.result('d1');
    await expect.poll(() => storedResults(folder.path)).toEqual([]);
    await agent.kill9();
    await master.until(() => !master.isConnected());
  }
  const heard = master.heartbeats.length;
  await using _ = await startTestAgent({ url: master.url, workDir: folder.path });
  // Connected is not yet welcome: what is sent before that is out of order, and ignored.
  await master.until(() => master.heartbeats.length > heard);
  master.dispatch(order);
  expect(await master.report('refuse', 'd1')).toMatchObject({ reason: 'duplicate' });
  expect(await readFile(join(folder.path, 'ran'), 'utf8')).toBe('ran\n');
  master.dispatch({ dispatchId: 'd2', epoch: 6 });
  expect(await master.report('refuse', 'd2')).toMatchObject({ reason: 'stale_epoch' });
});

test('P3: a server whose term is over is not worked for after a restart either, unless the agent is told to forget', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  master.epoch = 7;
  const join = (options = {}) => startTestAgent({ url: master.url, workDir: folder.path, ...options });
  {
    await using _ = await join();
    await master.until(() => master.heartbeats.length > 0);
  }
  master.epoch = 6;
  const before = master.heartbeats.length;
  {
    await using _ = await join();
    await master.until(() => master.hellos.length >= 3);
    expect(master.heartbeats.length).toBe(before);
  }
  {
    await using _ = await join({ token: 'of-another-database' });
    await master.until(() => master.heartbeats.length > before);
  }
  {
    await using _ = await join({ forgetsEpoch: true });
    const heard = master.heartbeats.length;
    await master.until(() => master.heartbeats.length > heard);
  }
  await using _ = await join();
  const heard = master.heartbeats.length;
  await master.until(() => master.heartbeats.length > heard);
});
