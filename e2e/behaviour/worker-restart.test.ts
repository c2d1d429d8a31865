/** An agent that is killed and started again while its tasks run: they go on, and the server hears how they end. */
import { describe, expect, it } from 'vitest';
import { isAlive, parentOf } from '../support/is-alive.ts';
import { eventually } from '../support/poll.ts';
import { defineAndStart, logOf, type Run, taskOf, tasksOf, waitForRun, waitForTask } from '../support/runs.ts';
import { append, waitAt } from '../support/scratch.ts';
import { useStage } from '../support/stage.ts';

const stage = useStage({ each: true });

const join = (name: string, ...args: readonly string[]) => stage.join(name, { slots: 2, args });

function startLong(): Promise<Run> {
  const script = [
    append(stage.scratch, 'pids', '$$'),
    'seq 1 1000',
    waitAt(stage.scratch, 'gate'),
    'seq 1001 2000 >&2',
    'echo made > report.txt',
    'echo "::set-output answer=42"',
    'echo "::set-output report=report.txt"',
  ].join('\n');
  return defineAndStart(stage.client, {
    name: 'long',
    tasks: [
      {
        name: 'long',
        type: 'shell',
        script,
        outputs: [
          { name: 'answer', type: 'integer' },
          { name: 'report', type: 'file' },
        ],
      },
      { name: 'next', type: 'shell', script: 'echo "$answer"; cat "$report"', dependsOn: ['long'] },
    ],
  });
}

const LINES = Array.from({ length: 2_000 }, (_, i) => `${i + 1}\n`).join('');

async function begun(run: Run): Promise<number> {
  await waitForTask(stage.client, run, 'long', ({ state }) => state === 'running');
  await eventually('the task to have begun', () => stage.scratch.lines('pids').length === 1);
  return Number(stage.scratch.lines('pids')[0]);
}

async function expectOneWholeAttempt(run: Run): Promise<void> {
  await waitForRun(stage.client, run, 'success', 60_000);
  expect(stage.scratch.lines('pids')).toHaveLength(1);
  const long = await taskOf(stage.client, run, 'long');
  expect(long).toMatchObject({ state: 'success', attempt: 1, failovers: 0, exitCode: 0 });
  expect(await logOf(stage.client, long)).toContain(`${LINES}::set-output answer=42\n`);
  expect(await logOf(stage.client, await taskOf(stage.client, run, 'next'))).toContain('42\nmade\n');
}

describe('an agent that is killed while a task runs', () => {
  it('and started again: the task has gone on, with its log, its outputs and its files', async () => {
    const worker = await join('restarted');
    const run = await startLong();
    const pid = await begun(run);
    await worker.kill9();
    expect(isAlive(pid)).toBe(true);
    await worker.restart();
    await eventually('the agent to say that it goes on', () => worker.log().includes('Going on with a task'));
    stage.scratch.open('gate');
    await expectOneWholeAttempt(run);
  });

  it('and started again after the task has ended: its end is reported as it was', async () => {
    const worker = await join('restarted');
    const run = await startLong();
    const pid = await begun(run);
    await worker.kill9();
    stage.scratch.open('gate');
    await eventually('the task to end without an agent', () => !isAlive(pid));
    await worker.restart();
    await expectOneWholeAttempt(run);
  });

  it('again and again: still one attempt, and its log is whole', async () => {
    const worker = await join('restarted');
    const run = await startLong();
    await begun(run);
    for (let i = 0; i < 3; i++) {
      await worker.kill9();
      await worker.restart();
      await eventually('the agent to be back', () => worker.log().split('Joined ').length === i + 3, {
        evidence: worker.log,
      });
    }
    stage.scratch.open('gate');
    await expectOneWholeAttempt(run);
  });

  it('and started again after its tasks were given away: what still runs of them is ended', async () => {
    const worker = await join('late', '--heartbeat', '500ms');
    const run = await startLong();
    const pid = await begun(run);
    await worker.kill9();
    await join('second');
    await waitForTask(stage.client, run, 'long', ({ attempt, state }) => attempt === 2 && state === 'running');
    await worker.restart();
    await eventually('the old process to be gone', () => !isAlive(pid));
    stage.scratch.open('gate');
    await waitForRun(stage.client, run, 'success', 60_000);
    const states = (await tasksOf(stage.client, run)).map(({ name, attempt, state }) => [name, attempt, state]);
    expect(states).toEqual([
      ['long', 1, 'need_fault_tolerance'],
      ['long', 2, 'success'],
      ['next', 1, 'success'],
    ]);
  });

  it('with what watches over its tasks: the task is lost and done anew', async () => {
    const worker = await join('restarted');
    const run = await startLong();
    const pid = await begun(run);
    const keeper = parentOf(pid);
    await worker.kill9();
    process.kill(keeper, 'SIGKILL');
    await worker.restart();
    await waitForTask(stage.client, run, 'long', ({ attempt, state }) => attempt === 2 && state === 'running');
    expect(isAlive(pid)).toBe(false);
    stage.scratch.open('gate');
    await waitForRun(stage.client, run, 'success', 60_000);
  });
});
