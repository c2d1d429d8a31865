/** Several servers on one libSQL server: who they say they are, and where they send workers. */
import { NO_SQLD, SQLD_BINARY } from '@vaquita/store/testing/sqld';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vaquita } from '../support/cli.ts';
import { startTestCluster, type TestCluster } from '../support/cluster.ts';
import { eventually } from '../support/poll.ts';
import { connectRawWorker } from '../support/raw-worker.ts';
import { defineAndStart, waitForRun } from '../support/runs.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { makeWorkerToken } from '../support/worker.ts';

describe.skipIf(SQLD_BINARY === undefined)(`several servers ${SQLD_BINARY ? '' : `(${NO_SQLD})`}`, () => {
  let cluster: TestCluster;
  let leader: TestServer;
  let follower: TestServer;

  beforeAll(async () => {
    cluster = await startTestCluster(2, { VAQUITA_SESSION_TIMEOUT: '4s' });
    [leader, follower] = cluster.servers as [TestServer, TestServer];
  });
  afterAll(() => cluster?.close());

  const socketOf = ({ port }: TestServer) => `ws://127.0.0.1:${port}/api/v1/worker/socket`;

  it('tell who they are, which of them leads, and that they are ready, whomever one asks', async () => {
    for (const asked of cluster.servers) {
      const { server, servers } = await asked.client.cluster();
      expect(server.role).toBe(asked === leader ? 'leader' : 'follower');
      expect(servers).toMatchObject([
        { url: leader.url, leader: true, epoch: 1, answering: asked === leader },
        { url: follower.url, leader: false, epoch: null, answering: asked === follower },
      ]);
      for (const one of servers!) expect(Math.abs(one.clockAheadMs!)).toBeLessThan(10_000);
      const ready = await (await fetch(`${asked.url}/ready`)).json();
      const who = asked === leader ? 'this server' : `.*:${leader.port}`;
      expect(ready.checks).toContainEqual({
        name: 'leader',
        ok: true,
        detail: expect.stringMatching(new RegExp(`^${who} leads, epoch 1$`)),
      });
    }
    const { stdout } = await vaquita(['cluster'], { server: follower });
    expect(stdout).toMatch(new RegExp(`leader, epoch 1 +${leader.url} `));
    expect(stdout).toMatch(new RegExp(`follower +${follower.url} `));
  });

  it('say that others cannot reach a server that listens on this machine only', () => {
    expect(leader.log()).toMatch(/reach only from this machine.*--advertise-url/);
  });

  it('answer a worker that comes to a follower with the address of the leader', async () => {
    const token = await makeWorkerToken(leader);
    await using raw = await connectRawWorker({ url: follower.url, token, name: 'raw' });
    expect(await raw.hears('redirect')).toMatchObject({ url: socketOf(leader) });
    expect(await raw.isClosed()).toMatchObject({ code: 4004 });
  });

  it('send a worker that knows only a follower on the same machine to the leader, where it works', async () => {
    await cluster.join('sent', { servers: [follower] });
    const run = await defineAndStart(follower.client, {
      name: 'sent',
      tasks: [{ name: 'a', type: 'shell', script: 'true' }],
    });
    await waitForRun(follower.client, run, 'success');
    expect((await leader.client.cluster()).servers).toMatchObject([{ workers: 1 }, { workers: 0 }]);
  });

  it('may each have a worker built in, which works for the leader wherever it is', async () => {
    const env = { VAQUITA_DATABASE_URL: cluster.database.url, VAQUITA_ADMIN_TOKEN: leader.adminToken };
    await using third = await startTestServer({
      embeddedWorker: true,
      env: { ...env, VAQUITA_ADMIN_PASSWORD: leader.adminPassword },
    });
    await eventually('its worker to work for the leader', async () => {
      const { items } = await third.client.workers.list();
      return items.some(({ name, state }) => name.endsWith(`-${third.port}`) && state === 'online');
    });
    expect((await third.client.cluster()).server.role).toBe('follower');
  });

  it('cannot send a worker, and its token, where it does not want to go', async () => {
    const elsewhere = `http://localhost:${leader.port}`;
    await follower.stop();
    await leader.restart({ VAQUITA_ADVERTISE_URL: elsewhere });
    await follower.restart();
    const careful = await cluster.join('careful', { servers: [follower], waits: false });
    await eventually('the worker to say why', () => /does not go there.*--trust-host/.test(careful.log()));
    const told = await cluster.join('told', { servers: [follower], args: ['--trust-host', 'localhost'] });
    await eventually('the worker to say where it is', () =>
      told.log().includes(`Joined ws://localhost:${leader.port}/`),
    );
    const names = (await follower.client.workers.list()).items.filter(({ state }) => state === 'online');
    expect(names.map(({ name }) => name)).not.toContain('careful');
  });
});
