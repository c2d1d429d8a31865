/** P6. A worker that dies or falls silent with a running task: the task goes to another one, and the old attempt changes nothing. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../support/poll.ts';
import { defineAndStart, PROJECT, type Run, tasksOf, waitForRun, waitForTask } from '../support/runs.ts';
import { append, createScratch, type Scratch, waitAt } from '../support/scratch.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { makeWorkerToken, startTestWorker, type TestWorker } from '../support/worker.ts';

/** Three times the heartbeat interval, as the agent has it. */
const HEARTBEAT_MS = 700;
const SESSION_TIMEOUT_MS = 3 * HEARTBEAT_MS;

let scratch: Scratch;
let server: TestServer;
let token: string;
let workers: TestWorker[];

beforeEach(async () => {
  scratch = createScratch();
  workers = [];
  server = await startTestServer();
  token = await makeWorkerToken(server);
});

afterEach(async () => {
  scratch?.open('gate');
  for (const worker of workers ?? []) await worker.close();
  await server?.close();
  scratch?.[Symbol.dispose]();
});

async function join(name: string): Promise<TestWorker> {
  const args = ['--heartbeat', `${HEARTBEAT_MS}ms`];
  const worker = await startTestWorker({ url: server.url, token, name, slots: 1, client: server.client, args });
  workers.push(worker);
  return worker;
}

/** Its first attempt waits at the gate, every other one ends at once. */
function startOrphanable(): Promise<Run> {
  const script = [
    append(scratch, 'ledger', 'attempt on $where'),
    `if mkdir '${scratch.path('first')}' 2>/dev/null; then ${waitAt(scratch, 'gate')}; ${append(scratch, 'ledger', 'late')}; fi`,
  ].join('\n');
  return defineAndStart(server.client, {
    name: 'orphanable',
    params: [{ name: 'where', type: 'string', value: 'a worker' }],
    tasks: [
      { name: 'held', type: 'shell', script },
      { name: 'next', type: 'shell', script: append(scratch, 'ledger', 'next'), dependsOn: ['held'] },
    ],
  });
}

async function expectSecondAttempt(run: Run): Promise<void> {
  const held = (await tasksOf(server.client, run)).filter(({ name }) => name === 'held');
  expect(
    held.map(({ attempt, state, worker, current, failovers, retryTimes }) => ({
      attempt,
      state,
      worker,
      current,
      failovers,
      retryTimes,
    })),
  ).toEqual([
    { attempt: 1, state: 'need_fault_tolerance', worker: 'first', current: false, failovers: 0, retryTimes: 0 },
    { attempt: 2, state: 'success', worker: 'second', current: true, failovers: 1, retryTimes: 0 },
  ]);
  expect(held[1]!.previousId).toBe(held[0]!.id);
  expect(held[0]!.reason?.text).toMatch(/worker/i);
}

describe('a worker lost with a running task', () => {
  it('by kill -9: after its session timeout a new attempt runs on another worker', async () => {
    const first = await join('first');
    const run = await startOrphanable();
    const task = await waitForTask(server.client, run, 'held', ({ state }) => state === 'running');
    expect(task.worker).toBe('first');
    await join('second');
    const killedAt = Date.now();
    await first.kill9();
    await waitForRun(server.client, run, 'success');
    await expectSecondAttempt(run);
    const second = (await tasksOf(server.client, run)).find(({ attempt }) => attempt === 2)!;
    expect(Date.parse(second.startedAt!) - killedAt).toBeLessThan(SESSION_TIMEOUT_MS + 8_000);
    expect(scratch.lines('ledger')).toEqual(['attempt on a worker', 'attempt on a worker', 'next']);
    const { items } = await server.client.workers.list();
    expect(items.find(({ name }) => name === 'first')?.state).toBe('offline');
  });

  it('by silence: what it does when it wakes is no longer current', async () => {
    const first = await join('first');
    const run = await startOrphanable();
    await waitForTask(server.client, run, 'held', ({ state }) => state === 'running');
    await join('second');
    first.freeze();
    await waitForRun(server.client, run, 'success');
    await expectSecondAttempt(run);

    first.thaw();
    scratch.open('gate');
    await eventually('the worker to be back', async () => {
      const { items } = await server.client.workers.list();
      return items.some(({ name, state }) => name === 'first' && state === 'online');
    });
    const before = await server.client.instances.get(run.id);
    // Its slot is free again and it works like any other.
    await workers.find(({ name }) => name === 'second')!.end();
    const again = await server.client.workflows.start(PROJECT, 'orphanable');
    await waitForRun(server.client, again, 'success');
    expect((await tasksOf(server.client, again)).every(({ worker }) => worker === 'first')).toBe(true);
    await expectSecondAttempt(run);
    expect(await server.client.instances.get(run.id)).toEqual(before);
  });

  it('with no other worker: the task waits, says why, and goes on when one joins', async () => {
    const first = await join('first');
    const run = await startOrphanable();
    await waitForTask(server.client, run, 'held', ({ state }) => state === 'running');
    await first.kill9();
    const waiting = await waitForTask(
      server.client,
      run,
      'held',
      ({ attempt, state, reason }) => attempt === 2 && state === 'submitted' && reason?.code === 'waiting_for_worker',
    );
    expect(waiting.reason!.text).toContain('default');
    await join('second');
    await waitForRun(server.client, run, 'success');
    await expectSecondAttempt(run);
  });
});
