/** P6. A worker that dies or falls silent with a running task: the task goes to another one, and the old attempt changes nothing. */
import { describe, expect, it } from 'vitest';
import { eventually } from '../support/poll.ts';
import { defineAndStart, PROJECT, type Run, tasksOf, waitForRun, waitForTask } from '../support/runs.ts';
import { append, waitAt } from '../support/scratch.ts';
import { SHORT_HEARTBEAT, useStage } from '../support/stage.ts';

const stage = useStage({ each: true });

const join = (name: string) => stage.join(name, { slots: 1, args: SHORT_HEARTBEAT });

/** Its first attempt waits at the gate, every other one ends at once. */
function startOrphanable(): Promise<Run> {
  const script = [
    append(stage.scratch, 'ledger', 'attempt on $where'),
    `if mkdir '${stage.scratch.path('first')}' 2>/dev/null; then ${waitAt(stage.scratch, 'gate')}; ${append(stage.scratch, 'ledger', 'late')}; fi`,
  ].join('\n');
  return defineAndStart(stage.client, {
    name: 'orphanable',
    params: [{ name: 'where', type: 'string', value: 'a worker' }],
    tasks: [
      { name: 'held', type: 'shell', script },
      { name: 'next', type: 'shell', script: append(stage.scratch, 'ledger', 'next'), dependsOn: ['held'] },
    ],
  });
}

async function expectSecondAttempt(run: Run): Promise<void> {
  const held = (await tasksOf(stage.client, run)).filter(({ name }) => name === 'held');
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
    const task = await waitForTask(stage.client, run, 'held', ({ state }) => state === 'running');
    expect(task.worker).toBe('first');
    await join('second');
    await first.kill9();
    await waitForRun(stage.client, run, 'success');
    await expectSecondAttempt(run);
    expect(stage.scratch.lines('ledger')).toEqual(['attempt on a worker', 'attempt on a worker', 'next']);
    const { items } = await stage.client.workers.list();
    expect(items.find(({ name }) => name === 'first')?.state).toBe('offline');
  });

  it('by silence: what it does when it wakes is no longer current', async () => {
    const first = await join('first');
    const run = await startOrphanable();
    await waitForTask(stage.client, run, 'held', ({ state }) => state === 'running');
    await join('second');
    first.freeze();
    await waitForRun(stage.client, run, 'success');
    await expectSecondAttempt(run);

    first.thaw();
    stage.scratch.open('gate');
    await eventually('the worker to be back', async () => {
      const { items } = await stage.client.workers.list();
      return items.some(({ name, state }) => name === 'first' && state === 'online');
    });
    const before = await stage.client.instances.get(run.id);
    // Its slot is free again and it works like any other.
    await stage.worker('second').end();
    const again = await stage.client.workflows.start(PROJECT, 'orphanable');
    await waitForRun(stage.client, again, 'success');
    expect((await tasksOf(stage.client, again)).every(({ worker }) => worker === 'first')).toBe(true);
    await expectSecondAttempt(run);
    expect(await stage.client.instances.get(run.id)).toEqual(before);
  });

  it('with no other worker: the task waits, says why, and goes on when one joins', async () => {
    const first = await join('first');
    const run = await startOrphanable();
    await waitForTask(stage.client, run, 'held', ({ state }) => state === 'running');
    await first.kill9();
    const waiting = await waitForTask(
      stage.client,
      run,
      'held',
      ({ attempt, state, reason }) => attempt === 2 && state === 'submitted' && reason?.code === 'waiting_for_worker',
    );
    expect(waiting.reason!.text).toContain('default');
    await join('second');
    await waitForRun(stage.client, run, 'success');
    await expectSecondAttempt(run);
  });
});
