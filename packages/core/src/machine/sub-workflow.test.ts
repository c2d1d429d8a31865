import { describe, expect, test } from 'vitest';
import type { WorkflowId } from '../identity/ids.ts';
import { orders, resolve, sub, target, tell } from '../testing/child-runs.ts';
import { createRunFixture } from '../testing/run-fixture.ts';

describe('a sub-workflow', () => {
  test('starts its run in its own commit, with its parameters, once', () => {
    const fixture = createRunFixture([sub]);
    fixture.start();
    expect(fixture.intents).toContainEqual(expect.objectContaining({ type: 'ResolveWorkflow', workflow: 'child' }));
    resolve(fixture);
    resolve(fixture);
    expect(fixture.rows.newRuns).toHaveLength(1);
    expect(fixture.rows.newRuns[0]).toMatchObject({
      instance: {
        workflowId: 'child',
        version: 4,
        params: { day: 'monday' },
        parentTask: 's',
        lineage: ['w'],
        childIndex: 0,
      },
      command: { kind: 'start' },
    });
  });

  test('a server that takes the run over asks after the child and makes no second one', () => {
    const fixture = createRunFixture([sub]);
    fixture.start();
    resolve(fixture);
    const { intents } = fixture.restart();
    const child = fixture.rows.newRuns[0]!.instance.id;
    expect(intents).toContainEqual(expect.objectContaining({ type: 'ReadChildren', children: [child] }));
    expect(intents.some(({ type }) => type === 'ResolveWorkflow')).toBe(false);
  });

  test('is not started with a value of another type than its workflow says', () => {
    const fixture = createRunFixture([sub]);
    fixture.start();
    const id = fixture.current('s').id;
    fixture.send({ type: 'WorkflowResolved', taskInstanceId: id, target: { ...target, types: { day: 'integer' } } });
    expect(fixture.rows.newRuns).toEqual([]);
    expect(fixture.current('s')).toMatchObject({ state: 'failure', reason: { code: 'workflow_unusable' } });
    expect(fixture.current('s').reason?.text).toContain('day = "monday"');
  });

  test('is not started without a parameter that it needs', () => {
    const fixture = createRunFixture([{ ...sub, params: [{ name: 'city', type: 'string', value: 'Oslo' }] }]);
    fixture.start();
    const { id } = fixture.current('s');
    fixture.send({ type: 'WorkflowResolved', taskInstanceId: id, target: { ...target, needs: ['city', 'year'] } });
    expect(fixture.rows.newRuns).toEqual([]);
    expect(fixture.current('s').reason?.text).toMatch(/no default for "year": add a value to the params/);
  });

  test('gets the outputs that it declares', () => {
    const fixture = createRunFixture([sub, { name: 'next', dependsOn: ['s'] }]);
    fixture.start();
    resolve(fixture);
    tell(fixture, 'running');
    tell(fixture, 'success', { outputs: { rows: '7', other: 'x' } });
    expect(fixture.current('s')).toMatchObject({ state: 'success', outputs: { rows: '7' } });
    expect(fixture.inputs('next')).toMatchObject({ rows: '7' });
  });

  test('fails as its run does; a retry recovers that run, and an old report of it changes nothing', () => {
    const retry = { times: 1, intervalMs: 0, backoff: 'fixed', maxIntervalMs: 0 } as const;
    const fixture = createRunFixture([{ ...sub, retry }]);
    fixture.start();
    resolve(fixture);
    tell(fixture, 'failure', { reason: '"x" failed.' });
    expect(fixture.attemptsOf('s')).toEqual(['failure', 'running']);
    tell(fixture, 'failure');
    expect(orders(fixture)).toEqual(['recover_failed']);
    fixture.restart();
    tell(fixture, 'failure');
    expect(fixture.current('s').state).toBe('running');
    expect(orders(fixture)).toEqual(['recover_failed']);
    tell(fixture, 'running', { runCounter: 2 });
    tell(fixture, 'success', { runCounter: 2 });
    expect(fixture.state).toBe('success');
    expect(fixture.rows.newRuns).toHaveLength(1);
  });

  test('that fails deep below says of what, on every level', () => {
    const leaf = createRunFixture([{ name: 'load' }]);
    leaf.start();
    leaf.does('load', 'failure', { exitCode: 3, error: null });
    const { reason } = leaf.rows.instance;
    expect(reason).toMatchObject({
      text: '"load" failed: Exit code 3.',
      evidence: { cause: '"load" failed: Exit code 3.' },
    });
    const fixture = createRunFixture([sub]);
    fixture.start();
    resolve(fixture);
    tell(fixture, 'failure', { reason: '"s" failed.', cause: reason!.text });
    expect(fixture.current('s').reason?.text).toBe('Its run #1 failed: "load" failed: Exit code 3.');
    expect(fixture.rows.instance.reason).toMatchObject({
      text: '"s" failed, because of a run below it: "load" failed: Exit code 3.',
      evidence: { cause: '"load" failed: Exit code 3.' },
    });
  });

  test('is paused and resumed with its run', () => {
    const fixture = createRunFixture([sub]);
    fixture.start();
    resolve(fixture);
    fixture.pause();
    expect(fixture.state).toBe('ready_pause');
    expect(orders(fixture)).toEqual(['pause']);
    tell(fixture, 'paused');
    expect(fixture.state).toBe('paused');
    fixture.resume();
    expect(fixture.current('s')).toMatchObject({ state: 'running', attempt: 1 });
    tell(fixture, 'paused');
    expect(orders(fixture)).toEqual(['pause', 'resume']);
    tell(fixture, 'paused');
    expect(fixture.current('s').state).toBe('running');
    tell(fixture, 'success', { runCounter: 2 });
    expect(fixture.state).toBe('success');
  });

  test('says so when somebody has paused its run while this one goes on', () => {
    const fixture = createRunFixture([sub, { name: 'other' }]);
    fixture.start();
    resolve(fixture);
    tell(fixture, 'paused');
    expect(fixture.state).toBe('running');
    expect(fixture.current('s')).toMatchObject({ state: 'paused', reason: { text: 'Its run #1 was paused.' } });
    fixture.does('other');
    expect(fixture.state).toBe('paused');
  });

  test('is stopped with its run, and ends with it', () => {
    const fixture = createRunFixture([sub]);
    fixture.start();
    resolve(fixture);
    fixture.stop();
    expect(orders(fixture)).toEqual(['stop']);
    expect(fixture.state).toBe('ready_stop');
    tell(fixture, 'stopped');
    expect(fixture.state).toBe('stopped');
    fixture.resume();
    tell(fixture, 'stopped');
    expect(orders(fixture)).toEqual(['stop', 'resume']);
    expect(fixture.rows.newRuns).toHaveLength(1);
  });

  test('that was told to end orders the stop again when somebody made its run go on and paused it', () => {
    const fixture = createRunFixture([sub]);
    fixture.start();
    resolve(fixture);
    fixture.kill('s');
    tell(fixture, 'paused', { runCounter: 2 });
    expect(orders(fixture)).toEqual(['stop', 'stop']);
    tell(fixture, 'stopped', { runCounter: 2 });
    expect(fixture.current('s').state).toBe('killed');
  });

  test('at its timeout has its run stopped and counts as failed', () => {
    const timeout = { afterMs: 1_000, strategy: 'fail', from: 'start' } as const;
    const fixture = createRunFixture([{ ...sub, timeout }]);
    fixture.start();
    resolve(fixture);
    fixture.send({ type: 'TaskTimedOut', taskInstanceId: fixture.current('s').id });
    expect(orders(fixture)).toEqual(['stop']);
    tell(fixture, 'stopped');
    expect(fixture.current('s')).toMatchObject({ state: 'failure', reason: { code: 'timeout' } });
  });

  test('that was told to end at its timeout still counts as failed when its run is heard of meanwhile', () => {
    const timeout = { afterMs: 1_000, strategy: 'fail', from: 'start' } as const;
    const retry = { times: 1, intervalMs: 0, backoff: 'fixed', maxIntervalMs: 0 } as const;
    const fixture = createRunFixture([{ ...sub, timeout, retry }]);
    fixture.start();
    resolve(fixture);
    fixture.pause();
    tell(fixture, 'paused');
    fixture.resume();
    fixture.send({ type: 'TaskTimedOut', taskInstanceId: fixture.current('s').id });
    tell(fixture, 'running', { runCounter: 2 });
    expect(fixture.current('s').reason?.code).toBe('timeout_kill');
    fixture.restart();
    tell(fixture, 'stopped', { runCounter: 2 });
    expect(fixture.attemptsOf('s')).toEqual(['failure', 'running']);
  });

  test('that waits for its retry fails at a timeout from the first submission, at once', () => {
    const timeout = { afterMs: 5_000, strategy: 'fail', from: 'first_submit' } as const;
    const retry = { times: 3, intervalMs: 60_000, backoff: 'fixed', maxIntervalMs: 0 } as const;
    const fixture = createRunFixture([{ ...sub, timeout, retry }]);
    fixture.start();
    resolve(fixture);
    tell(fixture, 'failure');
    expect(fixture.current('s').state).toBe('delayed');
    fixture.advance(5_000);
    fixture.send({ type: 'TaskTimedOut', taskInstanceId: fixture.current('s').id });
    expect(fixture.state).toBe('failure');
    expect(orders(fixture)).toEqual([]);
  });

  test('whose run is gone says so, and makes another when it is recovered', () => {
    const fixture = createRunFixture([sub]);
    fixture.start();
    resolve(fixture);
    tell(fixture, 'missing', { number: null });
    expect(fixture.current('s').reason?.text).toContain('does not exist any more');
    fixture.recover();
    resolve(fixture);
    expect(fixture.rows.newRuns).toHaveLength(2);
    expect(fixture.current('s')).toMatchObject({ state: 'running', logic: { fromCounter: 1 } });
  });

  test('starts a new run when it is rerun', () => {
    const fixture = createRunFixture([sub]);
    fixture.start();
    resolve(fixture);
    tell(fixture, 'success');
    fixture.rerun();
    resolve(fixture);
    expect(fixture.rows.newRuns).toHaveLength(2);
  });

  test('whose workflow cannot be run fails with the reason', () => {
    const missing = createRunFixture([sub]);
    missing.start();
    missing.send({
      type: 'WorkflowResolved',
      taskInstanceId: missing.current('s').id,
      target: { problem: 'There is no workflow "child".' },
    });
    expect(missing.current('s')).toMatchObject({ state: 'failure', reason: { text: 'There is no workflow "child".' } });
    const deep = createRunFixture([sub], {
      instance: { lineage: Array.from({ length: 19 }, () => 'x' as WorkflowId) },
    });
    deep.start();
    resolve(deep);
    expect(deep.current('s').reason?.text).toContain('20 levels deep');
    const own = createRunFixture([sub], { instance: { lineage: ['child' as WorkflowId] } });
    own.start();
    own.send({
      type: 'WorkflowResolved',
      taskInstanceId: own.current('s').id,
      target: { ...target, execution: 'serial_wait' },
    });
    expect(own.current('s').reason?.text).toContain('one at a time');
  });
});
