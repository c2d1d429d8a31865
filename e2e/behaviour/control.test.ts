/** Stop, rerun and kill, on tasks in every state a run can hold them in. */
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isAlive } from '../support/is-alive.ts';
import { eventually } from '../support/poll.ts';
import { defineAndStart, taskOf, tasksOf, waitForRun, waitForTask } from '../support/runs.ts';
import { append, createScratch, type Scratch, waitAt } from '../support/scratch.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { makeWorkerToken, startTestWorker, type TestWorker } from '../support/worker.ts';

let server: TestServer;
let worker: TestWorker;
let scratch: Scratch;

beforeAll(async () => {
  server = await startTestServer();
  worker = await startTestWorker({
    url: server.url,
    token: await makeWorkerToken(server),
    name: 'hand',
    slots: 2,
    client: server.client,
  });
});

afterAll(async () => {
  await worker?.close();
  await server?.close();
});

beforeEach(() => {
  scratch = createScratch();
});

afterEach(() => {
  scratch.open('gate');
  scratch[Symbol.dispose]();
});

describe('stop', () => {
  it('ends what runs with all its processes, and what waits, and nothing starts after it', async () => {
    const { client } = server;
    const run = await defineAndStart(client, {
      name: 'to-stop',
      tasks: [
        {
          name: 'running',
          type: 'shell',
          // A child of its own in the background: it must go with the rest of the group.
          script: `sleep 300 & echo $! > '${scratch.path('child')}'; echo $$ > '${scratch.path('shell')}'; wait`,
        },
        { name: 'delayed', type: 'noop', delay: '5m' },
        { name: 'failing', type: 'shell', script: 'exit 3', retry: { times: 5, interval: '5m' } },
        { name: 'no-worker', type: 'noop', workerGroup: 'nobody' },
        { name: 'after', type: 'shell', script: append(scratch, 'ledger', 'after'), dependsOn: ['running'] },
      ],
    });
    await waitForTask(client, run, 'running', ({ state }) => state === 'running');
    await waitForTask(client, run, 'failing', ({ attempt, state }) => attempt === 2 && state === 'delayed');
    const pids = await eventually('the process ids', () =>
      ['child', 'shell'].map((name) => Number(readFileSync(scratch.path(name), 'utf8'))),
    );
    expect(pids.every(isAlive)).toBe(true);

    await client.instances.stop(run.id);
    const stopped = await waitForRun(client, run, 'stopped');
    expect(stopped.endedAt).not.toBeNull();
    const states = (await tasksOf(client, run)).map(({ name, attempt, state }) => `${name} ${attempt} ${state}`).sort();
    expect(states).toEqual([
      'delayed 1 killed',
      'failing 1 failure',
      'failing 2 killed',
      'no-worker 1 killed',
      'running 1 killed',
    ]);
    await eventually('the processes to be gone', () => !pids.some(isAlive));
    expect(scratch.lines('ledger')).toEqual([]);

    await expect(client.instances.stop(run.id)).rejects.toMatchObject({ status: 409, code: 'conflict' });
  });
});

describe('rerun', () => {
  it('does everything anew, keeps what was, and takes the same parameters', async () => {
    const { client } = server;
    const run = await defineAndStart(
      client,
      {
        name: 'to-rerun',
        params: [{ name: 'who', type: 'string', value: 'nobody' }],
        tasks: [
          { name: 'first', type: 'shell', script: append(scratch, 'ledger', 'first of $who') },
          { name: 'second', type: 'shell', script: `test -e '${scratch.path('good')}'`, dependsOn: ['first'] },
        ],
      },
      { params: { who: 'ada' } },
    );
    await waitForRun(client, run, 'failure');
    scratch.open('good');
    await client.instances.rerun(run.id);
    await eventually('the second round', async () => (await client.instances.get(run.id)).runCounter === 2);
    const ended = await waitForRun(client, run, 'success');
    expect(ended).toMatchObject({ number: 1, runCounter: 2, params: { who: 'ada' } });
    expect(scratch.lines('ledger')).toEqual(['first of ada', 'first of ada']);
    const tasks = await tasksOf(client, run);
    expect(
      tasks.map(({ name, attempt, state, current, runCounter }) => [name, attempt, state, current, runCounter]),
    ).toEqual([
      ['first', 1, 'success', false, 1],
      ['second', 1, 'failure', false, 1],
      ['first', 2, 'success', true, 2],
      ['second', 2, 'success', true, 2],
    ]);
  });

  it('is refused while the run still goes on', async () => {
    const { client } = server;
    const run = await defineAndStart(client, {
      name: 'still-running',
      tasks: [{ name: 'held', type: 'shell', script: waitAt(scratch, 'gate') }],
    });
    await waitForTask(client, run, 'held', ({ state }) => state === 'running');
    await expect(client.instances.rerun(run.id)).rejects.toMatchObject({ status: 409, code: 'conflict' });
    scratch.open('gate');
    const ended = await waitForRun(client, run, 'success');
    expect(ended.runCounter).toBe(1);
  });
});

describe('kill of one task', () => {
  it('ends that task without a retry, leaves its neighbours alone, and fails the run', async () => {
    const { client } = server;
    const run = await defineAndStart(client, {
      name: 'to-kill',
      tasks: [
        { name: 'victim', type: 'shell', script: 'sleep 300', retry: { times: 3, interval: '1s' } },
        {
          name: 'neighbour',
          type: 'shell',
          script: `${waitAt(scratch, 'gate')}; ${append(scratch, 'ledger', 'neighbour')}`,
        },
        { name: 'after', type: 'shell', script: append(scratch, 'ledger', 'after'), dependsOn: ['victim'] },
      ],
    });
    const { id } = await waitForTask(client, run, 'victim', ({ state }) => state === 'running');
    await waitForTask(client, run, 'neighbour', ({ state }) => state === 'running');
    await client.taskInstances.kill(id);
    await waitForTask(client, run, 'victim', ({ state }) => state === 'killed');
    expect((await taskOf(client, run, 'neighbour')).state).toBe('running');
    scratch.open('gate');
    await waitForRun(client, run, 'failure');
    expect(scratch.lines('ledger')).toEqual(['neighbour']);
    expect((await tasksOf(client, run)).map(({ name, state }) => `${name} ${state}`).sort()).toEqual([
      'neighbour success',
      'victim killed',
    ]);
    await expect(client.taskInstances.kill(id)).rejects.toMatchObject({ status: 409, code: 'conflict' });
  });
});

describe('the failure strategy "end"', () => {
  it('ends what runs beside the failed task', async () => {
    const { client } = server;
    const run = await defineAndStart(client, {
      name: 'strategy-end',
      failureStrategy: 'end',
      tasks: [
        { name: 'long', type: 'shell', script: `touch '${scratch.path('begun')}'; sleep 300` },
        { name: 'fails', type: 'shell', script: `${waitAt(scratch, 'begun')}; exit 4` },
      ],
    });
    await waitForRun(client, run, 'failure');
    expect(await taskOf(client, run, 'fails')).toMatchObject({ state: 'failure', exitCode: 4 });
    expect((await taskOf(client, run, 'long')).state).toBe('killed');
  });
});
