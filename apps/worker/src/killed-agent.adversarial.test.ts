/** Agents that are killed with something left to deliver, and what the next one on the work folder makes of it. Real processes. */
import { readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { spawnAgent } from './testing/spawned-agent.ts';
import { createTestFolder, startTestAgent, storedResults } from './testing/test-agent.ts';
import { startTestMaster } from './testing/test-master.ts';

test('P4: an agent killed with an undelivered result: the next one on the folder delivers it', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  master.acknowledges = false;
  {
    await using agent = spawnAgent(master, folder.path);
    await master.until(() => master.heartbeats.length > 0);
    master.dispatch({
      dispatchId: 'd1',
      config: { script: 'echo "::set-output rows=1"' },
      outputs: [{ name: 'rows', type: 'integer' }],
    });
    await master.result('d1');
    await agent.kill9();
  }
  const before = master.reports.length;
  master.acknowledges = true;
  await using _ = await startTestAgent({ url: master.url, workDir: folder.path });
  await master.until(() => master.reports.length > before);
  expect(master.hellos.at(-1)?.unsent).toEqual([{ dispatchId: 'd1', epoch: 1, logBytes: 20 }]);
  expect(master.reports.at(-1)).toMatchObject({ dispatchId: 'd1', state: 'success', outputs: { rows: '1' } });
});

test('P4: an agent killed with an undelivered log: the next one delivers it with the result', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  master.acknowledges = false;
  {
    await using agent = spawnAgent(master, folder.path);
    await master.until(() => master.heartbeats.length > 0);
    master.dispatch({ dispatchId: 'd1', config: { script: 'echo first; sleep 0.2; echo last >&2' } });
    await master.result('d1');
    await agent.kill9();
  }
  const before = master.reports.length;
  master.acknowledges = true;
  await using _ = await startTestAgent({ url: master.url, workDir: folder.path });
  await master.until(() => master.reports.slice(before).some((one) => one.type === 'result'));
  const texts = master.reports.slice(before).map((one) => (one.type === 'output' ? one.text : one.type));
  expect(texts).toEqual(['first\n', 'last\n', 'result']);
  expect(master.log('d1')).toBe('first\nlast\n');
  await expect.poll(() => storedResults(folder.path)).toEqual([]);
});

test('P4: an agent killed again and again while results are made: each that was sent is acknowledged or sent again', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  let next = 0;
  for (let round = 0; round < 6; round++) {
    // In every other round the server keeps silent, so that results pile up.
    master.acknowledges = round % 2 === 0;
    await using agent = spawnAgent(master, folder.path);
    await master.until(() => master.hellos.length === round + 1 && master.isConnected());
    const results = () => master.reports.filter((one) => one.type === 'result').length;
    const goal = results() + 15 + 7 * round;
    const feed = () => {
      if (master.isConnected()) master.dispatch({ dispatchId: `d${next++}`, taskType: 'noop', config: {} });
    };
    feed();
    let seen = results();
    await master.until(() => {
      for (; seen < results(); seen++) feed();
      return seen >= goal;
    });
    await agent.kill9();
    await master.until(() => !master.isConnected());
  }
  const unacknowledged = new Set(await storedResults(folder.path));
  const owed = master.unacknowledged();
  for (const dispatchId of owed) expect(unacknowledged).toContain(dispatchId);
  expect(owed.size).toBeGreaterThan(20);
  master.acknowledges = true;
  await using _ = await startTestAgent({ url: master.url, workDir: folder.path });
  await master.until(() => master.unacknowledged().size === 0);
});

test('E6: an agent killed in a task without a process: the next one reports it as lost, and does not run it again', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  let requests = 0;
  const silent = createServer(() => {
    requests += 1;
  });
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  try {
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const order = { dispatchId: 'd1', taskType: 'http', config: { url, method: 'POST' } };
    {
      await using agent = spawnAgent(master, folder.path);
      await master.until(() => master.heartbeats.length > 0);
      master.dispatch(order);
      await master.report('started', 'd1');
      await expect.poll(() => requests).toBe(1);
      await agent.kill9();
      await master.until(() => !master.isConnected());
    }
    expect(await readdir(folder.path)).not.toContain('tasks');
    await using _ = await startTestAgent({ url: master.url, workDir: folder.path });
    expect(await master.result('d1')).toMatchObject({ state: 'lost', error: expect.stringContaining('agent ended') });
    expect(master.hellos[1]).toMatchObject({ running: [], unsent: [{ dispatchId: 'd1', epoch: 1 }] });
    master.dispatch(order);
    expect(await master.report('refuse', 'd1')).toMatchObject({ reason: 'duplicate' });
    expect(requests).toBe(1);
  } finally {
    silent.closeAllConnections();
    silent.close();
  }
});
