/** Several servers in real processes: the lead goes from one to the next, and what is asked of a follower is done without delay. */
import { NO_SQLD, SQLD_BINARY } from '@vaquita/store/testing/sqld';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestCluster, type TestCluster } from '../support/cluster.ts';
import { carriedOut, define, defineAndStart, start, waitForRun, waitForTask } from '../support/runs.ts';
import { append, waitAt } from '../support/scratch.ts';
import type { TestServer } from '../support/server.ts';

const NOOP = { name: 'nothing', tasks: [{ name: 'a', type: 'noop' }] };

/** What a person wants to know; nothing depends on it. */
function report(text: string): void {
  process.stdout.write(`${text}\n`);
}

describe.skipIf(SQLD_BINARY === undefined)(`the lead of several servers ${SQLD_BINARY ? '' : `(${NO_SQLD})`}`, () => {
  let cluster: TestCluster;

  beforeAll(async () => {
    // So long that only who is told can be quick.
    cluster = await startTestCluster(3, { VAQUITA_SESSION_TIMEOUT: '60s' });
    await cluster.join('w1');
  });
  afterAll(() => cluster?.close());

  const othersThan = (one: TestServer) => cluster.servers.filter((server) => server !== one);

  async function median(times: number, measured: () => Promise<number>): Promise<number> {
    const all: number[] = [];
    for (let time = 0; time < times; time++) all.push(await measured());
    return all.sort((a, b) => a - b)[Math.floor(times / 2)]!;
  }

  it('passes on at once when the leader is told to stop, and the run under way goes on', async () => {
    const { scratch } = cluster;
    const leader = await cluster.leader();
    const others = othersThan(leader);
    const run = await defineAndStart(others[0]!.client, {
      name: 'handed-over',
      tasks: [
        { name: 'a', type: 'shell', script: `${append(scratch, 'ran', 'a')}\n${waitAt(scratch, 'gate')}` },
        { name: 'b', type: 'shell', script: append(scratch, 'ran', 'b'), dependsOn: ['a'] },
      ],
    });
    await waitForTask(others[0]!.client, run, 'a', ({ state }) => state === 'running');
    const toldAt = performance.now();
    const stopped = leader.stop('SIGTERM');
    const next = await cluster.leader(others);
    report(`a follower led ${Math.round(performance.now() - toldAt)} ms after the leader was told to stop`);
    await stopped;
    scratch.open('gate');
    await waitForRun(next.client, run, 'success');
    expect(scratch.lines('ran')).toEqual(['a', 'b']);
    await leader.restart();
    expect((await leader.client.cluster()).server.role).toBe('follower');
  });

  it('is not asked for what a follower can say: its readers hear of what the leader does', async () => {
    const leader = await cluster.leader();
    const [follower] = othersThan(leader) as [TestServer];
    const name = await define(leader.client, { ...NOOP, name: 'told' });
    const open = Promise.withResolvers<void>();
    const stop = new AbortController();
    const states: unknown[] = [];
    const reading = (async () => {
      const stream = follower.client.stream({ signal: stop.signal, onOpen: () => open.resolve() });
      for await (const { type, data } of stream) {
        if (type === 'workflow_instance.state') states.push(data.to);
        if (states.at(-1) === 'success') return;
      }
    })();
    await open.promise;
    await start(leader.client, name);
    await reading;
    stop.abort();
    expect(states.slice(-2)).toEqual(['running', 'success']);
    expect(await hintsOf(leader)).toBeGreaterThan(0);
  });

  it('hears within moments of what is asked of a follower', async () => {
    const leader = await cluster.leader();
    const [follower] = othersThan(leader) as [TestServer];
    const name = await define(leader.client, NOOP);
    const through = (server: TestServer) => async () => {
      const began = performance.now();
      const run = await start(server.client, name);
      await waitForTaken(server, run.id);
      return performance.now() - began;
    };
    const [direct, asked] = [await median(15, through(leader)), await median(15, through(follower))];
    report(
      `a start is taken ${Math.round(direct)} ms after the leader, ${Math.round(asked)} ms after a follower was asked (medians)`,
    );
    expect(await hintsOf(follower)).toBeGreaterThan(0);
    const paused = await defineAndStart(follower.client, {
      name: 'stopped-there',
      tasks: [{ name: 'a', type: 'shell', script: waitAt(cluster.scratch, 'never') }],
    });
    await waitForTask(follower.client, paused, 'a', ({ state }) => state === 'running');
    await carriedOut(follower.client, follower.client.instances.stop(paused.id));
    await waitForRun(follower.client, paused, 'stopped');
  });

  /** Messages with which a server has reached another one. */
  async function hintsOf({ url, adminToken }: TestServer): Promise<number> {
    const answer = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${adminToken}` } });
    return Number(/^vaquita_hints_total\{way="sent"\} (\d+)$/m.exec(await answer.text())?.[1] ?? 0);
  }

  async function waitForTaken({ client }: TestServer, id: string): Promise<void> {
    while ((await client.instances.get(id)).state === 'submitted')
      await new Promise((resolve) => setTimeout(resolve, 1));
  }
});
