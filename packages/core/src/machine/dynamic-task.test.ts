import { describe, expect, test } from 'vitest';
import { orders, resolve, target } from '../testing/child-runs.ts';
import { createRunFixture, type RunFixture, type TaskSpec } from '../testing/run-fixture.ts';
import type { ChildReport } from './events.ts';

describe('a dynamic task', () => {
  const dynamic: TaskSpec = {
    name: 's',
    type: 'dynamic',
    config: {
      workflow: 'child',
      project: null,
      version: null,
      lists: [{ name: 'city', values: '${cities}', separator: ',' }],
      exclude: ['Rome'],
      maxItems: 10,
      parallelism: 2,
    },
    params: [{ name: 'cities', type: 'string', value: 'Oslo,Rome,Lima,Cairo' }],
    outputs: [{ name: 'rows', type: 'integer' }],
  };

  function report(
    fixture: RunFixture,
    index: number,
    state: ChildReport['state'],
    more: Partial<ChildReport> = {},
  ): void {
    const run = fixture.rows.newRuns.find(({ instance }) => instance.childIndex === index)!;
    const one: ChildReport = {
      child: run.instance.id,
      number: null,
      runCounter: 1,
      state,
      outputs: { rows: String(index) },
      reason: null,
      ...more,
    };
    fixture.send({ type: 'ChildrenRead', taskInstanceId: fixture.current('s').id, children: [one] });
  }

  test('starts a run per item, a few at a time, and collects their outputs in order', () => {
    const fixture = createRunFixture([dynamic]);
    fixture.start();
    resolve(fixture);
    expect(fixture.rows.newRuns.map(({ instance }) => instance.params.city)).toEqual(['Oslo', 'Lima']);
    report(fixture, 1, 'success');
    expect(fixture.rows.newRuns.map(({ instance }) => instance.params.city)).toEqual(['Oslo', 'Lima', 'Cairo']);
    fixture.restart();
    report(fixture, 2, 'success');
    report(fixture, 0, 'success');
    expect(fixture.state).toBe('success');
    expect(JSON.parse(fixture.current('s').outputs.rows!)).toEqual(['0', '1', '2']);
    expect(fixture.rows.newRuns).toHaveLength(3);
  });

  test('fails when one failed, after those that run have ended; recovery starts only what did not succeed', () => {
    const fixture = createRunFixture([dynamic]);
    fixture.start();
    resolve(fixture);
    report(fixture, 0, 'failure');
    expect(fixture.state).toBe('running');
    report(fixture, 1, 'success');
    expect(fixture.state).toBe('failure');
    expect(fixture.rows.newRuns).toHaveLength(2);
    fixture.recover();
    report(fixture, 0, 'failure');
    expect(orders(fixture)).toEqual(['recover_failed']);
    expect(fixture.rows.newRuns).toHaveLength(3);
    report(fixture, 0, 'success', { runCounter: 2 });
    report(fixture, 2, 'success');
    expect(fixture.state).toBe('success');
  });

  test('says of what failed which item it was, and why', () => {
    const fixture = createRunFixture([dynamic]);
    fixture.start();
    resolve(fixture);
    report(fixture, 0, 'success', { outputs: { rows: 'many' } });
    report(fixture, 1, 'failure', { reason: '"count" failed.' });
    expect(fixture.current('s')).toMatchObject({ state: 'failure', outputs: {} });
    expect(fixture.current('s').reason?.text).toMatch(
      /^2 of its 3 runs failed or were stopped, the first with city = Oslo: .* wrong type: rows: "many" is not of type integer.*\.$/,
    );
    fixture.recover();
    report(fixture, 0, 'success', { outputs: { rows: '1' } });
    report(fixture, 1, 'failure', { reason: '"count" failed.' });
    report(fixture, 1, 'failure', { runCounter: 2, reason: '"count" failed.' });
    report(fixture, 2, 'success');
    expect(fixture.current('s').reason?.text).toBe(
      '1 of its 3 runs failed or was stopped, with city = Lima: "count" failed.',
    );
  });

  test('may declare the list that it puts out', () => {
    const fixture = createRunFixture([{ ...dynamic, outputs: [{ name: 'rows', type: 'list' }] }]);
    fixture.start();
    resolve(fixture);
    for (const index of [0, 1, 2]) report(fixture, index, 'success');
    expect(fixture.state).toBe('success');
    expect(JSON.parse(fixture.current('s').outputs.rows!)).toEqual(['0', '1', '2']);
  });

  test('makes the runs anew that are gone when it is recovered', () => {
    const fixture = createRunFixture([dynamic]);
    fixture.start();
    resolve(fixture);
    report(fixture, 0, 'missing');
    report(fixture, 1, 'success');
    expect(fixture.state).toBe('failure');
    fixture.recover();
    fixture.restart();
    fixture.send({ type: 'ChildrenRead', taskInstanceId: fixture.current('s').id, children: [] });
    expect(fixture.rows.newRuns.map(({ instance }) => instance.childIndex)).toEqual([0, 1, 0, 2]);
  });

  test('that ended because one run failed has its paused runs stopped when it is rerun', () => {
    const fixture = createRunFixture([dynamic]);
    fixture.start();
    resolve(fixture);
    fixture.pause();
    report(fixture, 0, 'paused');
    report(fixture, 1, 'failure');
    expect(fixture.state).toBe('failure');
    fixture.rerun();
    expect(fixture.rows.newCommands.at(-1)).toMatchObject({
      kind: 'stop',
      workflowInstanceId: fixture.rows.newRuns[0]!.instance.id,
    });
  });

  test('at its timeout fails at once while none of its runs exists', () => {
    const timeout = { afterMs: 1_000, strategy: 'fail', from: 'start' } as const;
    const fixture = createRunFixture([{ ...dynamic, timeout }]);
    fixture.start();
    fixture.send({ type: 'TaskTimedOut', taskInstanceId: fixture.current('s').id });
    expect(fixture.current('s')).toMatchObject({ state: 'failure', reason: { code: 'timeout' } });
  });

  test('is paused and stopped with its run', () => {
    const fixture = createRunFixture([dynamic]);
    fixture.start();
    resolve(fixture);
    fixture.pause();
    report(fixture, 0, 'paused');
    expect(fixture.state).toBe('ready_pause');
    report(fixture, 1, 'success');
    expect(fixture.state).toBe('paused');
    expect(fixture.rows.newRuns).toHaveLength(2);
    fixture.stop();
    expect(fixture.state).toBe('stopped');
    expect(orders(fixture)).toEqual(['pause', 'pause', 'stop']);
  });

  test('fails for an item whose value is of another type, and starts nothing after it', () => {
    const fixture = createRunFixture([dynamic]);
    fixture.start();
    const id = fixture.current('s').id;
    fixture.send({ type: 'WorkflowResolved', taskInstanceId: id, target: { ...target, types: { city: 'integer' } } });
    expect(fixture.rows.newRuns).toEqual([]);
    expect(fixture.current('s')).toMatchObject({ state: 'failure', reason: { code: 'child_failed' } });
    expect(fixture.current('s').reason?.text).toContain('city = "Oslo"');
  });

  test('of no item succeeds at once', () => {
    const fixture = createRunFixture([{ ...dynamic, params: [{ name: 'cities', type: 'string', value: 'Rome' }] }]);
    fixture.start();
    resolve(fixture);
    expect(fixture.state).toBe('success');
  });
});
