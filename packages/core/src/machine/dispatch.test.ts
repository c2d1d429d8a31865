import { describe, expect, test } from 'vitest';
import type { WorkerId } from '../identity/ids.ts';
import { createRunFixture } from '../testing/run-fixture.ts';
import { retryTwice } from '../testing/sample-tasks.ts';

describe('a dispatch', () => {
  test('is sent only by the transition that writes it down', () => {
    const fixture = createRunFixture([{ name: 'a' }]);
    fixture.start();
    const dispatchId = fixture.place('a');
    expect(fixture.current('a')).toMatchObject({ state: 'dispatched', dispatchId, workerName: 'w1', dispatchEpoch: 1 });
    expect(fixture.effects).toEqual([expect.objectContaining({ type: 'SendDispatch', dispatchId })]);
  });

  test('placed twice gives the second slot back', () => {
    const fixture = createRunFixture([{ name: 'a' }]);
    fixture.start();
    const first = fixture.place('a');
    const second = fixture.place('a', 'w2');
    expect(fixture.current('a').dispatchId).toBe(first);
    expect(fixture.intents).toContainEqual({ type: 'ReleaseDispatch', dispatchId: second, workerId: 'w2' });
  });

  test('told twice keeps its slot', () => {
    const fixture = createRunFixture([{ name: 'a' }]);
    fixture.start();
    const dispatchId = fixture.place('a');
    const { id: taskInstanceId } = fixture.current('a');
    const again = { dispatchId, workerId: 'w1' as WorkerId, workerName: 'w1', epoch: 1 };
    expect(fixture.send({ type: 'TaskPlaced', taskInstanceId, ...again }).intents).toEqual([]);
  });

  test('that is refused goes back to the queue with the reason, and its late result changes nothing', () => {
    const fixture = createRunFixture([{ name: 'a' }]);
    fixture.start();
    const first = fixture.place('a');
    const { taskInstanceId } = fixture.of('a');
    fixture.send({ type: 'DispatchReturned', taskInstanceId, dispatchId: first, cause: 'refused', text: 'no slot' });
    expect(fixture.current('a')).toMatchObject({ state: 'submitted', dispatchId: null, workerId: null });
    fixture.place('a', 'w2');
    const verdict = fixture.send({
      type: 'TaskEnded',
      taskInstanceId,
      dispatchId: first,
      report: fixture.report('success'),
    });
    expect(verdict.verdict).toBe('ignored');
    expect(verdict.effects).toEqual([{ type: 'AckResult', dispatchId: first }]);
    expect(fixture.current('a').state).toBe('dispatched');
  });

  test('lost with its worker is made anew elsewhere, up to the limit', () => {
    const fixture = createRunFixture([{ name: 'a', retry: retryTwice }], { settings: { maxFailovers: 1 } });
    fixture.start();
    fixture.place('a');
    fixture.started('a');
    fixture.send({ type: 'WorkerLost', ...fixture.of('a'), text: 'gone' });
    expect(fixture.attemptsOf('a')).toEqual(['need_fault_tolerance', 'submitted']);
    expect(fixture.current('a')).toMatchObject({ failovers: 1, retryTimes: 0, attempt: 2 });
    fixture.place('a', 'w2');
    const lastHeardAt = Date.UTC(2026, 0, 1);
    fixture.send({ type: 'WorkerLost', ...fixture.of('a'), text: 'gone too', lastHeardAt });
    expect(fixture.attemptsOf('a')).toEqual(['need_fault_tolerance', 'failure']);
    expect(fixture.current('a').reason?.text).toContain('gone too');
    expect(fixture.current('a').reason?.evidence).toEqual({
      worker: 'w2',
      failovers: 1,
      failoverLimit: 1,
      lastHeardAt: '2026-01-01T00:00:00.000Z',
    });
    expect(fixture.state).toBe('failure');
  });

  test('whose result comes before its start is applied once, and told again is acknowledged again', () => {
    const fixture = createRunFixture([{ name: 'a' }]);
    fixture.start();
    const dispatchId = fixture.place('a');
    const { taskInstanceId } = fixture.of('a');
    fixture.ended('a', 'success', { outputs: { rows: '3' } });
    expect(fixture.current('a')).toMatchObject({ state: 'success', outputs: { rows: '3' } });
    fixture.started('a');
    const again = fixture.send({ type: 'TaskEnded', taskInstanceId, dispatchId, report: fixture.report('failure') });
    expect(fixture.current('a').state).toBe('success');
    expect(again.effects).toEqual([{ type: 'AckResult', dispatchId }]);
  });
});

describe('a worker’s word', () => {
  test('about time counts only as far as it can be true', () => {
    const fixture = createRunFixture([
      { name: 'a', timeout: { afterMs: 60_000, strategy: 'fail', from: 'start' }, retry: retryTwice },
    ]);
    fixture.start();
    fixture.place('a');
    fixture.send({ type: 'TaskStarted', ...fixture.of('a'), at: fixture.now - 300_000, processId: 1 });
    expect(fixture.intents).toContainEqual(expect.objectContaining({ type: 'SetTimer', dueAt: fixture.now + 62_000 }));
    fixture.ended('a', 'failure', { endedAt: fixture.now + 3_600_000 });
    expect(fixture.current('a').dueAt).toBe(fixture.now + 1_000);
  });

  test('that it gives back at once what it is sent is believed, and not tried at full speed', () => {
    const fixture = createRunFixture([{ name: 'a' }]);
    fixture.start();
    fixture.place('a');
    fixture.ended('a', 'interrupted', { error: 'the worker is stopping' });
    expect(fixture.current('a')).toMatchObject({ state: 'delayed', failovers: 0, dueAt: fixture.now + 1_000 });
  });

  test('that it was told to stop makes a new attempt that does not count as a failover', () => {
    const fixture = createRunFixture([{ name: 'a' }], { settings: { maxFailovers: 0 } });
    fixture.start();
    fixture.place('a');
    fixture.advance(5_000);
    fixture.ended('a', 'interrupted', { error: 'the worker is stopping' });
    expect(fixture.attemptsOf('a')).toEqual(['need_fault_tolerance', 'submitted']);
    expect(fixture.current('a')).toMatchObject({ failovers: 0 });
    fixture.place('a');
    fixture.ended('a', 'lost');
    expect(fixture.state).toBe('failure');
  });
});

test('a queued task says whether a worker could take it, as that changes', () => {
  const fixture = createRunFixture([{ name: 'a' }]);
  fixture.start();
  const { id: taskInstanceId } = fixture.current('a');
  fixture.send({ type: 'TaskPlaceable', taskInstanceId, worker: false, text: 'nobody', evidence: { workers: 0 } });
  expect(fixture.current('a').reason).toMatchObject({
    code: 'waiting_for_worker',
    text: 'nobody',
    evidence: { workers: 0 },
  });
  fixture.send({ type: 'TaskPlaceable', taskInstanceId, worker: true, text: '', evidence: {} });
  expect(fixture.current('a').reason).toMatchObject({ code: 'queued' });
});
