import { describe, expect, test } from 'vitest';
import { createRunFixture, type RunFixture } from '../testing/run-fixture.ts';
import { retryOnce, retryTwice } from '../testing/sample-tasks.ts';

/** A run of one task that a worker has, which somebody paused and which then passed its own timeout. */
function timedOutWhilePausing(strategy: 'warn' | 'warn_and_fail'): RunFixture {
  const fixture = createRunFixture([{ name: 'a' }], {
    definition: { timeout: { afterMs: 5_000, strategy, from: 'start' } },
  });
  fixture.start();
  fixture.place('a');
  fixture.pause();
  fixture.send({ type: 'WorkflowTimedOut', runCounter: 1 });
  return fixture;
}

describe('a timeout', () => {
  const tenSeconds = (strategy: 'warn' | 'fail' | 'warn_and_fail') => ({
    afterMs: 10_000,
    strategy,
    from: 'start' as const,
  });

  test('with "warn" is recorded and ends nothing', () => {
    const fixture = createRunFixture([{ name: 'a', timeout: tenSeconds('warn') }]);
    fixture.start();
    fixture.place('a');
    fixture.started('a');
    fixture.send({ type: 'TaskTimedOut', taskInstanceId: fixture.current('a').id });
    expect(fixture.rows.events.at(-1)).toMatchObject({ type: 'task_instance.warning', data: { code: 'timeout' } });
    expect(fixture.current('a')).toMatchObject({ state: 'running', killRequestedAt: null });
  });

  test('with "fail" is the worker’s to keep; the server ends it a margin later, and it counts as a failure with its retries', () => {
    const fixture = createRunFixture([{ name: 'a', timeout: tenSeconds('fail'), retry: retryTwice }]);
    fixture.start();
    fixture.place('a');
    fixture.started('a');
    expect(fixture.intents).toContainEqual(expect.objectContaining({ type: 'SetTimer', dueAt: fixture.now + 12_000 }));
    fixture.advance(12_000);
    fixture.send({ type: 'TaskTimedOut', taskInstanceId: fixture.current('a').id });
    expect(fixture.effects.at(-1)).toMatchObject({ type: 'SendKill' });
    fixture.ended('a', 'killed');
    expect(fixture.attemptsOf('a')).toEqual(['failure', 'delayed']);
  });

  test('of the run ends it as failed', () => {
    const fixture = createRunFixture([{ name: 'a' }], { definition: { timeout: tenSeconds('fail') } });
    fixture.start();
    fixture.place('a');
    fixture.started('a');
    fixture.advance(10_000);
    fixture.send({ type: 'WorkflowTimedOut', runCounter: 1 });
    expect(fixture.state).toBe('ready_stop');
    fixture.ended('a', 'killed');
    expect(fixture.state).toBe('failure');
    expect(fixture.rows.instance.reason?.code).toBe('workflow_timeout');
  });

  test('of an earlier run of the same instance is of no effect', () => {
    const fixture = createRunFixture([{ name: 'a' }], { definition: { timeout: tenSeconds('fail') } });
    fixture.start();
    fixture.does('a');
    fixture.rerun();
    fixture.send({ type: 'WorkflowTimedOut', runCounter: 1 });
    expect(fixture.state).toBe('running');
  });
});

describe('timeouts', () => {
  test('from the first submission count waiting and retries in, and allow no further retry', () => {
    const timeout = { afterMs: 30_000, strategy: 'fail', from: 'first_submit' } as const;
    const fixture = createRunFixture([{ name: 'a', timeout, retry: retryOnce }]);
    fixture.start();
    const { id: taskInstanceId } = fixture.current('a');
    const dueAt = fixture.now + 30_000;
    expect(fixture.intents).toContainEqual(
      expect.objectContaining({ type: 'SetTimer', dueAt, event: { type: 'TaskTimedOut', taskInstanceId } }),
    );
    fixture.advance(30_000);
    fixture.send({ type: 'TaskTimedOut', taskInstanceId });
    expect(fixture.attemptsOf('a')).toEqual(['failure']);
    expect(fixture.state).toBe('failure');
  });

  test('count as failures too when the worker gives the task back, or is lost, before it has ended it', () => {
    const timeout = { afterMs: 5_000, strategy: 'fail', from: 'first_submit' } as const;
    const returned = createRunFixture([{ name: 'a', timeout }]);
    returned.start();
    returned.place('a');
    returned.advance(5_000);
    returned.send({ type: 'TaskTimedOut', taskInstanceId: returned.current('a').id });
    returned.send({ type: 'DispatchReturned', ...returned.of('a'), cause: 'refused', text: 'It is full.' });
    expect(returned.current('a')).toMatchObject({ state: 'failure', reason: { code: 'timeout' } });
    for (const state of ['lost', 'interrupted'] as const) {
      const lost = createRunFixture([{ name: 'a', timeout: { ...timeout, from: 'start' }, retry: retryOnce }]);
      lost.start();
      lost.place('a');
      lost.started('a');
      lost.advance(7_000);
      lost.send({ type: 'TaskTimedOut', taskInstanceId: lost.current('a').id });
      lost.ended('a', state);
      expect(lost.attemptsOf('a')).toEqual(['failure', 'delayed']);
    }
  });

  test('from the first submission that only warn allow retries, and warn once', () => {
    const timeout = { afterMs: 5_000, strategy: 'warn', from: 'first_submit' } as const;
    const fixture = createRunFixture([{ name: 'a', timeout, retry: { ...retryOnce, intervalMs: 0 } }]);
    fixture.start();
    fixture.advance(6_000);
    fixture.intents.length = 0;
    fixture.does('a', 'failure');
    expect(fixture.attemptsOf('a')).toEqual(['failure', 'submitted']);
    expect(fixture.intents.some(({ type }) => type === 'SetTimer')).toBe(false);
  });

  test('and delays of what is made anew count from the moment the run has its turn', () => {
    const timeout = { afterMs: 30_000, strategy: 'fail', from: 'first_submit' } as const;
    const fixture = createRunFixture([{ name: 'a', timeout, delayMs: 1_000 }], { grantsTurns: false });
    fixture.start();
    fixture.grant(0);
    fixture.stop();
    fixture.resume();
    fixture.advance(60_000);
    fixture.intents.length = 0;
    fixture.grant(0);
    expect(fixture.current('a')).toMatchObject({
      state: 'delayed',
      firstSubmittedAt: fixture.now,
      dueAt: fixture.now + 1_000,
    });
    expect(fixture.intents).toContainEqual(expect.objectContaining({ dueAt: fixture.now + 30_000 }));
  });

  test('of the workflow with "warn_and_fail" are recorded and end the run as failed, also while it pauses', () => {
    const fixture = timedOutWhilePausing('warn_and_fail');
    expect(fixture.state).toBe('ready_stop');
    fixture.ended('a', 'killed');
    expect(fixture.rows.instance).toMatchObject({ state: 'failure', reason: { code: 'workflow_timeout' } });
    expect(fixture.rows.events.some(({ type }) => type === 'workflow_instance.reason')).toBe(true);
  });
});

test('a warning that the workflow has passed its timeout is given once, whoever takes the run over', () => {
  const fixture = timedOutWhilePausing('warn');
  expect(fixture.rows.instance.reason).toMatchObject({
    code: 'workflow_timeout',
    next: expect.stringContaining('paused'),
  });
  fixture.restart();
  const before = fixture.rows.events.length;
  fixture.send({ type: 'WorkflowTimedOut', runCounter: 1 });
  expect(fixture.rows.events).toHaveLength(before);
});
