import { describe, expect, test } from 'vitest';
import { createRunFixture } from '../testing/run-fixture.ts';
import { retryTwice } from '../testing/sample-tasks.ts';

describe('a retry', () => {
  test('is a new task instance, counted from the end of the failed one', () => {
    const fixture = createRunFixture([{ name: 'a', retry: retryTwice }]);
    fixture.start();
    fixture.place('a');
    fixture.started('a');
    fixture.advance(500);
    fixture.ended('a', 'failure');
    const retry = fixture.current('a');
    expect(retry).toMatchObject({
      state: 'delayed',
      attempt: 2,
      retryTimes: 1,
      dueAt: fixture.now + 1_000,
      dispatchId: null,
    });
    expect(retry.reason).toMatchObject({ code: 'waiting_for_retry', nextAt: fixture.now + 1_000 });
    expect(fixture.intents).toContainEqual(expect.objectContaining({ type: 'SetTimer', dueAt: fixture.now + 1_000 }));
    fixture.advance(1_000);
    fixture.send({ type: 'TaskDue', taskInstanceId: retry.id });
    expect(fixture.current('a').state).toBe('submitted');
    fixture.does('a');
    expect(fixture.attemptsOf('a')).toEqual(['failure', 'success']);
    expect(fixture.state).toBe('success');
  });

  test('budget is used up once', () => {
    const fixture = createRunFixture([{ name: 'a', retry: { ...retryTwice, intervalMs: 0 } }]);
    fixture.start();
    for (let i = 0; i < 3; i++) fixture.does('a', 'failure');
    expect(fixture.attemptsOf('a')).toEqual(['failure', 'failure', 'failure']);
    expect(fixture.state).toBe('failure');
  });

  test('grows exponentially up to its bound, and chance takes at most half', () => {
    const fixture = createRunFixture([
      { name: 'a', retry: { times: 9, intervalMs: 1_000, backoff: 'exponential', maxIntervalMs: 4_000 } },
    ]);
    fixture.start();
    const waits: number[] = [];
    for (let i = 0; i < 5; i++) {
      fixture.does('a', 'failure');
      const { dueAt, id } = fixture.current('a');
      waits.push(dueAt! - fixture.now);
      fixture.advance(dueAt! - fixture.now);
      fixture.send({ type: 'TaskDue', taskInstanceId: id });
    }
    [1_000, 2_000, 4_000, 4_000, 4_000].forEach((full, i) => {
      expect(waits[i]).toBeGreaterThanOrEqual(full / 2);
      expect(waits[i]).toBeLessThanOrEqual(full);
    });
  });

  test('does not follow a failure in a run that is being stopped', () => {
    const fixture = createRunFixture([{ name: 'a', retry: retryTwice }]);
    fixture.start();
    fixture.place('a');
    fixture.started('a');
    fixture.stop();
    fixture.ended('a', 'failure');
    expect(fixture.attemptsOf('a')).toEqual(['failure']);
    expect(fixture.state).toBe('stopped');
  });
});
