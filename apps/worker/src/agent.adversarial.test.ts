/** What goes wrong between a worker and its server, one case a test: doubled, late, lost, stale, cut, killed. */
import { access, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { DispatchId, TaskInstanceId } from '@vaquita/core';
import { expect, test } from 'vitest';
import { spawnAgent } from './testing/spawned-agent.ts';
import { createTestFolder, startTestAgent, storedResults } from './testing/test-agent.ts';
import { startTestMaster } from './testing/test-master.ts';

async function exists(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  return stat !== null && !/\) Z /.test(stat);
}

/** A script that notes the ids of itself and of a grandchild, and would run for an hour. */
const FAMILY = 'bash -c "echo \\$\\$ > $out/grandchild; sleep 3600" & echo $$ > $out/leader; wait';

async function familyOf(out: string): Promise<number[]> {
  const read = (name: string) => readFile(join(out, name), 'utf8').catch(() => '');
  await expect.poll(() => read('grandchild'), { timeout: 10_000 }).toMatch(/\d+\n/);
  await expect.poll(() => read('leader'), { timeout: 10_000 }).toMatch(/\d+\n/);
  return [Number(await read('leader')), Number(await read('grandchild'))];
}

test('P3: a dispatch delivered many times runs once, and each copy is answered', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  await using _ = await startTestAgent({ url: master.url, workDir: folder.path });
  await master.until(() => master.heartbeats.length > 0);
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

test('a socket cut in the middle of a task: it runs on, and log and result come after the reconnect', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  await using _ = await startTestAgent({ url: master.url, workDir: folder.path });
  await master.until(() => master.heartbeats.length > 0);
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
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  await using _ = await startTestAgent({ url: master.url, workDir: folder.path });
  await master.until(() => master.heartbeats.length > 0);
  master.dispatch({ dispatchId: 'd1', config: { script: 'sleep 600' } });
  await master.report('started', 'd1');
  master.cut();
  await master.until(() => master.reports.filter((one) => one.type === 'started').length === 2);
  expect(master.hellos.at(-1)?.running).toEqual([{ dispatchId: 'd1', epoch: 1, state: 'started' }]);
});

test('P7: what the server no longer counts on is killed after the reconnect and still reported', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  await using _ = await startTestAgent({ url: master.url, workDir: folder.path });
  await master.until(() => master.heartbeats.length > 0);
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
    expect(master.hellos.at(-1)?.unsent).toEqual([{ dispatchId: 'd1', epoch: 1 }]);
  }
  master.acknowledges = true;
  master.cut();
  await master.until(() => results().length === 4);
  expect(new Set(results().map((one) => JSON.stringify(one))).size).toBe(1);
  await expect.poll(() => storedResults(folder.path)).toEqual([]);
});

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
  expect(master.hellos.at(-1)?.unsent).toEqual([{ dispatchId: 'd1', epoch: 1 }]);
  expect(master.reports.at(-1)).toMatchObject({ dispatchId: 'd1', state: 'success', outputs: { rows: '1' } });
}, 20_000);

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
}, 20_000);

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
}, 60_000);

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
}, 20_000);

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
}, 20_000);

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

test('a work folder that takes nothing: tasks are refused, not lost, and taken again when it does', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  let full = true;
  await using _ = await startTestAgent({
    url: master.url,
    workDir: folder.path,
    change: (host) => ({
      ...host,
      async openWorkFolder(path) {
        const work = await host.openWorkFolder(path);
        const refuse = () => {
          if (full) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
        };
        const { dispatches } = work;
        return {
          ...work,
          dispatches: {
            ...dispatches,
            append(text) {
              refuse();
              dispatches.append(text);
            },
            replace(text) {
              refuse();
              dispatches.replace(text);
            },
          },
        };
      },
    }),
  });
  await master.until(() => master.heartbeats.length > 0);
  for (const dispatchId of ['d1', 'd2']) master.dispatch({ dispatchId });
  expect(await master.report('refuse', 'd1')).toMatchObject({
    reason: 'overloaded',
    text: expect.stringContaining('work folder'),
  });
  await master.report('refuse', 'd2');
  full = false;
  for (const dispatchId of ['d1', 'd3']) master.dispatch({ dispatchId });
  for (const dispatchId of ['d1', 'd3']) expect(await master.result(dispatchId)).toMatchObject({ state: 'success' });
});

test('damaged results in the folder are put aside and stop nothing', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  const json = JSON.stringify({ put: 'd3', text: '{"not":"a result"}' });
  const readable = `${json.length} ${crc32(json).toString(16).padStart(8, '0')} ${json}\n`;
  await writeFile(join(folder.path, 'results.journal'), `12 00000000 {"half":\n${readable}99 torn`);
  await using _ = await startTestAgent({ url: master.url, workDir: folder.path });
  await master.until(() => master.heartbeats.length > 0);
  expect(await storedResults(folder.path)).toEqual([]);
  const aside = await readFile(join(folder.path, 'results.journal.damaged'), 'utf8');
  expect(aside).toBe(`12 00000000 {"half":\n${readable}`);
  master.dispatch({ dispatchId: 'd4' });
  expect(await master.result('d4')).toMatchObject({ state: 'success' });
});

