import { describe, expect, test } from 'vitest';
import { createRunFixture } from '../testing/run-fixture.ts';

describe('after a crash', () => {
  test('the run goes on from its rows: queue, timers, kill orders; what workers hold is left alone', () => {
    const fixture = createRunFixture([
      { name: 'queued' },
      { name: 'delayed', delayMs: 5_000 },
      { name: 'running', timeout: { afterMs: 60_000, strategy: 'fail', from: 'start' } },
      { name: 'killed' },
    ]);
    fixture.start();
    fixture.place('running');
    fixture.started('running');
    fixture.place('killed');
    fixture.kill('killed');
    const delayed = fixture.current('delayed');
    fixture.restart();
    expect(fixture.intents).toContainEqual({ type: 'EnqueueTask', taskInstanceId: fixture.current('queued').id });
    expect(fixture.intents).toContainEqual(expect.objectContaining({ type: 'SetTimer', dueAt: delayed.dueAt }));
    expect(fixture.intents).toContainEqual(expect.objectContaining({ type: 'SetTimer', dueAt: fixture.now + 62_000 }));
    expect(fixture.effects).toEqual([
      expect.objectContaining({ type: 'SendKill', dispatchId: fixture.of('killed').dispatchId }),
    ]);
    expect(fixture.statesOf()).toEqual({
      queued: 'submitted',
      delayed: 'delayed',
      running: 'running',
      killed: 'dispatched',
    });
  });
});
