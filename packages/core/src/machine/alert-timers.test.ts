/** What is told of what takes too long: timeouts, waits, deadlines. */
import { describe, expect, test } from 'vitest';
import { fixtureOf, messages, passTimeout, policy, timeout, told } from '../testing/alerting-runs.ts';
import type { RunFixture } from '../testing/run-fixture.ts';

describe('timeouts', () => {
  test.each([
    ['none', []],
    ['success', ['workflow_timed_out']],
    ['failure', ['workflow_timed_out']],
    ['all', ['workflow_timed_out']],
  ] as const)('of a run that warn are told at once with "%s"', (on, kinds) => {
    const fixture = fixtureOf(policy(on), undefined, { definition: { timeout: timeout('warn') } });
    passTimeout(fixture);
    expect(told(fixture)).toEqual(kinds);
    fixture.restart();
    fixture.send({ type: 'WorkflowTimedOut', runCounter: 1 });
    expect(told(fixture)).toEqual(kinds);
  });

  test('that warn and fail are told once, and not again by the end', () => {
    const fixture = fixtureOf(policy('all'), undefined, { definition: { timeout: timeout('warn_and_fail') } });
    passTimeout(fixture);
    fixture.ended('a', 'killed');
    expect(fixture.state).toBe('failure');
    expect(told(fixture)).toEqual(['workflow_timed_out']);
  });

  test('of a task that warn are told once for each attempt, whoever tells', () => {
    const fixture = fixtureOf(policy('failure'), [{ name: 'a', timeout: timeout('warn') }]);
    fixture.start();
    fixture.place('a');
    fixture.started('a');
    for (const again of [false, true]) {
      if (again) fixture.restart();
      fixture.advance(6_000);
      fixture.send({ type: 'TaskTimedOut', taskInstanceId: fixture.current('a').id });
    }
    expect(told(fixture)).toEqual(['task_timed_out']);
    expect(messages(fixture)[0]!.text).toContain('5s after it was started');
    const quiet = fixtureOf(policy('none', { deadlineMs: 1_000 }), [{ name: 'a', timeout: timeout('warn') }]);
    quiet.start();
    quiet.place('a');
    quiet.started('a');
    quiet.send({ type: 'TaskTimedOut', taskInstanceId: quiet.current('a').id });
    expect(told(quiet)).toEqual([]);
  });
});
describe('a wait that is too long', () => {
  const waits = policy('none', { queueWaitMs: 10_000 });
  const timerOf = (fixture: RunFixture, type: string) =>
    fixture.intents.flatMap((one) => (one.type === 'SetTimer' && one.event.type === type ? [one] : [])).at(-1);

  test('(M14) for the turn of a run is told once, also by the next leader', () => {
    const fixture = fixtureOf(waits, undefined, { grantsTurns: false });
    fixture.start();
    const first = timerOf(fixture, 'TurnWaitPassed')!;
    expect(first.dueAt).toBe(fixture.now + 10_000);
    fixture.advance(10_000);
    fixture.send(first.event);
    fixture.restart();
    const second = timerOf(fixture, 'TurnWaitPassed')!;
    expect(second).toEqual(first);
    fixture.advance(60_000);
    fixture.send(second.event);
    expect(told(fixture)).toEqual(['queue_wait_missed']);
    fixture.grant(null);
    expect(fixture.intents).toContainEqual({ type: 'ClearTimer', key: first.key });
    fixture.send(second.event);
    expect(told(fixture)).toEqual(['queue_wait_missed']);
  });

  test('is forgotten when the run is stopped, and begins anew when it is resumed', () => {
    const fixture = fixtureOf(waits, undefined, { grantsTurns: false });
    fixture.start();
    const { key, event } = timerOf(fixture, 'TurnWaitPassed')!;
    fixture.stop();
    expect(fixture.intents).toContainEqual({ type: 'ClearTimer', key });
    fixture.advance(10_000);
    fixture.resume();
    fixture.send(event);
    expect(told(fixture)).toEqual([]);
    fixture.send(timerOf(fixture, 'TurnWaitPassed')!.event);
    expect(told(fixture)).toEqual(['queue_wait_missed']);
  });

  test('of a task for a worker or a slot is told once for each attempt', () => {
    const fixture = fixtureOf(waits, [{ name: 'a' }, { name: 'b', taskGroup: { name: 'g', priority: 0 } }]);
    fixture.start();
    const timers = fixture.intents.flatMap((one) => (one.type === 'SetTimer' ? [one] : []));
    expect(timers.map(({ event }) => event.type)).toEqual(['TurnWaitPassed', 'TaskWaitPassed', 'TaskWaitPassed']);
    fixture.advance(10_000);
    for (const { event } of timers) fixture.send(event);
    expect(told(fixture)).toEqual(['queue_wait_missed', 'queue_wait_missed']);
    fixture.restart();
    for (const { event } of timers) fixture.send(event);
    expect(told(fixture)).toHaveLength(2);
    fixture.place('a');
    expect(fixture.intents).toContainEqual({ type: 'ClearTimer', key: timers[1]!.key });
    fixture.kill('b');
    expect(fixture.intents).toContainEqual({ type: 'ClearTimer', key: timers[2]!.key });
  });

  test('begins when a delayed task is due, and not before', () => {
    const fixture = fixtureOf(waits, [{ name: 'a', delayMs: 30_000 }]);
    fixture.start();
    expect(timerOf(fixture, 'TaskWaitPassed')).toBeUndefined();
    fixture.advance(30_000);
    fixture.send({ type: 'TaskDue', taskInstanceId: fixture.current('a').id });
    expect(timerOf(fixture, 'TaskWaitPassed')!.dueAt).toBe(fixture.now + 10_000);
    fixture.restart();
    expect(timerOf(fixture, 'TaskWaitPassed')!.dueAt).toBe(fixture.now + 10_000);
  });

  test('is not watched in a run that does not ask for it', () => {
    const fixture = fixtureOf(policy('all'), [{ name: 'a' }]);
    fixture.start();
    expect(fixture.intents.filter(({ type }) => type === 'SetTimer')).toEqual([]);
  });
});

