/** kill -9 of the server in the middle of a run, with the worker living on: the run completes and nothing runs twice. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../support/poll.ts';
import {
  define,
  defineAndStart,
  logOf,
  PROJECT,
  type Run,
  taskOf,
  tasksOf,
  waitForRun,
  waitForTask,
} from '../support/runs.ts';
import { append, createScratch, type Scratch, waitAt } from '../support/scratch.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { makeWorkerToken, startTestWorker, type TestWorker } from '../support/worker.ts';

let scratch: Scratch;
let server: TestServer;
let worker: TestWorker;

beforeEach(async () => {
  scratch = createScratch();
  // A short lease, so that the new server need not wait long for the old one's to run out.
  server = await startTestServer({ env: { VAQUITA_SESSION_TIMEOUT: '2s' } });
  worker = await startTestWorker({
    url: server.url,
    token: await makeWorkerToken(server),
    name: 'survivor',
    slots: 4,
    client: server.client,
  });
});

afterEach(async () => {
  scratch?.open('gate');
  await worker?.close();
  await server?.close();
  scratch?.[Symbol.dispose]();
});

const shell = (name: string, script: string, dependsOn: readonly string[] = []) => ({
  name,
  type: 'shell',
  script,
  dependsOn,
});

/** before → during → after, with `during` waiting in the middle of its work, and a second branch beside it. */
function startLongRun(): Promise<Run> {
  return defineAndStart(server.client, {
    name: 'long',
    tasks: [
      shell('before', append(scratch, 'ledger', 'before')),
      shell(
        'during',
        [
          append(scratch, 'ledger', 'during'),
          'echo "the first half"',
          waitAt(scratch, 'gate'),
          append(scratch, 'ledger', 'during, second half'),
          'echo "the second half"',
          'echo "::set-output answer=42"',
        ].join('\n'),
        ['before'],
      ),
      shell('beside', append(scratch, 'ledger', 'beside'), ['before']),
      shell('after', append(scratch, 'ledger', 'after $answer'), ['during', 'beside']),
    ].map((task) => (task.name === 'during' ? { ...task, outputs: [{ name: 'answer', type: 'integer' }] } : task)),
  });
}

async function expectEachOnce(run: Run): Promise<void> {
  expect(scratch.lines('ledger').toSorted()).toEqual(['after 42', 'before', 'beside', 'during', 'during, second half']);
  const tasks = await tasksOf(server.client, run);
  expect(tasks.map(({ name }) => name).sort()).toEqual(['after', 'before', 'beside', 'during']);
  for (const task of tasks) {
    expect(task).toMatchObject({
      state: 'success',
      attempt: 1,
      failovers: 0,
      retryTimes: 0,
      current: true,
      worker: 'survivor',
    });
  }
}

describe('kill -9 of the server while a task runs', () => {
  it('keeps the running task, which ends after the restart', async () => {
    const run = await startLongRun();
    const running = await waitForTask(server.client, run, 'during', ({ state }) => state === 'running');
    await waitForTask(server.client, run, 'beside', ({ state }) => state === 'success');
    await server.kill9();
    await server.restart();

    const kept = await taskOf(server.client, run, 'during');
    expect({ id: kept.id, startedAt: kept.startedAt }).toEqual({ id: running.id, startedAt: running.startedAt });
    expect(scratch.lines('ledger')).not.toContain('after 42');
    scratch.open('gate');
    const ended = await waitForRun(server.client, run, 'success');
    expect(ended).toMatchObject({ number: 1, runCounter: 1 });
    await expectEachOnce(run);
    expect(await logOf(server.client, kept)).toMatch(/the first half\n.*the second half\n/s);
  });

  it('takes the result of a task that ended while the server was away', async () => {
    const run = await startLongRun();
    await waitForTask(server.client, run, 'during', ({ state }) => state === 'running');
    await server.kill9();
    scratch.open('gate');
    await eventually('the task to end without a server', () => scratch.lines('ledger').includes('during, second half'));
    // Time for the agent to see its process end, so that the result waits there and is not on its way.
    await pause(300);
    await server.restart();
    await waitForRun(server.client, run, 'success');
    await expectEachOnce(run);
    expect((await taskOf(server.client, run, 'during')).outputs).toEqual({ answer: '42' });
  });

  it('loses and repeats nothing when it happens again and again under load', async () => {
    const names = Array.from({ length: 40 }, (_, i) => `task-${i}`);
    const run = await defineAndStart(server.client, {
      name: 'load',
      tasks: [
        ...names.map((name) => shell(name, `${append(scratch, 'ledger', name)}; sleep 0.1`)),
        shell('last', append(scratch, 'ledger', 'last'), names),
      ],
    });
    for (const seen of [3, 12, 24]) {
      await eventually(`${seen} tasks to have begun`, () => scratch.lines('ledger').length >= seen);
      await server.kill9();
      await server.restart();
    }
    await waitForRun(server.client, run, 'success', 60_000);
    const ledger = scratch.lines('ledger');
    expect(ledger.toSorted()).toEqual([...names, 'last'].toSorted());
    expect(ledger.at(-1)).toBe('last');
    expect(
      (await tasksOf(server.client, run)).every(({ attempt, state }) => attempt === 1 && state === 'success'),
    ).toBe(true);
  });

  it('starts what was asked for just before', async () => {
    const run = await defineAndStart(server.client, {
      name: 'asked',
      tasks: [shell('only', append(scratch, 'ledger', 'only'))],
    });
    await server.kill9();
    await server.restart();
    await waitForRun(server.client, run, 'success');
    expect(scratch.lines('ledger')).toEqual(['only']);
  });

  it('goes on with what it was asked for under a key, as soon as it is asked again', async () => {
    await define(server.client, { name: 'keyed', tasks: [shell('only', append(scratch, 'ledger', 'only'))] });
    const keys = Array.from({ length: 40 }, (_, nth) => `key-${nth}`);
    const ask = (idempotencyKey: string) => server.client.workflows.start(PROJECT, 'keyed', {}, { idempotencyKey });
    const before = keys.map((key) => ask(key).catch(() => undefined));
    // Some are answered, and others are under way.
    await Promise.any(before.map((asked) => asked.then((answer) => answer ?? Promise.reject())));
    await server.kill9();
    const answered = await Promise.all(before);
    await server.restart();
    const again = await Promise.all(keys.map(ask));
    expect(new Set(again.map(({ id }) => id)).size).toBe(keys.length);
    for (const [nth, answer] of answered.entries()) if (answer) expect(again[nth]!.id).toBe(answer.id);
    await eventually('all to have run', () => scratch.lines('ledger').length >= keys.length);
    expect((await Promise.all(keys.map(ask))).map(({ id }) => id)).toEqual(again.map(({ id }) => id));
    expect(scratch.lines('ledger')).toHaveLength(keys.length);
  });
});
