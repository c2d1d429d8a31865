/** Triggers on files as the outside world meets them: real servers, real agents, real files, and leaders that are killed. */
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TriggerFiringView, VaquitaClient } from '@vaquita/client';
import { NO_SQLD, SQLD_BINARY } from '@vaquita/store/testing/sqld';
import { expect, test } from 'vitest';
import { startTestCluster } from '../support/cluster.ts';
import { eventually } from '../support/poll.ts';
import { define, PROJECT, waitForRun } from '../support/runs.ts';
import { createScratch } from '../support/scratch.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { makeWorkerToken, startTestWorker } from '../support/worker.ts';

const LOAD = { name: 'load', params: [{ name: 'file', type: 'string' }], tasks: [{ name: 'a', type: 'noop' }] };
const PATIENCE = { withinMs: 180_000, everyMs: 250 };
/** Looks are ten seconds apart, and there are several in each. */
const TEST_MS = 400_000;

const firingsOf = async (client: VaquitaClient, id: string): Promise<TriggerFiringView[]> => {
  const all: TriggerFiringView[] = [];
  for await (const firing of client.triggers.allFirings(id)) all.push(firing);
  return all;
};
const runsIn = (firings: readonly TriggerFiringView[]) => firings.filter(({ outcome }) => outcome === 'run');

/** Starts `load` for each new file, as often as may be asked for. */
async function watch(client: VaquitaClient, path: string, watchers: number): Promise<string> {
  await define(client, LOAD);
  const config = { kind: 'file', path, every: '10s', settled: '0s', mapping: { file: 'path' } } as const;
  const { id } = await client.triggers.create(PROJECT, 'load', { name: 'files', config });
  await eventually(
    'the first looks',
    async () => {
      const seen = (await client.triggers.get(id)).watch?.watchers ?? [];
      return seen.filter(({ firstLookAt }) => firstLookAt !== null).length === watchers;
    },
    { ...PATIENCE, evidence: () => client.triggers.get(id) },
  );
  return id;
}

/** Whole from the moment on at which it is there. */
async function put(folder: string, name: string, text: string): Promise<void> {
  await writeFile(`${folder}/.${name}`, text);
  await rename(`${folder}/.${name}`, `${folder}/${name}`);
}

/** That each of the files has started one run, whatever has gone wrong. */
async function expectOneRunEach(client: VaquitaClient, id: string, paths: readonly string[]): Promise<void> {
  const firings = await eventually(
    `${paths.length} files to start runs`,
    async () => {
      const runs = runsIn(await firingsOf(client, id));
      return runs.length >= paths.length ? runs : undefined;
    },
    { ...PATIENCE, evidence: async () => runsIn(await firingsOf(client, id)).length },
  );
  expect(firings.map(({ about }) => about.path).toSorted()).toEqual(paths.toSorted());
  for (const { workflowInstanceId, about } of firings) {
    const run = await waitForRun(client, { id: workflowInstanceId! }, 'success', 120_000);
    expect(run).toMatchObject({ params: { file: about.path }, origin: { kind: 'trigger', id } });
  }
  const runs: string[] = [];
  for await (const run of client.instances.all({ project: PROJECT, workflow: 'load' })) runs.push(run.id);
  expect(runs).toHaveLength(paths.length);
}

test(
  'each file that two agents see starts one run, although the server is killed in the middle; a replaced one another',
  async () => {
    using scratch = createScratch();
    const folder = scratch.path('in');
    await mkdir(folder);
    for (const name of ['old-1.csv', 'old-2.csv']) await put(folder, name, 'old');
    await using server = await startTestServer();
    const { client } = server;
    const token = await makeWorkerToken(server);
    await using _one = await startTestWorker({ url: server.url, token, name: 'one', client });
    await using _two = await startTestWorker({ url: server.url, token, name: 'two', client });
    const id = await watch(client, `${folder}/*.csv`, 2);
    const seen = await firingsOf(client, id);
    expect(seen.map(({ outcome, about }) => [outcome, about.things])).toEqual([
      ['seen', '2'],
      ['seen', '2'],
    ]);

    // More than are acted on in one look.
    const names = Array.from({ length: 130 }, (_, i) => `new-${i}.csv`);
    for (const name of names) await put(folder, name, name);
    await eventually('some runs', async () => runsIn(await firingsOf(client, id)).length > 0, PATIENCE);
    await server.kill9();
    await server.restart();
    const paths = names.map((name) => `${folder}/${name}`);
    await expectOneRunEach(client, id, paths);

    const tried = await client.triggers.test(id);
    expect(tried).toMatchObject({ starts: false, look: { looked: true, newFiles: 0 } });
    expect(tried.look?.workers.map(({ found }) => found)).toEqual([132, 132]);
    await put(folder, 'new-7.csv', 'another text');
    await rm(`${folder}/new-8.csv`);
    await expectOneRunEach(client, id, [...paths, `${folder}/new-7.csv`]);
    expect((await client.triggers.get(id)).problem).toBeNull();
  },
  TEST_MS,
);

test(
  'an object starts a run for each version, and people are told when it cannot be looked at',
  async () => {
    let etag = '"1"';
    let status = 200;
    const site = createServer((_request, response) => {
      if (status === 200) response.writeHead(200, { etag, 'content-length': '3' }).end();
      else response.writeHead(status).end();
    });
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(site.address() as AddressInfo).port}/day.csv`;
    try {
      await using server = await startTestServer({ embeddedWorker: true });
      const { client } = server;
      const id = await watch(client, url, 1);
      etag = '"2"';
      await expectOneRunEach(client, id, [url]);
      status = 403;
      await eventually(
        'the problem to be told',
        async () => (await client.triggers.get(id)).problem !== null,
        PATIENCE,
      );
      status = 200;
      etag = '"3"';
      await expectOneRunEach(client, id, [url, url]);
    } finally {
      site.close();
    }
  },
  TEST_MS,
);

test.skipIf(SQLD_BINARY === undefined)(
  `the next leader goes on with the files of one that is killed ${SQLD_BINARY ? '' : `(${NO_SQLD})`}`,
  async () => {
    using scratch = createScratch();
    const folder = scratch.path('in');
    await mkdir(folder);
    await put(folder, 'old.csv', 'old');
    await using cluster = await startTestCluster(2, { VAQUITA_SESSION_TIMEOUT: '4s' });
    const [leader, follower] = cluster.servers as [TestServer, TestServer];
    await cluster.join('one');
    const { client } = follower;
    const id = await watch(client, `${folder}/*.csv`, 1);
    expect((await client.triggers.test(id)).look).toMatchObject({
      looked: false,
      note: expect.stringContaining('leads'),
    });
    const names = Array.from({ length: 110 }, (_, i) => `new-${i}.csv`);
    for (const name of names) await put(folder, name, name);
    await eventually('some runs', async () => runsIn(await firingsOf(client, id)).length > 0, PATIENCE);
    await leader.kill9();
    const late = 'while-nobody-leads.csv';
    await put(folder, late, late);
    await expectOneRunEach(
      client,
      id,
      [...names, late].map((name) => `${folder}/${name}`),
    );
  },
  TEST_MS,
);
