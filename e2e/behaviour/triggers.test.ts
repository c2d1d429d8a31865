/** Triggers as the outside world meets them: a real server, signed deliveries, and a leader that is killed. */
import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import type { TriggerFiringView, VaquitaClient } from '@vaquita/client';
import { NO_SQLD, SQLD_BINARY } from '@vaquita/store/testing/sqld';
import { expect, test } from 'vitest';
import { startTestCluster } from '../support/cluster.ts';
import { makeMachine, shellBlocks } from '../support/guide.ts';
import { eventually } from '../support/poll.ts';
import { define, PROJECT, start, waitForRun } from '../support/runs.ts';
import { createScratch } from '../support/scratch.ts';
import { startTestServer, VAQUITA } from '../support/server.ts';

const SHIP = { name: 'ship', params: [{ name: 'order', type: 'string' }], tasks: [{ name: 'pack', type: 'noop' }] };

function signed(secret: string, body: string, at = Date.now()): Record<string, string> {
  const t = Math.floor(at / 1000);
  return { 'x-vaquita-signature': `t=${t},v1=${createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')}` };
}

const firingsOf = async (client: VaquitaClient, id: string): Promise<TriggerFiringView[]> => {
  const all: TriggerFiringView[] = [];
  for await (const firing of client.triggers.allFirings(id)) all.push(firing);
  return all;
};

test('a delivery starts one run, a replayed one none, and one with a wrong signature leaves no trace', async () => {
  await using server = await startTestServer({ embeddedWorker: true });
  const { client } = server;
  await define(client, SHIP);
  const config = { kind: 'webhook', mapping: { order: '$.order.id' } } as const;
  const { id, secret } = await client.triggers.create(PROJECT, 'ship', { name: 'orders', config });
  const body = '{"order":{"id":"A-1"}}';
  const deliver = (headers: Record<string, string>) =>
    fetch(`${server.url}/api/v1/hooks/${id}`, { method: 'POST', headers, body });

  const wrong = await deliver(signed('whsec_guessed', body));
  expect(wrong.status).toBe(401);
  expect((await deliver({})).status).toBe(401);
  expect((await deliver(signed(secret!, body, Date.now() - 3_600_000))).status).toBe(401);
  expect(await firingsOf(client, id)).toEqual([]);
  expect((await client.instances.list({})).items).toEqual([]);

  const headers = signed(secret!, body);
  const taken = await deliver(headers);
  expect(taken.status).toBe(202);
  const { workflowInstanceId } = (await taken.json()) as { workflowInstanceId: string };
  const run = await waitForRun(client, { id: workflowInstanceId }, 'success');
  expect(run).toMatchObject({ params: { order: 'A-1' }, origin: { kind: 'trigger', id }, createdBy: 'trigger orders' });

  await server.kill9();
  await server.restart();
  const replayed = await deliver(headers);
  expect(replayed.status).toBe(409);
  expect(await replayed.json()).toMatchObject({
    code: 'replayed',
    detail: expect.stringContaining(workflowInstanceId),
  });
  expect(await firingsOf(client, id)).toMatchObject([{ outcome: 'run', workflowInstanceId }]);
  expect((await client.instances.list({})).items).toHaveLength(1);
});

test('each end of a workflow starts the next one once, although the server is killed in the middle', async () => {
  await using server = await startTestServer({ embeddedWorker: true });
  const { client } = server;
  await define(client, { name: 'load', tasks: [{ name: 'a', type: 'noop' }] });
  await define(client, { name: 'report', tasks: [{ name: 'a', type: 'noop' }] });
  const config = { kind: 'after_workflow', workflow: 'load', on: 'success' } as const;
  const { id } = await client.triggers.create(PROJECT, 'report', { name: 'then', config });
  const RUNS = 40;
  const starting = Array.from({ length: RUNS }, async () => (await start(client, 'load')).id);
  const loads = await Promise.all(starting);
  await eventually('some reports to be started', async () => (await firingsOf(client, id)).length > 0);
  await server.kill9();
  await server.restart();
  for (const load of loads) await waitForRun(client, { id: load }, 'success');
  const firings = await eventually('all reports to be started', async () => {
    const all = await firingsOf(client, id);
    return all.length >= RUNS ? all : undefined;
  });
  expect(firings.map(({ about }) => about.run).toSorted()).toEqual(loads.toSorted());
  expect(new Set(firings.map(({ workflowInstanceId }) => workflowInstanceId)).size).toBe(RUNS);
  for (const { workflowInstanceId } of firings) await waitForRun(client, { id: workflowInstanceId! }, 'success');
  const reports = (await client.instances.list({ project: PROJECT, workflow: 'report', limit: 200 })).items;
  expect(reports).toHaveLength(RUNS);
});