describe('a deadline', () => {
  const strict = policy('none', { deadlineMs: 60_000 });
  const deadlines = ({ intents }: RunFixture) =>
    intents.flatMap((one) => (one.type === 'SetTimer' && one.event.type === 'DeadlinePassed' ? [one] : []));

  test('counts from when the run was filed, is told once, and the run goes on', () => {
    const fixture = fixtureOf(strict, undefined, { grantsTurns: false });
    const filedAt = fixture.now;
    fixture.advance(1_000);
    fixture.start();
    fixture.advance(1_000);
    fixture.grant(null);
    const [timer, ...others] = deadlines(fixture);
    expect([timer!.dueAt, others]).toEqual([filedAt + 60_000, []]);
    fixture.advance(60_000);
    fixture.send(timer!.event);
    fixture.restart();
    expect(deadlines(fixture)).toEqual([timer]);
    fixture.send(timer!.event);
    expect(told(fixture)).toEqual(['deadline_missed']);
    expect(fixture.state).toBe('running');
    fixture.does('a');
    expect(fixture.intents).toContainEqual({ type: 'ClearTimer', key: timer!.key });
  });

  test('of a run that is done again counts from its new start', () => {
    const fixture = fixtureOf(strict, undefined, { grantsTurns: false });
    fixture.start();
    fixture.grant(null);
    const old = deadlines(fixture)[0]!.event;
    fixture.does('a', 'failure');
    fixture.advance(100_000);
    fixture.recover();
    fixture.send(old);
    expect(told(fixture)).toEqual([]);
    fixture.advance(5_000);
    fixture.grant(null);
    const timer = deadlines(fixture).at(-1)!;
    expect(timer.dueAt).toBe(fixture.now + 60_000);
    fixture.restart();
    expect(deadlines(fixture)).toEqual([timer]);
    fixture.send(timer.event);
    expect(told(fixture)).toEqual(['deadline_missed']);
  });
});
