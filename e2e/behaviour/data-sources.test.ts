/** Data sources with a real server and a real worker: what arrives where, what is masked, and what a task says that has none. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { defineAndStart, logOf, taskOf, waitForRun } from '../support/runs.ts';
import { useStage } from '../support/stage.ts';

const stage = useStage({ env: { VAQUITA_OUTBOUND_ALLOW: '127.0.0.1' }, workers: { w: {} } });
/** Stands nowhere else, so that a search for it finds only a leak. */
const SECRET = 'kwyjibo-4711-zarniwoop';

/** Answers who shows the secret, and remembers what it was asked for. */
async function startService() {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const { authorization = 'nothing' } = request.headers;
    asked.push(`${request.method} ${request.url} ${authorization}`);
    const isAllowed = authorization === `Bearer ${SECRET}`;
    response.writeHead(isAllowed ? 200 : 401, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ team: request.headers['x-team'] ?? null, said: authorization }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { asked, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function makeSecret(name: string, value = SECRET): Promise<void> {
  await stage.client.secrets.create({ name, value });
}

it('an HTTP task asks below the base address, with the headers and the token, which no log has', async () => {
  const { client, server } = stage;
  const { address, asked } = await startService();
  await makeSecret('shop token');
  const settings = { address: `${address}/v1`, headers: { 'X-Team': 'etl' } };
  await client.dataSources.create({ name: 'shop', kind: 'http', settings, secrets: { token: 'shop token' } });
  expect(await client.dataSources.test('shop')).toMatchObject({ outcome: 'reached', asked: 'server' });
  const task = { name: 'ask', type: 'http', dataSource: 'shop', url: '/orders?day=$[yyyy]' };
  const outputs = [
    { name: 'team', type: 'string' },
    { name: 'said', type: 'string' },
  ];
  const extract = { team: 'team', said: 'said' };
  const run = await defineAndStart(client, { name: 'asking', tasks: [{ ...task, outputs, extract }] });
  await waitForRun(client, run, 'success');
  expect(asked.at(-1)).toMatch(new RegExp(`^GET /v1/orders\\?day=20\\d\\d Bearer ${SECRET}$`));
  const shown = await taskOf(client, run, 'ask');
  expect(shown.outputs).toEqual({ team: 'etl', said: 'Bearer ***' });
  const log = await logOf(client, shown);
  expect(log).toContain('Bearer ***');
  const told = await Promise.all([client.instances.tasks(run.id), client.audit.list(), client.dataSources.get('shop')]);
  expect(JSON.stringify([log, told]) + server.log() + stage.worker('w').log()).not.toContain(SECRET);
  await expect(client.dataSources.delete('shop')).rejects.toMatchObject({ status: 409 });
  await expect(client.secrets.delete('shop token')).rejects.toMatchObject({ status: 409 });
});

it('an SQL task works on a database under a name, which the workers find', async () => {
  const { client, scratch } = stage;
  const path = scratch.path('lake.db');
  await client.dataSources.create({ name: 'lake', kind: 'libsql', settings: { address: path } });
  expect(await client.dataSources.test('lake')).toMatchObject({ outcome: 'not_there', asked: 'workers' });
  const script = 'create table t (a); insert into t values (7); select a as sum from t;';
  const outputs = [{ name: 'sum', type: 'integer' }];
  const tasks = [{ name: 'sum', type: 'sql', dataSource: 'lake', script, outputs }];
  const run = await defineAndStart(client, { name: 'summing', tasks });
  await waitForRun(client, run, 'success');
  expect((await taskOf(client, run, 'sum')).outputs).toEqual({ sum: '7' });
  const found = await client.dataSources.test('lake');
  expect(found).toEqual({ outcome: 'reached', asked: 'workers', message: expect.stringContaining('w') });
});

it('the token of a database reaches its server, and only that', async () => {
  const { client } = stage;
  const { address, asked } = await startService();
  await makeSecret('db token');
  await client.dataSources.create({
    name: 'db',
    kind: 'libsql',
    settings: { address },
    secrets: { token: 'db token' },
  });
  expect(await client.dataSources.test('db')).toMatchObject({
    outcome: 'unexpected',
    message: expect.stringContaining('not as a libSQL server does'),
  });
  const before = asked.length;
  const tasks = [{ name: 'a', type: 'sql', dataSource: 'db', script: 'select 1' }];
  const run = await defineAndStart(client, { name: 'asking-db', tasks });
  // Who answers is no database.
  await waitForRun(client, run, 'failure');
  expect(asked.slice(before).every((line) => line.endsWith(`Bearer ${SECRET}`))).toBe(true);
  expect(asked.length).toBeGreaterThan(before);
  const task = await taskOf(client, run, 'a');
  expect(JSON.stringify(task) + (await logOf(client, task))).not.toContain(SECRET);
});

it('a task without its data source fails and says what to do, and runs when that is done', async () => {
  const { client } = stage;
  const { address } = await startService();
  const tasks = [{ name: 'a', type: 'http', dataSource: 'later', url: '/', expectStatus: [401] }];
  const run = await defineAndStart(client, { name: 'early', tasks });
  await waitForRun(client, run, 'failure');
  expect((await taskOf(client, run, 'a')).reason?.text).toContain(
    'There is no data source "later" for this project. Make it, or let the task name another.',
  );
  await client.dataSources.create({ name: 'later', kind: 'http', settings: { address } });
  await client.instances.recoverFailed(run.id);
  await waitForRun(client, run, 'success');
});

it.each([
  ['http://10.1.2.3', 'refused'],
  ['http://127.0.0.1:1', 'unreachable'],
])('the test of %s says %s', async (address, outcome) => {
  const { client } = stage;
  await client.dataSources.create({ name: outcome, kind: 'http', settings: { address } });
  const { message, ...said } = await client.dataSources.test(outcome);
  expect(said).toEqual({ outcome, asked: 'server' });
  expect(message).toContain(new URL(address).hostname);
});
