import { describe, expect, test } from 'vitest';
import { createRunFixture } from '../testing/run-fixture.ts';
import { CHAIN } from '../testing/sample-tasks.ts';

describe('force-success', () => {
  test('of what failed the run lets it go on behind the task', () => {
    const fixture = createRunFixture(CHAIN);
    fixture.start();
    fixture.does('a');
    fixture.does('b', 'failure');
    expect(fixture.state).toBe('failure');
    fixture.forceSuccess('b');
    expect(fixture.state).toBe('running');
    expect(fixture.statesOf()).toEqual({ a: 'success', b: 'forced_success', c: 'submitted' });
    fixture.does('c');
    expect(fixture.state).toBe('success');
  });

  test('of the last task ends the run as a success; with another one broken it stays failed', () => {
    const fixture = createRunFixture([{ name: 'a' }, { name: 'b' }]);
    fixture.start();
    fixture.does('a', 'failure');
    fixture.does('b', 'failure');
    fixture.forceSuccess('a');
    expect(fixture.state).toBe('failure');
    fixture.forceSuccess('b');
    expect(fixture.state).toBe('success');
    expect(fixture.rows.instance.reason?.text).toContain('somebody');
  });

  test('while the run goes on frees what waited for the task', () => {
    const fixture = createRunFixture([{ name: 'a' }, { name: 'b', dependsOn: ['a'] }, { name: 'busy' }]);
    fixture.start();
    fixture.does('a', 'failure');
    expect(fixture.state).toBe('running');
    fixture.forceSuccess('a');
    expect(fixture.statesOf()).toEqual({ a: 'forced_success', b: 'submitted', busy: 'submitted' });
    expect(fixture.restart().intents).toContainEqual({ type: 'EnqueueTask', taskInstanceId: fixture.current('b').id });
  });

  test('is refused to a task that has not failed', () => {
    const fixture = createRunFixture([{ name: 'a' }]);
    fixture.start();
    expect(fixture.outcome(fixture.forceSuccess('a'))).toContain('it has not failed');
    fixture.does('a');
    expect(fixture.outcome(fixture.forceSuccess('a'))).toContain('it has not failed');
    expect(fixture.statesOf()).toEqual({ a: 'success' });
  });
});
