import { rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NO_REDIS, REDIS_BINARY, startRedis } from '@vaquita/runtime/testing';
import { describe, expect, it } from 'vitest';
import { eventually } from '../support/poll.ts';
import { define, PROJECT, start, waitForRun } from '../support/runs.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

interface Line {
  readonly id: string;
  readonly type: string;
}

const TYPES = [
  'workflow.added',
  'workflow.updated',
  'task.added',
  'workflow.started',
  'workflow.ended',
  'task.started',
  'task.ended',
] as const;

async function linesOf({ dataDir }: TestServer): Promise<readonly Line[]> {
  const text = await readFile(join(dataDir, 'listener-logs', 'all.jsonl'), 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}

/** An event may be there twice, after its server was killed. */
async function runsEnded(server: TestServer): Promise<number> {
  const ended = (await linesOf(server)).filter(({ type }) => type.endsWith('workflow.ended'));
  return new Set(ended.map(({ id }) => id)).size;
}

const seqOf = ({ id }: Line) => Number(/\d+$/.exec(id)![0]);

it('has a listener hear everything in order, though the server is killed again and again', async () => {
  await using server = await startTestServer({ embeddedWorker: true });
  const { client } = server;
  await client.listeners.create({
    name: 'all',
    plugin: 'log-file',
    settings: { file: 'all.jsonl' },
    eventTypes: [...TYPES],
  });
  const workflow = await define(client, {
    name: 'heard',
    tasks: [
      { name: 'one', type: 'shell', script: 'true' },
      { name: 'two', type: 'shell', script: 'true', dependsOn: ['one'] },
    ],
  });
  for (let round = 0; round < 3; round++) {
    const run = await start(client, workflow);
    await server.kill9();
    await server.restart();
    await waitForRun(client, run, 'success');
  }
  await eventually(
    'everything to be heard',
    async () => {
      const { delivery } = await client.listeners.get('all');
      return delivery.waiting === 0 && (await runsEnded(server)) === 3;
    },
    {
      evidence: async () => ({
        listener: await client.listeners.get('all'),
        log: await client.listeners.log('all'),
        server: server.log(),
      }),
    },
  );
  const lines = await linesOf(server);
  // What was on its way when the server died may have come twice, never in another order.
  const seqs = lines.map(seqOf);
  expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
  const told = new Map(lines.map((line) => [seqOf(line), line.type.replace(/^.*vaquita\./, '')]));
  const count = (type: string) => [...told.values()].filter((one) => one.endsWith(type)).length;
  expect([count('workflow.added'), count('task.added'), count('workflow.ended'), count('task.ended')]).toEqual([
    1, 2, 3, 6,
  ]);
  const metrics = await (
    await fetch(`${server.url}/metrics`, { headers: { authorization: `Bearer ${server.adminToken}` } })
  ).text();
  expect(metrics).toContain('vaquita_listener_relay_position');
  expect((await client.listeners.events('all', { status: 'delivered' })).items.length).toBeGreaterThan(0);
  expect(await client.projects.get(PROJECT)).toMatchObject({ name: PROJECT });
}, 120_000);

it('is blocked by what its plugin cannot take, says why, and goes on when somebody skips it', async () => {
  await using server = await startTestServer({ embeddedWorker: true });
  const { client } = server;
  const code = `export default { name: 'picky', settings: { type: 'object', properties: {} },
    onEvent(event, { log }) { log('info', event.type); if (event.type === 'workflow.added') throw new Error('I do not like it'); } };`;
  await client.listenerPlugins.install({ code, enable: true });
  await client.listeners.create({ name: 'picky', plugin: 'picky', eventTypes: ['workflow.added', 'task.added'] });
  await define(client, { name: 'a', tasks: [{ name: 'one', type: 'noop' }] });
  const blocked = await eventually(
    'the listener to be blocked',
    async () => (await client.listeners.get('picky')).delivery.blocked,
    {
      evidence: async () => ({ listener: await client.listeners.get('picky'), server: server.log() }),
    },
  );
  expect(blocked.reason).toContain('I do not like it');
  await expect(client.listeners.skip('picky', blocked.seq + 1)).rejects.toMatchObject({ status: 409 });
  await client.listeners.skip('picky', blocked.seq);
  await eventually(
    'the next event to be heard',
    async () => (await client.listeners.get('picky')).delivery.delivered === 1,
  );
  await expect(client.listenerPlugins.uninstall('picky')).rejects.toMatchObject({ status: 409 });
}, 120_000);

describe.skipIf(REDIS_BINARY === undefined)(`events that wait in Redis ${REDIS_BINARY ? '' : `(${NO_REDIS})`}`, () => {
  it('are heard in order, though server and Redis are killed, and Redis forgets everything once', async () => {
    await using redis = await startRedis();
    const env = { VAQUITA_LISTENER_EVENTS_URL: `redis://127.0.0.1:${redis.port}` };
    await using server = await startTestServer({ embeddedWorker: true, env });
    const { client } = server;
    const settings = { file: 'all.jsonl' };
    await client.listeners.create({ name: 'all', plugin: 'log-file', settings, eventTypes: [...TYPES] });
    const tasks = [{ name: 'one', type: 'shell', script: 'true' }];
    const workflow = await define(client, { name: 'heard', tasks });
    for (let round = 0; round < 3; round++) {
      const run = await start(client, workflow);
      await redis.kill9();
      if (round === 1) rmSync(join(redis.folder, 'appendonlydir'), { recursive: true });
      await server.kill9();
      await Promise.all([server.restart(), redis.start()]);
      await waitForRun(client, run, 'success');
    }
    await eventually('everything to be heard', async () => {
      const { delivery } = await client.listeners.get('all');
      return delivery.waiting === 0 && (await runsEnded(server)) === 3;
    });
    const firstTimes = [...new Set((await linesOf(server)).map(seqOf))];
    expect(firstTimes).toEqual([...firstTimes].sort((one, other) => one - other));
  }, 180_000);
});
