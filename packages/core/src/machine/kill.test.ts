import { describe, expect, test } from 'vitest';
import { createRunFixture } from '../testing/run-fixture.ts';
import { retryTwice } from '../testing/sample-tasks.ts';

describe('kill of one task', () => {
  test('ends it for good, from the queue and from a worker', () => {
    const fixture = createRunFixture([
      { name: 'a', retry: retryTwice },
      { name: 'b', retry: retryTwice },
    ]);
    fixture.start();
    fixture.kill('a');
    fixture.place('b');
    fixture.started('b');
    fixture.kill('b');
    fixture.ended('b', 'killed');
    expect(fixture.statesOf()).toEqual({ a: 'killed', b: 'killed' });
    expect(fixture.state).toBe('failure');
  });
});

describe('an order to end a task', () => {
  test('that the worker never answers is repeated, and then the task is taken from it', () => {
    const fixture = createRunFixture([{ name: 'a' }]);
    fixture.start();
    fixture.place('a');
    fixture.started('a');
    const { taskInstanceId, dispatchId } = fixture.of('a');
    fixture.stop();
    const timer = fixture.intents.findLast((intent) => intent.type === 'SetTimer');
    expect(timer).toMatchObject({ dueAt: fixture.now + 30_000, event: { type: 'KillUnanswered', tries: 1 } });
    fixture.effects.length = 0;
    fixture.send({ type: 'KillUnanswered', taskInstanceId, dispatchId, tries: 1 });
    expect(fixture.effects).toEqual([expect.objectContaining({ type: 'SendKill', dispatchId })]);
    fixture.send({ type: 'KillUnanswered', taskInstanceId, dispatchId, tries: 2 });
    expect(fixture.state).toBe('stopped');
    expect(fixture.current('a')).toMatchObject({ state: 'killed', reason: { text: expect.stringContaining('w1') } });
    expect(fixture.intents).toContainEqual({ type: 'ReleaseDispatch', dispatchId, workerId: 'w1' });
  });

  test('by a person outweighs one by a timeout that is on its way', () => {
    const fixture = createRunFixture([
      { name: 'a', timeout: { afterMs: 1_000, strategy: 'fail', from: 'start' }, retry: retryTwice },
    ]);
    fixture.start();
    fixture.place('a');
    fixture.started('a');
    fixture.send({ type: 'TaskTimedOut', taskInstanceId: fixture.current('a').id });
    fixture.kill('a');
    fixture.restart();
    fixture.ended('a', 'killed');
    expect(fixture.attemptsOf('a')).toEqual(['killed']);
  });

  test('is looked after again by a new leader', () => {
    const fixture = createRunFixture([{ name: 'a' }]);
    fixture.start();
    fixture.place('a');
    fixture.kill('a');
    fixture.restart();
    expect(fixture.intents).toContainEqual(
      expect.objectContaining({ type: 'SetTimer', event: expect.objectContaining({ type: 'KillUnanswered' }) }),
    );
  });
});
