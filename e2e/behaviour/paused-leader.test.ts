/** A leader whose process is stopped for longer than its session, on a libSQL server: others go on, and it finds itself fenced. */
import { NO_SQLD, SQLD_BINARY } from '@vaquita/store/testing/sqld';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestCluster, type TestCluster } from '../support/cluster.ts';
import { eventually } from '../support/poll.ts';
import { defineAndStart, tasksOf, waitForRun, waitForTask } from '../support/runs.ts';
import { append, waitAt } from '../support/scratch.ts';
import type { TestServer } from '../support/server.ts';
import { SHORT_HEARTBEAT, SHORT_LEASE } from '../support/stage.ts';

describe.skipIf(SQLD_BINARY === undefined)(`a leader that is stopped ${SQLD_BINARY ? '' : `(${NO_SQLD})`}`, () => {
  let cluster: TestCluster;
  let sleeper: TestServer;
  let other: TestServer;

  beforeAll(async () => {
    cluster = await startTestCluster(2, SHORT_LEASE);
    [sleeper, other] = cluster.servers as [TestServer, TestServer];
    await cluster.join('w1', { args: SHORT_HEARTBEAT });
  });
  afterAll(() => cluster?.close());

  /** What the others are told below the path, by client. */
  async function told(
    path: string,
  ): Promise<readonly (readonly [id: string | null, about: Readonly<Record<string, unknown>>])[]> {
    const { items } = await other.client.registry.data({ path });
    return items.map(({ clientId, value }) => [clientId, JSON.parse(value)] as const);
  }

  /** Epochs in which somebody has led, in order. */
  async function terms(): Promise<readonly number[]> {
    const { items } = await other.client.registry.events({ path: '/lock/leader' });
    return items.flatMap(({ type, value }) => (type === 'removed' ? [] : [Number(JSON.parse(value).epoch)])).reverse();
  }

  it('is given up by the others, and writes nothing of its term when it wakes', async () => {
    const { scratch } = cluster;
    const run = await defineAndStart(other.client, {
      name: 'asleep',
      tasks: [
        { name: 'a', type: 'shell', script: `${append(scratch, 'ran', 'a')}\n${waitAt(scratch, 'gate')}` },
        { name: 'b', type: 'shell', script: append(scratch, 'ran', 'b'), dependsOn: ['a'] },
      ],
    });
    await waitForTask(other.client, run, 'a', ({ state }) => state === 'running');
    process.kill(sleeper.pid, 'SIGSTOP');
    try {
      // Its worker reports the end to it: that is what it finds when it wakes.
      scratch.open('gate');
      await cluster.leader([other]);
      await waitForRun(other.client, run, 'success');
      await eventually('the sleeper to be gone, and its worker to be with the other', async () => {
        const servers = await told('/nodes/server');
        const workers = await told('/nodes/worker');
        return servers.length === 1 && servers[0]![1].url === other.url && workers[0]?.[1].server === servers[0]![0];
      });
    } finally {
      process.kill(sleeper.pid, 'SIGCONT');
    }
    const ended = await other.client.instances.get(run.id);
    await eventually('the sleeper to be back', async () => (await told('/nodes/server')).length === 2);
    await eventually('it to say so', () => sleeper.log().includes('This server no longer leads.'));
    const epochs = await terms();
    expect(epochs.slice(0, 2)).toEqual([1, 2]);
    expect(epochs).toEqual([...new Set(epochs)].sort((a, b) => a - b));
    expect(await other.client.instances.get(run.id)).toEqual(ended);
    expect((await tasksOf(other.client, run)).map(({ name, attempt }) => `${name} ${attempt}`)).toEqual(['a 1', 'b 1']);
    expect(scratch.lines('ran')).toEqual(['a', 'b']);
    expect(await other.client.registry.check()).toMatchObject({ ok: true });
  });
});
