import { describe, expect, test } from 'vitest';
import { createRunFixture } from '../testing/run-fixture.ts';
import { CHAIN, retryOnce } from '../testing/sample-tasks.ts';

describe('rerun', () => {
  test('makes everything anew and keeps the old task instances visible', () => {
    const fixture = createRunFixture([{ name: 'a' }, { name: 'b', dependsOn: ['a'] }]);
    fixture.start();
    fixture.does('a', 'failure');
    fixture.rerun();
    expect(fixture.rows.instance).toMatchObject({ state: 'running', runCounter: 2, endedAt: null });
    fixture.does('a');
    fixture.does('b');
    expect(fixture.state).toBe('success');
    expect(fixture.attemptsOf('a')).toEqual(['failure', 'success']);
    expect(
      [...fixture.rows.tasks.values()]
        .filter((row) => row.name === 'a')
        .map((row) => [row.attempt, row.runCounter, row.current]),
    ).toEqual([
      [1, 1, false],
      [2, 2, true],
    ]);
  });

  test('of a running run is refused', () => {
    const fixture = createRunFixture([{ name: 'a' }]);
    fixture.start();
    expect(fixture.rows.commands.get(fixture.rerun())).toContain('rejected: the run is running');
  });
});

describe('rerun-from', () => {
  test('does the named tasks and everything after them anew, with edited parameters', () => {
    const fixture = createRunFixture(CHAIN, { instance: { params: { x: '1', y: '2' } } });
    fixture.start();
    for (const name of ['a', 'b', 'c']) fixture.does(name);
    fixture.rerunFrom(['b'], { x: '9' });
    expect(fixture.rows.instance.params).toEqual({ x: '9', y: '2' });
    expect(fixture.statesOf()).toEqual({ a: 'success', b: 'submitted' });
    expect(fixture.current('b').attempt).toBe(2);
    fixture.restart();
    expect(fixture.statesOf()).toEqual({ a: 'success', b: 'submitted' });
    fixture.does('b');
    fixture.does('c');
    expect(fixture.state).toBe('success');
    expect(fixture.attemptsOf('c')).toEqual(['success', 'success']);
  });

  test('names a task that the run does not have', () => {
    const fixture = createRunFixture(CHAIN);
    fixture.start();
    fixture.stop();
    expect(fixture.outcome(fixture.rerunFrom(['nope']))).toContain('no task named "nope"');
    expect(fixture.state).toBe('stopped');
  });
});

describe('recover-failed', () => {
  test('makes failed tasks and what follows anew with a fresh retry budget, keeps successes', () => {
    const fixture = createRunFixture([
      { name: 'ok' },
      { name: 'bad', retry: { ...retryOnce, intervalMs: 0 } },
      { name: 'after', dependsOn: ['bad'] },
    ]);
    fixture.start();
    fixture.does('ok');
    fixture.does('bad', 'failure');
    fixture.does('bad', 'failure');
    expect(fixture.state).toBe('failure');
    const command = fixture.recover();
    expect(fixture.outcome(command)).toBe('done');
    expect(fixture.current('bad')).toMatchObject({ state: 'submitted', attempt: 3, retryTimes: 0 });
    expect(fixture.attemptsOf('ok')).toEqual(['success']);
    fixture.does('bad');
    fixture.does('after');
    expect(fixture.state).toBe('success');
  });

  test('waits for its turn as anything else does, also over a crash', () => {
    const fixture = createRunFixture([{ name: 'a' }], { grantsTurns: false });
    fixture.start();
    fixture.grant(0);
    fixture.does('a', 'failure');
    fixture.recover();
    expect(fixture.state).toBe('submitted');
    expect(fixture.statesOf()).toEqual({ a: 'paused' });
    fixture.restart();
    expect(fixture.intents).toContainEqual({ type: 'RequestTurn' });
    fixture.grant(0);
    expect(fixture.statesOf()).toEqual({ a: 'submitted' });
  });

  test('is refused to a run that succeeded', () => {
    const fixture = createRunFixture([{ name: 'a' }]);
    fixture.start();
    fixture.does('a');
    expect(fixture.outcome(fixture.recover())).toContain('none of its tasks has failed');
  });
});

describe('resume of a stopped run', () => {
  test('makes killed tasks anew and keeps the rest; the old instances stay visible', () => {
    const fixture = createRunFixture(CHAIN);
    fixture.start();
    fixture.does('a');
    fixture.stop();
    expect(fixture.state).toBe('stopped');
    fixture.resume();
    expect(fixture.attemptsOf('a')).toEqual(['success']);
    expect(fixture.attemptsOf('b')).toEqual(['killed', 'submitted']);
    expect(fixture.current('b')).toMatchObject({ attempt: 2, retryTimes: 0, runCounter: 2 });
    fixture.does('b');
    fixture.does('c');
    expect(fixture.state).toBe('success');
  });
});

describe('resume of a run that a failure has broken, with the failure strategy `end`', () => {
  function broken() {
    const tasks = [{ name: 'bad' }, { name: 'cut', retry: retryOnce }, { name: 'after', dependsOn: ['cut'] }];
    const fixture = createRunFixture(tasks, { failureStrategy: 'end' });
    fixture.start();
    for (const name of ['bad', 'cut']) {
      fixture.place(name);
      fixture.started(name);
    }
    fixture.stop();
    fixture.ended('cut', 'killed');
    fixture.ended('bad', 'failure');
    expect(fixture.state).toBe('stopped');
    fixture.resume();
    fixture.place('cut');
    fixture.started('cut');
    return fixture;
  }

  test('does the killed tasks, wherever their workers are lost, and nothing after them', () => {
    const fixture = broken();
    fixture.send({ type: 'WorkerLost', ...fixture.of('cut'), text: 'gone' });
    expect(fixture.attemptsOf('cut')).toEqual(['killed', 'need_fault_tolerance', 'submitted']);
    fixture.does('cut');
    expect(fixture.statesOf()).toEqual({ bad: 'failure', cut: 'success' });
    expect(fixture.state).toBe('failure');
  });

  test('tries no failure again', () => {
    const fixture = broken();
    fixture.ended('cut', 'failure');
    expect(fixture.attemptsOf('cut')).toEqual(['killed', 'failure']);
    expect(fixture.state).toBe('failure');
  });
});

test('a run that was stopped before its start takes its number when it is run again', () => {
  const fixture = createRunFixture([{ name: 'a' }]);
  fixture.stop();
  fixture.rerun();
  expect(fixture.numbersAsked).toBe(1);
});
