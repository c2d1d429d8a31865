/** kill -9 of a server whose worker lives in it: what ran goes on, and the server that comes back takes it over. */
import { expect, it } from 'vitest';
import { isAlive, parentOf } from '../support/is-alive.ts';
import { eventually } from '../support/poll.ts';
import { defineAndStart, logOf, type Run, taskOf, tasksOf, waitForRun } from '../support/runs.ts';
import { append, createScratch, type Scratch, waitAt } from '../support/scratch.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

function startRun(server: TestServer, scratch: Scratch): Promise<Run> {
  return defineAndStart(server.client, {
    name: 'interrupted',
    tasks: [
      { name: 'first', type: 'shell', script: append(scratch, 'ledger', 'first') },
      {
        name: 'second',
        type: 'shell',
        script: `${append(scratch, 'pids', '$$')}; echo begun; ${waitAt(scratch, 'gate')}; ${append(scratch, 'ledger', 'second')}; echo "::set-output answer=42"`,
        outputs: [{ name: 'answer', type: 'integer' }],
        dependsOn: ['first'],
      },
    ],
  });
}

const pidsOf = (scratch: Scratch) => scratch.lines('pids').map(Number);

async function statesOf(server: TestServer, run: Run) {
  return (await tasksOf(server.client, run)).map(({ name, attempt, state }) => [name, attempt, state]);
}

it('the task goes on in its process; nothing is done twice, and nothing of its log or its outputs is missing', async () => {
  using scratch = createScratch();
  await using server = await startTestServer({ embeddedWorker: true, env: { VAQUITA_SESSION_TIMEOUT: '2s' } });
  const run = await startRun(server, scratch);
  try {
    await eventually('the second task to have begun', () => scratch.lines('pids').length === 1);
    await server.kill9();
    await server.restart();
    await eventually('the worker to be back', async () => {
      const { items } = await server.client.workers.list();
      return items.some(({ state }) => state === 'online');
    });
    expect(isAlive(pidsOf(scratch)[0]!)).toBe(true);
  } finally {
    scratch.open('gate');
  }
  await waitForRun(server.client, run, 'success');
  expect(scratch.lines('ledger')).toEqual(['first', 'second']);
  expect(pidsOf(scratch)).toHaveLength(1);
  expect(await statesOf(server, run)).toEqual([
    ['first', 1, 'success'],
    ['second', 1, 'success'],
  ]);
  const second = await taskOf(server.client, run, 'second');
  expect(second.outputs).toEqual({ answer: '42' });
  expect(await logOf(server.client, second)).toMatch(/begun\n.*::set-output answer=42\n$/s);
});

it('with what watches over its tasks killed too, the task is done anew, after its old process has been ended', async () => {
  using scratch = createScratch();
  await using server = await startTestServer({ embeddedWorker: true, env: { VAQUITA_SESSION_TIMEOUT: '2s' } });
  const run = await startRun(server, scratch);
  try {
    await eventually('the second task to have begun', () => scratch.lines('pids').length === 1);
    const keeper = parentOf(pidsOf(scratch)[0]!);
    await server.kill9();
    process.kill(keeper, 'SIGKILL');
    await server.restart();
    await eventually('the task to be done anew', () => scratch.lines('pids').length === 2, { evidence: server.log });
    const [old, fresh] = pidsOf(scratch);
    expect([isAlive(old!), isAlive(fresh!)]).toEqual([false, true]);
  } finally {
    scratch.open('gate');
  }
  await waitForRun(server.client, run, 'success');
  expect(scratch.lines('ledger')).toEqual(['first', 'second']);
  expect(await statesOf(server, run)).toEqual([
    ['first', 1, 'success'],
    ['second', 1, 'need_fault_tolerance'],
    ['second', 2, 'success'],
  ]);
});
