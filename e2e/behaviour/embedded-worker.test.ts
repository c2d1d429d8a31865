/** kill -9 of a server whose worker lives in it: what ran is ended and done anew, so that no attempt goes on unseen. */
import { expect, it } from 'vitest';
import { isAlive } from '../support/is-alive.ts';
import { eventually } from '../support/poll.ts';
import { defineAndStart, tasksOf, waitForRun } from '../support/runs.ts';
import { append, createScratch, waitAt } from '../support/scratch.ts';
import { startTestServer } from '../support/server.ts';

it('does the interrupted task anew, after its old process has been ended', async () => {
  using scratch = createScratch();
  await using server = await startTestServer({ embeddedWorker: true, env: { VAQUITA_SESSION_TIMEOUT: '2s' } });
  const run = await defineAndStart(server.client, {
    name: 'interrupted',
    tasks: [
      { name: 'first', type: 'shell', script: append(scratch, 'ledger', 'first') },
      {
        name: 'second',
        type: 'shell',
        script: `${append(scratch, 'pids', '$$')}; ${waitAt(scratch, 'gate')}; ${append(scratch, 'ledger', 'second')}`,
        dependsOn: ['first'],
      },
    ],
  });
  try {
    await eventually('the second task to have begun', () => scratch.lines('pids').length === 1);
    await server.kill9();
    await server.restart();
    await eventually('the task to be done anew', () => scratch.lines('pids').length === 2, { evidence: server.log });
    const [old, fresh] = scratch.lines('pids').map(Number);
    expect([isAlive(old!), isAlive(fresh!)]).toEqual([false, true]);
  } finally {
    scratch.open('gate');
  }
  await waitForRun(server.client, run, 'success');
  expect(scratch.lines('ledger')).toEqual(['first', 'second']);
  const states = (await tasksOf(server.client, run)).map(({ name, attempt, state }) => [name, attempt, state]);
  expect(states).toEqual([
    ['first', 1, 'success'],
    ['second', 1, 'need_fault_tolerance'],
    ['second', 2, 'success'],
  ]);
});
