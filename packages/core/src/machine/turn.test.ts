import { describe, expect, test } from 'vitest';
import { createRunFixture } from '../testing/run-fixture.ts';
import { CHAIN } from '../testing/sample-tasks.ts';

describe('the gate', () => {
  test('denies a run, which then ends without having run', () => {
    const fixture = createRunFixture(CHAIN, { grantsTurns: false });
    fixture.start();
    fixture.send({
      type: 'TurnDenied',
      code: 'discarded',
      text: 'Run #1 is still running.',
      evidence: { holderNumber: '#1' },
    });
    expect(fixture.rows.instance).toMatchObject({ state: 'stopped', reason: { code: 'discarded' } });
  });

  test('that answers after the run was stopped gets its place back', () => {
    const fixture = createRunFixture(CHAIN, { grantsTurns: false });
    fixture.start();
    fixture.stop();
    fixture.intents.length = 0;
    fixture.grant(0);
    expect(fixture.state).toBe('stopped');
    expect(fixture.effects).toContainEqual({ type: 'ReleaseTurn' });
  });

  test('that answers what was asked before a stop and a resume is not heard', () => {
    const fixture = createRunFixture(CHAIN, { grantsTurns: false });
    fixture.start();
    fixture.stop();
    fixture.resume();
    fixture.send({ type: 'TurnGranted', slot: 0, runCounter: 1 });
    expect(fixture.state).toBe('submitted');
    fixture.send({ type: 'TurnGranted', slot: 1, runCounter: 2 });
    expect(fixture.rows.instance).toMatchObject({ state: 'running', executionSlot: 1 });
  });

  test('lets a newer run take the place of this one', () => {
    const fixture = createRunFixture(CHAIN);
    fixture.start();
    fixture.send({ type: 'RunDisplaced', text: 'Run #2 takes its place.', evidence: {} });
    expect(fixture.rows.instance).toMatchObject({ state: 'stopped', reason: { code: 'displaced' } });
  });
});
