/** Connections that are cut, go deaf or come back at a bad moment: nothing is lost, nothing runs twice. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  createTestFolder,
  isThere,
  startJoinedAgent,
  startTestAgent,
  storedResults,
  withFolder,
} from './testing/test-agent.ts';
import { startTestMaster } from './testing/test-master.ts';

test('a socket cut in the middle of a task: it runs on, and log and result come after the reconnect', async () => {
  await using joined = await startJoinedAgent();
  const { folder, master } = joined;
  const script = 'echo before; while [ ! -e "$out/go" ]; do sleep 0.02; done; echo after';
  master.dispatch({ dispatchId: 'd1', params: { out: folder.path }, config: { script } });
  await master.report('output', 'd1');
  const hellos = master.hellos.length;
  master.cut();
  await writeFile(join(folder.path, 'go'), '');
  expect(await master.result('d1')).toMatchObject({ state: 'success' });
  expect(master.hellos.length).toBeGreaterThan(hellos);
  expect(master.log('d1')).toBe('before\nafter\n');
});

test('the hello after a cut names what runs, and started is said again', async () => {
  await using joined = await startJoinedAgent();
  const { master } = joined;
  master.dispatch({ dispatchId: 'd1', config: { script: 'sleep 600' } });
  await master.report('started', 'd1');
  master.cut();
  await master.until(() => master.reports.filter((one) => one.type === 'started').length === 2);
  expect(master.hellos.at(-1)?.running).toEqual([{ dispatchId: 'd1', epoch: 1, state: 'started' }]);
});

test('P7: what the server no longer counts on is killed after the reconnect and still reported', async () => {
  await using joined = await startJoinedAgent();
  const { master } = joined;
  master.dispatch({ dispatchId: 'd1', config: { script: 'sleep 600' } });
  await master.report('started', 'd1');
  master.abandons = () => true;
  master.cut();
  expect(await master.result('d1')).toMatchObject({ state: 'killed' });
});

test('P4: a result whose acknowledgement is lost is sent again after each reconnect until it comes', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  master.acknowledges = false;
  await using _ = await startTestAgent({ url: master.url, workDir: folder.path });
  await master.until(() => master.heartbeats.length > 0);
  master.dispatch({ dispatchId: 'd1' });
  await master.result('d1');
  const results = () => master.reports.filter((one) => one.type === 'result');
  for (const count of [2, 3]) {
    master.cut();
    await master.until(() => results().length === count);
    expect(master.hellos.at(-1)?.unsent).toEqual([{ dispatchId: 'd1', epoch: 1, logBytes: 6 }]);
  }
  master.acknowledges = true;
  master.cut();
  await master.until(() => results().length === 4);
  expect(new Set(results().map((one) => JSON.stringify(one))).size).toBe(1);
  await expect.poll(() => storedResults(folder.path)).toEqual([]);
});

test('P6: a server that does not answer heartbeats is left, and joined again, while the task runs on', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  await using _ = await startTestAgent({
    url: master.url,
    workDir: folder.path,
    heartbeatIntervalMs: 100,
    sessionTimeoutMs: 300,
    change: (host) => ({
      ...host,
      async connect(url, withinMs) {
        const wire = await host.connect(url, withinMs);
        if (master.hellos.length > 0) return wire;
        // The first connection goes deaf once it is open: a heartbeat's answer never arrives.
        return {
          ...wire,
          get bufferedBytes() {
            return wire.bufferedBytes;
          },
          onText: (receive) =>
            wire.onText((text) => {
              // What comes in the same frame is heard.
              const messages = [JSON.parse(text)].flat().filter(({ type }) => type !== 'heartbeatAck');
              if (messages.length > 0) receive(JSON.stringify(messages));
            }),
        };
      },
    }),
  });
  await master.until(() => master.heartbeats.length > 0);
  master.dispatch({ dispatchId: 'd1', config: { script: 'sleep 600' } });
  await master.report('started', 'd1');
  await master.until(() => master.hellos.length === 2);
  expect(master.hellos[1]?.running).toMatchObject([{ dispatchId: 'd1' }]);
});

test('P8: a task that prints 20 MB while the server is away: all of it waits on disk and comes before the result', async () => {
  await using joined = await startJoinedAgent();
  const { folder, master } = joined;
  const script =
    'while [ ! -e "$out/go" ]; do sleep 0.02; done; echo first; head -c 20000000 /dev/zero | tr "\\0" "x"; echo; echo last';
  master.dispatch({ dispatchId: 'd1', params: { out: folder.path }, config: { script }, timeoutMs: 600_000 });
  await master.report('started', 'd1');
  master.answer = () => ({ type: 'redirect', url: null, retryAfterMs: 50 });
  master.cut();
  await writeFile(join(folder.path, 'go'), '');
  const end = join(folder.path, 'tasks', 'd1', 'end.json');
  await expect.poll(() => isThere(end)).toBe(true);
  master.answer = null;
  const result = await master.result('d1');
  expect(master.log('d1')).toBe(`first\n${'x'.repeat(20_000_000)}\nlast\n`);
  expect(result).toMatchObject({ state: 'success', logBytes: 20_000_012 });
});

test('E5: a connection that comes back while a result is being written: the log still comes before the result', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  await using _ = await startTestAgent({
    url: master.url,
    workDir: folder.path,
    change: withFolder((work) => ({
      ...work,
      results: {
        ...work.results,
        async put(name, text) {
          const joined = master.hellos.length;
          master.answer = null;
          await master.until(() => master.hellos.length > joined && master.isConnected());
          await work.results.put(name, text);
        },
      },
    })),
  });
  await master.until(() => master.heartbeats.length > 0);
  const script = 'while [ ! -e "$out/go" ]; do sleep 0.02; done; echo all of it';
  master.dispatch({ dispatchId: 'd1', params: { out: folder.path }, config: { script } });
  await master.report('started', 'd1');
  master.answer = () => ({ type: 'redirect', url: null, retryAfterMs: 50 });
  master.cut();
  await writeFile(join(folder.path, 'go'), '');
  await master.result('d1');
  expect(master.log('d1')).toBe('all of it\n');
});
