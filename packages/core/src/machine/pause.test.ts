import { describe, expect, test } from 'vitest';
import { createRunFixture } from '../testing/run-fixture.ts';
import { retryOnce } from '../testing/sample-tasks.ts';

describe('pause', () => {
  test('lets what runs go on to its end, and what would start rests as the same task instance until the resume', () => {
    const fixture = createRunFixture([{ name: 'a' }, { name: 'queued' }, { name: 'b', dependsOn: ['a'] }]);
    fixture.start();
    fixture.place('a');
    fixture.started('a');
    fixture.pause();
    expect(fixture.state).toBe('ready_pause');
    expect(fixture.statesOf()).toEqual({ a: 'running', queued: 'paused' });
    expect(fixture.intents).toContainEqual({ type: 'DequeueTask', taskInstanceId: fixture.current('queued').id });
    fixture.ended('a');
    expect(fixture.state).toBe('paused');
    expect(fixture.statesOf()).toEqual({ a: 'success', queued: 'paused', b: 'paused' });
    const before = fixture.current('b').id;
    fixture.resume();
    expect(fixture.state).toBe('running');
    expect(fixture.rows.instance.runCounter).toBe(2);
    expect(fixture.current('b')).toMatchObject({ id: before, state: 'submitted', attempt: 1 });
    fixture.does('b');
    fixture.does('queued');
    expect(fixture.state).toBe('success');
  });

  test('with nothing left to pause ends the run as it would have ended', () => {
    const fixture = createRunFixture([{ name: 'a' }]);
    fixture.start();
    fixture.place('a');
    fixture.pause();
    fixture.ended('a');
    expect(fixture.state).toBe('success');
  });

  test('acts while a retry or a delay is waited for, and the rest of the wait follows the resume', () => {
    const fixture = createRunFixture([
      { name: 'a', retry: retryOnce },
      { name: 'later', delayMs: 60_000 },
    ]);
    fixture.start();
    fixture.does('a', 'failure');
    fixture.pause();
    expect(fixture.state).toBe('paused');
    fixture.advance(4_000);
    fixture.resume();
    expect(fixture.current('a')).toMatchObject({ state: 'delayed', attempt: 2, dueAt: fixture.now + 6_000 });
    expect(fixture.current('later')).toMatchObject({ state: 'delayed', attempt: 1 });
  });

  test('makes the retry of a task that fails meanwhile rest, and survives a crash at any point', () => {
    const fixture = createRunFixture([{ name: 'a', retry: retryOnce }]);
    fixture.start();
    fixture.place('a');
    fixture.pause();
    fixture.restart();
    fixture.ended('a', 'failure');
    expect(fixture.attemptsOf('a')).toEqual(['failure', 'paused']);
    expect(fixture.state).toBe('paused');
    fixture.restart();
    fixture.advance(20_000);
    fixture.resume();
    expect(fixture.current('a')).toMatchObject({ state: 'submitted', retryTimes: 1 });
  });

  test('of a run that waits for its turn rests it; the resume asks for the turn again', () => {
    const fixture = createRunFixture([{ name: 'a' }], { grantsTurns: false });
    fixture.start();
    fixture.send({
      type: 'TurnDelayed',
      serial: true,
      code: 'waiting_for_other_runs',
      text: 'Run #1 goes first.',
      evidence: {},
    });
    fixture.pause();
    expect(fixture.rows.instance).toMatchObject({ state: 'paused', queuedAt: null });
    expect(fixture.effects).toContainEqual({ type: 'ReleaseTurn' });
    fixture.grant(0);
    expect(fixture.state).toBe('paused');
    fixture.restart();
    fixture.resume();
    expect(fixture.intents).toContainEqual({ type: 'RequestTurn' });
    fixture.grant(0);
    expect(fixture.statesOf()).toEqual({ a: 'submitted' });
  });

  test('of a recovered run that waits for its turn says so on its tasks too', () => {
    const fixture = createRunFixture([{ name: 'a' }], { grantsTurns: false });
    fixture.start();
    fixture.grant(0);
    fixture.does('a', 'failure');
    fixture.recover();
    expect(fixture.current('a').reason?.code).toBe('waiting_for_turn');
    fixture.pause();
    expect(fixture.current('a')).toMatchObject({ state: 'paused', reason: { code: 'paused' } });
    fixture.recover();
    expect(fixture.rows.instance).toMatchObject({ state: 'submitted', runCounter: 3 });
    fixture.grant(0);
    expect(fixture.attemptsOf('a')).toEqual(['failure', 'submitted']);
  });

  test('before the start command is taken holds the run until it is resumed', () => {
    const fixture = createRunFixture([{ name: 'a' }]);
    fixture.pause();
    fixture.start();
    expect(fixture.state).toBe('paused');
    fixture.resume();
    expect(fixture.state).toBe('running');
    expect(fixture.numbersAsked).toBe(1);
  });

  test('is refused to a run that has ended, and ignored by one that pauses already', () => {
    const fixture = createRunFixture([{ name: 'a' }]);
    fixture.start();
    fixture.place('a');
    fixture.pause();
    expect(fixture.outcome(fixture.pause())).toContain('nothing to do');
    fixture.ended('a');
    expect(fixture.outcome(fixture.pause())).toContain('rejected: the run is success');
  });
});
