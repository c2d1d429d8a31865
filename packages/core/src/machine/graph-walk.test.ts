import { describe, expect, test } from 'vitest';
import { createRunFixture } from '../testing/run-fixture.ts';

const DIAMOND = [
  { name: 'a' },
  { name: 'b', dependsOn: ['a'] },
  { name: 'c', dependsOn: ['a'] },
  { name: 'd', dependsOn: ['b', 'c'] },
];

describe('a run', () => {
  test('starts its roots, takes a number and marks the command done', () => {
    const fixture = createRunFixture(DIAMOND);
    const command = fixture.start();
    expect(fixture.state).toBe('running');
    expect(fixture.statesOf()).toEqual({ a: 'submitted' });
    expect(fixture.rows.commands.get(command)).toBe('done');
    expect(fixture.intents).toContainEqual({ type: 'EnqueueTask', taskInstanceId: fixture.current('a').id });
  });

  test('starts a join once, when all before it have passed', () => {
    const fixture = createRunFixture(DIAMOND);
    fixture.start();
    fixture.does('a');
    fixture.does('b');
    expect(fixture.statesOf()).toEqual({ a: 'success', b: 'success', c: 'submitted' });
    fixture.does('c');
    expect(fixture.attemptsOf('d')).toEqual(['submitted']);
    fixture.does('d');
    expect(fixture.state).toBe('success');
    expect(fixture.rows.instance.endedAt).toBe(fixture.now);
  });

  test('a predecessor that was never started does not count as finished', () => {
    const fixture = createRunFixture([
      { name: 'a' },
      { name: 'b', dependsOn: ['a'] },
      { name: 'c' },
      { name: 'd', dependsOn: ['b', 'c'] },
    ]);
    fixture.start();
    fixture.does('c');
    expect(fixture.statesOf()).toEqual({ a: 'submitted', c: 'success' });
  });

  test('with strategy "continue" lets independent branches end and then fails', () => {
    const fixture = createRunFixture(DIAMOND);
    fixture.start();
    fixture.does('a');
    fixture.does('b', 'failure');
    expect(fixture.state).toBe('running');
    fixture.does('c');
    expect(fixture.state).toBe('failure');
    expect(fixture.statesOf()).toEqual({ a: 'success', b: 'failure', c: 'success' });
    expect(fixture.rows.instance.reason?.text).toContain('"b"');
  });

  test('with strategy "end" ends everything else and starts nothing', () => {
    const fixture = createRunFixture(
      [{ name: 'a' }, { name: 'b' }, { name: 'c' }, { name: 'after', dependsOn: ['b'] }],
      { failureStrategy: 'end' },
    );
    fixture.start();
    fixture.place('b');
    fixture.started('b');
    fixture.does('a', 'failure');
    expect(fixture.statesOf()).toEqual({ a: 'failure', b: 'running', c: 'killed' });
    expect(fixture.effects).toContainEqual(
      expect.objectContaining({ type: 'SendKill', dispatchId: fixture.current('b').dispatchId }),
    );
    fixture.ended('b', 'success');
    expect(fixture.state).toBe('failure');
    expect(fixture.statesOf().after).toBeUndefined();
  });

  test('that failed names what failed before what was killed because of it', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'broken'];
    const fixture = createRunFixture(
      names.map((name) => ({ name })),
      { failureStrategy: 'end' },
    );
    fixture.start();
    fixture.does('broken', 'failure');
    expect(fixture.rows.instance.reason).toMatchObject({
      text: '"broken" failed. "a", "b", "c", "d", "e" and 2 more were killed.',
      evidence: { failedTasks: 1, killedTasks: 7 },
    });
  });

  test('passes over disabled tasks as if they had succeeded, with no task instance', () => {
    const fixture = createRunFixture([
      { name: 'off', enabled: false },
      { name: 'b', dependsOn: ['off'] },
      { name: 'off too', enabled: false, dependsOn: ['b'] },
    ]);
    fixture.start();
    expect(fixture.statesOf()).toEqual({ b: 'submitted' });
    fixture.does('b');
    expect(fixture.state).toBe('success');
  });

  test('of disabled tasks only succeeds at once', () => {
    const fixture = createRunFixture([{ name: 'off', enabled: false }]);
    fixture.start();
    expect(fixture.state).toBe('success');
  });

  test('as a dry run walks the whole graph and executes nothing', () => {
    const fixture = createRunFixture(DIAMOND, { instance: { dryRun: true } });
    fixture.start();
    expect(fixture.state).toBe('success');
    expect(fixture.statesOf()).toEqual({ a: 'success', b: 'success', c: 'success', d: 'success' });
    expect(fixture.effects).toEqual([{ type: 'ReleaseTurn' }]);
  });

  test('narrowed to a scope, starts tasks whose predecessors are outside of it', () => {
    const fixture = createRunFixture(DIAMOND, { instance: { startTasks: ['b'], scope: 'downstream' } });
    fixture.start();
    fixture.does('b');
    fixture.does('d');
    expect(fixture.state).toBe('success');
    expect(Object.keys(fixture.statesOf()).sort()).toEqual(['b', 'd']);
  });

  test('of many tasks side by side begins with the first 500 in its first commit', () => {
    const tasks = Array.from({ length: 1_200 }, (_, i) => ({ name: `t${i}` }));
    const fixture = createRunFixture(tasks, { startsMore: false });
    fixture.start();
    expect(fixture.rows.tasks.size).toBe(500);
    expect(fixture.effects).toContainEqual({ type: 'StartMore' });
    for (let i = 0; i < 500; i++) fixture.does(`t${i}`);
    expect(fixture.state).toBe('running');
    fixture.restart();
    expect(fixture.rows.tasks.size).toBe(1_000);
    fixture.pause();
    fixture.send({ type: 'MoreToStart' });
    expect(fixture.statesOf()).toMatchObject({ t999: 'paused', t1199: 'paused' });
    expect(fixture.state).toBe('paused');
    const stopped = createRunFixture(tasks, { startsMore: false });
    stopped.start();
    stopped.stop();
    stopped.send({ type: 'MoreToStart' });
    expect(stopped.state).toBe('stopped');
    expect(stopped.rows.tasks.size).toBe(500);
  });

  test('that was stopped while it was about to start more begins its rest when it is done again', () => {
    const tasks = Array.from({ length: 5 }, (_, i) => ({ name: `t${i}` }));
    const fixture = createRunFixture(tasks, { startsMore: false, settings: { maxNewTasks: 2 } });
    fixture.start();
    fixture.stop();
    // What it asked for before comes when it has ended.
    fixture.send({ type: 'MoreToStart' });
    fixture.effects.length = 0;
    fixture.rerun();
    expect(fixture.effects).toContainEqual({ type: 'StartMore' });
    fixture.send({ type: 'MoreToStart' });
    fixture.send({ type: 'MoreToStart' });
    expect(Object.keys(fixture.statesOf())).toHaveLength(5);
  });

  test('of 10,000 tasks in a row, or side by side, needs no stack', () => {
    const row = Array.from({ length: 10_000 }, (_, i) => ({ name: `t${i}`, dependsOn: i === 0 ? [] : [`t${i - 1}`] }));
    const inARow = createRunFixture(row, { instance: { dryRun: true } });
    inARow.start();
    expect(inARow.state).toBe('success');
    const wide = createRunFixture(
      row.map(({ name }) => ({ name })),
      { failureStrategy: 'end' },
    );
    wide.start();
    wide.does('t5', 'failure');
    expect(wide.state).toBe('failure');
  });
});

test('roots start in the order of the definition', () => {
  const fixture = createRunFixture([{ name: 'a' }, { name: 'b' }, { name: 'c' }]);
  fixture.start();
  const names = fixture.intents.flatMap((intent) =>
    intent.type === 'EnqueueTask' ? [fixture.rows.tasks.get(intent.taskInstanceId)!.name] : [],
  );
  expect(names).toEqual(['a', 'b', 'c']);
});
