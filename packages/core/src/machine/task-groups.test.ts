import { describe, expect, test } from 'vitest';
import { createRunFixture } from '../testing/run-fixture.ts';

describe('a task group', () => {
  const grouped = [{ name: 'a', taskGroup: { name: 'db', priority: 7 } }];

  test('gives a slot before the task is queued; it is released when the task ends', () => {
    const fixture = createRunFixture(grouped);
    fixture.start();
    const { id: taskInstanceId } = fixture.current('a');
    expect(fixture.current('a')).toMatchObject({ groupPriority: 7, reason: { code: 'waiting_for_task_group' } });
    expect(fixture.intents).toContainEqual({ type: 'RequestSlot', taskInstanceId });
    expect(fixture.intents).not.toContainEqual({ type: 'EnqueueTask', taskInstanceId });
    fixture.send({ type: 'SlotGranted', taskInstanceId, slot: 3 });
    expect(fixture.current('a').groupSlot).toBe(3);
    expect(fixture.intents).toContainEqual({ type: 'EnqueueTask', taskInstanceId });
    fixture.does('a');
    expect(fixture.effects).toContainEqual({ type: 'ReleaseSlot', taskInstanceId });
  });

  test('lets no worker have a task that waits for a slot', () => {
    const fixture = createRunFixture(grouped);
    fixture.start();
    const dispatchId = fixture.place('a');
    expect(fixture.current('a').state).toBe('submitted');
    expect(fixture.intents).toContainEqual({ type: 'ReleaseDispatch', dispatchId, workerId: 'w1' });
  });

  test('is left out by a forced start', () => {
    const fixture = createRunFixture(grouped);
    fixture.start();
    fixture.forceStart('a');
    expect(fixture.current('a')).toMatchObject({ groupForced: true, groupSlot: null, reason: { code: 'queued' } });
    expect(fixture.outcome(fixture.forceStart('a'))).toContain('rejected');
  });

  test('that grants a slot just when somebody forced the start gets it back', () => {
    const fixture = createRunFixture(grouped);
    fixture.start();
    fixture.forceStart('a');
    const { id: taskInstanceId } = fixture.current('a');
    const { effects } = fixture.send({ type: 'SlotGranted', taskInstanceId, slot: 0 });
    expect(fixture.current('a').groupSlot).toBeNull();
    expect(effects).toEqual([{ type: 'ReleaseSlot', taskInstanceId }]);
  });

  test('stays left out when the forced attempt is lost with its worker', () => {
    const fixture = createRunFixture(grouped);
    fixture.start();
    fixture.forceStart('a');
    fixture.place('a');
    fixture.send({ type: 'WorkerLost', ...fixture.of('a'), text: 'gone' });
    expect(fixture.current('a')).toMatchObject({ attempt: 2, state: 'submitted', groupForced: true });
  });

  test('loses the slot of a paused task, which asks again when it goes on', () => {
    const fixture = createRunFixture(grouped);
    fixture.start();
    const { id: taskInstanceId } = fixture.current('a');
    fixture.send({ type: 'SlotGranted', taskInstanceId, slot: 0 });
    fixture.pause();
    expect(fixture.current('a')).toMatchObject({ state: 'paused', groupSlot: null });
    fixture.intents.length = 0;
    fixture.resume();
    expect(fixture.intents).toContainEqual({ type: 'RequestSlot', taskInstanceId });
  });
});
