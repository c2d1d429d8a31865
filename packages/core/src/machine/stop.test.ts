import { describe, expect, test } from 'vitest';
import { createRunFixture } from '../testing/run-fixture.ts';
import { CHAIN, retryOnce, retryTwice } from '../testing/sample-tasks.ts';

describe('stop', () => {
  test('is terminal from every state of a task', () => {
    const fixture = createRunFixture([
      { name: 'queued' },
      { name: 'delayed', delayMs: 60_000 },
      { name: 'sent' },
      { name: 'running' },
      { name: 'retrying', retry: retryTwice },
      { name: 'later', dependsOn: ['queued'] },
    ]);
    fixture.start();
    fixture.place('sent');
    fixture.place('running');
    fixture.started('running');
    fixture.does('retrying', 'failure');
    fixture.stop('ada');
    expect(fixture.state).toBe('ready_stop');
    expect(fixture.statesOf()).toEqual({
      queued: 'killed',
      delayed: 'killed',
      sent: 'dispatched',
      running: 'running',
      retrying: 'killed',
    });
    expect([...fixture.rows.outbox.keys()].sort()).toEqual(
      [fixture.of('sent').dispatchId, fixture.of('running').dispatchId].sort(),
    );
    fixture.ended('running', 'killed');
    fixture.ended('sent', 'killed');
    expect(fixture.state).toBe('stopped');
    expect(fixture.rows.instance.reason?.text).toContain('ada');
    expect(fixture.rows.outbox.size).toBe(0);
  });

  test('before the start ends the run, and the start then does nothing', () => {
    const fixture = createRunFixture([{ name: 'a' }]);
    fixture.stop();
    expect(fixture.state).toBe('stopped');
    const command = fixture.start();
    expect(fixture.state).toBe('stopped');
    expect(fixture.rows.commands.get(command)).toContain('nothing to do');
    expect(fixture.rows.tasks.size).toBe(0);
  });

  test('ends a task of a lost worker as killed, with the evidence', () => {
    const fixture = createRunFixture([{ name: 'a' }]);
    fixture.start();
    fixture.place('a');
    fixture.started('a');
    fixture.stop();
    fixture.send({ type: 'WorkerLost', ...fixture.of('a'), text: 'no heartbeat' });
    expect(fixture.attemptsOf('a')).toEqual(['killed']);
    expect(fixture.current('a').reason?.text).toContain('no heartbeat');
    expect(fixture.state).toBe('stopped');
  });

  test('of a run that has ended is refused with the state', () => {
    const fixture = createRunFixture([{ name: 'a' }]);
    fixture.start();
    fixture.does('a');
    const command = fixture.stop();
    expect(fixture.rows.commands.get(command)).toBe('rejected: the run is success: it has ended');
    expect(fixture.state).toBe('success');
  });

  test('ends tasks in every state: queued, delayed, waiting for a retry or a slot, and paused ones of a pausing run', () => {
    const fixture = createRunFixture([
      { name: 'queued' },
      { name: 'delayed', delayMs: 1_000 },
      { name: 'retrying', retry: retryOnce },
      { name: 'grouped', taskGroup: { name: 'g', priority: 0 } },
      { name: 'running' },
    ]);
    fixture.start();
    fixture.does('retrying', 'failure');
    fixture.place('running');
    fixture.stop();
    expect(fixture.statesOf()).toEqual({
      queued: 'killed',
      delayed: 'killed',
      retrying: 'killed',
      grouped: 'killed',
      running: 'dispatched',
    });
    fixture.ended('running', 'killed');
    expect(fixture.state).toBe('stopped');
    expect(fixture.effects).toContainEqual({ type: 'ReleaseTurn' });
  });

  test('before the start command is taken leaves a run that gets its number when it goes on after all', () => {
    const fixture = createRunFixture([{ name: 'a' }]);
    fixture.stop();
    fixture.start();
    expect(fixture.state).toBe('stopped');
    expect(fixture.numbersAsked).toBe(0);
    fixture.resume();
    expect(fixture.state).toBe('running');
    expect(fixture.numbersAsked).toBe(1);
  });

  test('is allowed while pausing and when paused', () => {
    const pausing = createRunFixture([{ name: 'a' }, { name: 'b' }]);
    pausing.start();
    pausing.place('a');
    pausing.pause();
    pausing.stop();
    expect(pausing.state).toBe('ready_stop');
    expect(pausing.statesOf()).toEqual({ a: 'dispatched', b: 'killed' });
    const paused = createRunFixture([{ name: 'a' }]);
    paused.start();
    paused.pause();
    expect(paused.state).toBe('paused');
    paused.stop();
    expect(paused.state).toBe('stopped');
    expect(paused.statesOf()).toEqual({ a: 'killed' });
  });

  test('of a run that waits for its turn ends it without a trace of work', () => {
    const fixture = createRunFixture(CHAIN, { grantsTurns: false });
    fixture.start();
    expect(fixture.rows.instance).toMatchObject({ state: 'submitted', queuedAt: fixture.now });
    fixture.send({
      type: 'TurnDelayed',
      serial: true,
      code: 'waiting_for_other_runs',
      text: 'Run #1 goes first.',
      evidence: {},
    });
    expect(fixture.state).toBe('serial_wait');
    fixture.stop();
    expect(fixture.state).toBe('stopped');
    expect(fixture.rows.instance.queuedAt).toBeNull();
    expect(fixture.rows.tasks.size).toBe(0);
  });
});