test('a kill ends children and grandchildren', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  await using _ = await startTestAgent({ url: master.url, workDir: folder.path });
  await master.until(() => master.heartbeats.length > 0);
  master.dispatch({ dispatchId: 'd1', params: { out: folder.path }, config: { script: FAMILY } });
  const family = await familyOf(folder.path);
  master.kill('d1', 5_000);
  expect(await master.result('d1')).toMatchObject({ state: 'killed', error: 'a test says so' });
  for (const pid of family) expect(await exists(pid)).toBe(false);
});

test('a task that ignores TERM is killed by force after the grace', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  await using _ = await startTestAgent({ url: master.url, workDir: folder.path });
  await master.until(() => master.heartbeats.length > 0);
  master.dispatch({ dispatchId: 'd1', config: { script: "trap '' TERM; echo ready; while :; do sleep 0.1; done" } });
  await master.report('output', 'd1');
  master.kill('d1', 200);
  expect(await master.result('d1')).toMatchObject({ state: 'killed', signal: 'SIGKILL' });
});

test('a kill that comes right behind its dispatch finds it, before it has started', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  await using _ = await startTestAgent({ url: master.url, workDir: folder.path });
  await master.until(() => master.heartbeats.length > 0);
  master.dispatch({ dispatchId: 'd1', config: { script: 'sleep 600' } });
  master.kill('d1', 0);
  expect(await master.result('d1')).toMatchObject({ state: 'killed' });
});

test('a kill that overtakes its dispatch is answered, and the dispatch is not run any more', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  await using _ = await startTestAgent({ url: master.url, workDir: folder.path });
  await master.until(() => master.heartbeats.length > 0);
  master.kill('d1', 0);
  expect(await master.result('d1')).toMatchObject({ state: 'killed', startedAt: null });
  master.dispatch({ dispatchId: 'd1' });
  expect(await master.report('refuse', 'd1')).toMatchObject({ reason: 'duplicate' });
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
      async connect(url) {
        const wire = await host.connect(url);
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

test('a disk that takes no results for a while: the result is reported once it is written, not before', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  let failures = 0;
  await using _ = await startTestAgent({
    url: master.url,
    workDir: folder.path,
    change: (host) => ({
      ...host,
      async openWorkFolder(path) {
        const work = await host.openWorkFolder(path);
        return {
          ...work,
          results: {
            ...work.results,
            async put(name, text) {
              failures += 1;
              if (failures === 1) throw new Error('no space left on device');
              expect(master.reports.some((one) => one.type === 'result')).toBe(false);
              await work.results.put(name, text);
            },
          },
        };
      },
    }),
  });
  await master.until(() => master.heartbeats.length > 0);
  master.dispatch({ dispatchId: 'd1' });
  expect(await master.result('d1')).toMatchObject({ state: 'success' });
  expect(failures).toBe(2);
});

test('P8: a task that prints 20 MB while the server is away: all of it waits on disk and comes before the result', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  await using _ = await startTestAgent({ url: master.url, workDir: folder.path });
  await master.until(() => master.heartbeats.length > 0);
  const script =
    'while [ ! -e "$out/go" ]; do sleep 0.02; done; echo first; head -c 20000000 /dev/zero | tr "\\0" "x"; echo; echo last';
  master.dispatch({ dispatchId: 'd1', params: { out: folder.path }, config: { script }, timeoutMs: 600_000 });
  await master.report('started', 'd1');
  master.answer = () => ({ type: 'redirect', url: null, retryAfterMs: 50 });
  master.cut();
  await writeFile(join(folder.path, 'go'), '');
  const end = join(folder.path, 'tasks', 'd1', 'end.json');
  await expect
    .poll(
      () =>
        access(end).then(
          () => true,
          () => false,
        ),
      { timeout: 20_000 },
    )
    .toBe(true);
  master.answer = null;
  const result = await master.result('d1');
  expect(master.log('d1')).toBe(`first\n${'x'.repeat(20_000_000)}\nlast\n`);
  expect(result).toMatchObject({ state: 'success', logBytes: 20_000_012 });
}, 60_000);

test('the token and other secrets of the agent are not in the environment of a task', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  const env = {
    PATH: process.env.PATH,
    VAQUITA_WORKER_TOKEN: 'secret',
    VAQUITA_SECRET_KEY: 'x',
    npm_config__auth: 'y',
  };
  await using _ = await startTestAgent({
    url: master.url,
    workDir: folder.path,
    change: (host) => ({ ...host, machine: { ...host.machine, env } }),
  });
  await master.until(() => master.heartbeats.length > 0);
  master.dispatch({
    dispatchId: 'd1',
    taskInstanceId: 't1' as TaskInstanceId,
    config: { script: 'env | cut -d= -f1 | sort' },
  });
  await master.result('d1' satisfies string as DispatchId);
  const names = master.log('d1').split('\n');
  expect(names).toContain('VAQUITA_DISPATCH_ID');
  for (const secret of ['VAQUITA_WORKER_TOKEN', 'VAQUITA_SECRET_KEY', 'npm_config__auth'])
    expect(names).not.toContain(secret);
});

test('E5: a connection that comes back while a result is being written: the log still comes before the result', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  await using _ = await startTestAgent({
    url: master.url,
    workDir: folder.path,
    change: (host) => ({
      ...host,
      async openWorkFolder(path) {
        const work = await host.openWorkFolder(path);
        return {
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
        };
      },
    }),
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
