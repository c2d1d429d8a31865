/** The registry of a running server: who is in it, what a kill of the server does to it, and what operators see. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { vaquita } from '../support/cli.ts';
import { eventually } from '../support/poll.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { makeWorkerToken, startTestWorker, type TestWorker } from '../support/worker.ts';

/** Its session lasts three times as long: longer than a restart of the server takes. */
const HEARTBEAT = '20s';
const ADVERTISED = 'https://vaquita.example.org';

let server: TestServer;
let worker: TestWorker;

beforeEach(async () => {
  server = await startTestServer({ env: { VAQUITA_ADVERTISE_URL: ADVERTISED } });
  const token = await makeWorkerToken(server);
  const args = ['--heartbeat', HEARTBEAT];
  worker = await startTestWorker({ url: server.url, token, name: 'rack', client: server.client, args });
});

afterEach(async () => {
  await worker?.close();
  await server?.close();
});

async function all<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

const data = (path: string) => all(server.client.registry.allData(path));
const events = async (path: string) => (await all(server.client.registry.allEvents(path))).toReversed();

/** The worker's datum, once it is in the care of this server. */
function workerAt(serverId: string) {
  return eventually('the worker to be in the registry', async () => {
    const [datum] = await data('/nodes/worker');
    return datum && JSON.parse(datum.value).server === serverId ? datum : undefined;
  });
}

async function onlyServer() {
  const [datum, ...others] = await data('/nodes/server');
  expect(others).toEqual([]);
  return {
    id: datum!.clientId!,
    key: datum!.key,
    about: JSON.parse(datum!.value) as Readonly<Record<string, unknown>>,
  };
}

it('knows its server and its workers, and who leads', async () => {
  const { id, key, about } = await onlyServer();
  expect(key).toBe(`/nodes/server/${id}`);
  expect(about).toMatchObject({
    url: ADVERTISED,
    version: expect.stringMatching(/\d/),
    startedAt: expect.stringMatching(/Z$/),
  });
  const datum = await workerAt(id);
  expect(datum).toMatchObject({ key: `/nodes/worker/default/${datum.clientId}`, kind: 'ephemeral' });
  expect(await all(server.client.registry.allClients())).toMatchObject([
    { id, kind: 'server', online: true },
    { id: datum.clientId, kind: 'worker', name: 'rack', heartbeatInterval: HEARTBEAT, sessionTimeout: '1m' },
  ]);
  expect(await all(server.client.registry.allLocks())).toMatchObject([
    { key: '/lock/leader', holder: { clientId: id } },
  ]);
  const check = await vaquita(['registry', 'check', '--repair'], { server });
  expect(check).toMatchObject({ code: 0, stdout: 'the registry is in order\n' });
  // The first beat comes a third of the session timeout after the start.
  const text = await eventually('a heartbeat to be measured', async () => {
    const answer = await fetch(`${server.url}/metrics`, { headers: { authorization: `Bearer ${server.adminToken}` } });
    const metrics = await answer.text();
    return /vaquita_registry_heartbeat_seconds_count [1-9]/.test(metrics) ? metrics : undefined;
  });
  expect(text).toContain('vaquita_registry_clients{kind="worker"} 1\n');
});

it('is rid of a server that was killed when it starts again, and keeps the worker all along', async () => {
  const before = await onlyServer();
  await workerAt(before.id);
  await server.kill9();
  await server.restart();
  const after = await onlyServer();
  expect(after.id).not.toBe(before.id);
  expect((await events('/nodes/server')).map(({ type, key }) => `${type} ${key}`)).toEqual([
    `added ${before.key}`,
    `removed ${before.key}`,
    `added ${after.key}`,
  ]);
  await workerAt(after.id);
  expect((await events('/nodes/worker')).map(({ type }) => type)).toEqual(['added', 'updated']);
});

it('is left by who stops in order', async () => {
  const { id } = await onlyServer();
  await workerAt(id);
  expect((await worker.end('SIGTERM')).code).toBe(0);
  await eventually('the worker to be gone', async () => (await data('/nodes/worker')).length === 0);
  await server.stop();
  await server.restart();
  expect((await all(server.client.registry.allClients())).map(({ kind }) => kind)).toEqual(['server']);
});