test.skipIf(SQLD_BINARY === undefined)(
  `several servers take a delivery once, and the next leader goes on with what follows ${SQLD_BINARY ? '' : `(${NO_SQLD})`}`,
  async () => {
    const key = Buffer.alloc(32, 7).toString('base64');
    await using cluster = await startTestCluster(2, { VAQUITA_SESSION_TIMEOUT: '4s', VAQUITA_SECRET_KEY: key });
    const [leader, follower] = cluster.servers;
    await cluster.join('worker');
    const { client } = follower!;
    await define(client, SHIP);
    await define(client, { name: 'report', tasks: [{ name: 'a', type: 'noop' }] });
    const mapping = { order: '$.order.id' };
    const hook = { name: 'orders', config: { kind: 'webhook', mapping } } as const;
    const { id, secret } = await leader!.client.triggers.create(PROJECT, 'ship', hook);
    const then = { name: 'then', config: { kind: 'after_workflow', workflow: 'ship' } } as const;
    const after = await client.triggers.create(PROJECT, 'report', then);

    const DELIVERIES = 8;
    const bodies = Array.from({ length: DELIVERIES }, (_, i) => `{"order":{"id":"A-${i}"}}`);
    const statuses = await Promise.all(
      bodies.map(async (body) => {
        const headers = signed(secret!, body);
        const deliver = ({ url }: { readonly url: string }) =>
          fetch(`${url}/api/v1/hooks/${id}`, { method: 'POST', headers, body });
        return (await Promise.all(cluster.servers.map(deliver))).map(({ status }) => status).toSorted();
      }),
    );
    expect(statuses).toEqual(bodies.map(() => [202, 409]));
    await eventually('some reports to be started', async () => (await firingsOf(client, after.id)).length > 0);
    await leader!.kill9();
    const firings = await eventually(
      'the other server to start all reports',
      async () => {
        const all = await firingsOf(client, after.id);
        return all.length >= DELIVERIES ? all : undefined;
      },
      { withinMs: 90_000 },
    );
    for (const { workflowInstanceId } of firings)
      await waitForRun(client, { id: workflowInstanceId! }, 'success', 60_000);
    for (const workflow of ['ship', 'report']) {
      const runs = (await client.instances.list({ project: PROJECT, workflow, limit: 100 })).items;
      expect(runs, workflow).toHaveLength(DELIVERIES);
    }
  },
);

test('the commands of the guide do what it says', async () => {
  using folder = createScratch();
  await using server = await startTestServer({ embeddedWorker: true });
  const { client } = server;
  await define(client, SHIP, 'shop');
  const [create, deliver, rotate] = shellBlocks('docs/guide/triggers.md');
  const given = { hook: '', secret: '' };
  const machine = makeMachine(join(folder.folder, 'machine'), (block) =>
    block
      .replaceAll(
        /^vaquita /gm,
        `VAQUITA_SERVER_URL=${server.url} VAQUITA_TOKEN=${server.adminToken} ${process.execPath} ${VAQUITA} `,
      )
      .replace(/^HOOK=.*$/m, `HOOK=${given.hook}`)
      .replace(/^SECRET=.*$/m, `SECRET=${given.secret}`),
  );
  const made = await machine.run(create!);
  given.hook = /call: POST (\S+)/.exec(made)?.[1] ?? '';
  given.secret = /secret: (\S+)/.exec(made)?.[1] ?? '';
  const answer = JSON.parse(await machine.run(deliver!)) as { workflowInstanceId: string };
  const run = await waitForRun(client, { id: answer.workflowInstanceId }, 'success');
  expect(run.params).toEqual({ order: 'A-17' });
  given.secret = /secret: (\S+)/.exec(await machine.run(rotate!))?.[1] ?? '';
  expect(given.secret).toMatch(/^whsec_/);
});
