/** Places whose runs are not all in memory: ancestors, what the rows say, runs that are set aside. */
import { createManualClock } from '@vaquita/core/testing';
import { beforeEach, describe, expect, test } from 'vitest';
import { createFakeBus } from '../testing/fake-bus.ts';
import { createGateBench, liveRow, SERIAL } from './gate-bench.ts';

const bench = createGateBench();
const { asks, becomes, open, openWithoutRecovery } = bench;
beforeEach(() => bench.renew(createManualClock(1_000)));

describe('runs inside runs', () => {
  test('one that waits for a place its own ancestor holds is denied', async () => {
    await open();
    const parent = asks('r1');
    becomes(parent, 'running', 0);
    const between = asks('r2', {}, { workflow: 'between', instance: { parentInstanceId: parent.id } });
    becomes(between, 'running');
    const lineage = [parent.run.instance.workflowId, between.run.instance.workflowId];
    const child = asks('r3', SERIAL, { at: 1, instance: { parentInstanceId: between.id, lineage } });
    expect(child.told).toEqual([expect.objectContaining({ type: 'TurnDenied', code: 'waits_for_itself' })]);
    expect(child.told[0]).toMatchObject({ text: expect.stringContaining('#1') });
  });

  test('one whose ancestor has ended waits like any other', async () => {
    await open();
    asks('r1');
    const lineage = [asks('r9', {}, { workflow: 'gone' }).run.instance.workflowId, 'w' as never];
    const child = asks('r3', SERIAL, { at: 1, instance: { parentInstanceId: 'gone' as never, lineage } });
    expect(child.news()).toEqual(['TurnDelayed waiting_for_other_runs']);
  });

  test('an ancestor that comes into memory later is found then', async () => {
    bench.rows = [liveRow('r1'), liveRow('r2', { workflowId: 'between' as never, executionSlot: null })];
    await open();
    const lineage = ['w', 'between'] as never[];
    const child = asks('r3', SERIAL, { at: 1, instance: { parentInstanceId: 'r2' as never, lineage } });
    expect(child.news()).toEqual(['TurnDelayed waiting_for_other_runs']);
    const instance = { state: 'running', queuedAt: null, parentInstanceId: 'r1' as never } as const;
    bench.gate.adopt(createFakeBus({ id: 'r2', workflow: 'between', instance }));
    expect(child.news()).toEqual(['TurnDenied waits_for_itself']);
  });
});

describe('what the rows say', () => {
  test('nothing with a limit is granted before they are read; a run without one need not wait (G1)', async () => {
    let fail = true;
    await open({}, async () => {
      if (fail) throw new Error('the database is away');
      return [liveRow('r1')];
    });
    const limited = asks('r2', SERIAL, { at: 1 });
    expect(asks('r3', {}, { workflow: 'free' }).news()).toEqual(['TurnGranted null']);
    expect(limited.news()).toEqual([]);
    await bench.clock.advance(1_000);
    expect(limited.news()).toEqual(['TurnDelayed waiting_for_admission']);
    fail = false;
    await bench.clock.advance(5_000);
    expect(limited.news()).toEqual(['TurnDelayed waiting_for_other_runs']);
    bench.gate.ended('r1' as never);
    expect(limited.news()).toEqual(['TurnGranted 0']);
  });

  test('a run that has waited longer is served first although it asks later (G3)', async () => {
    bench.rows = [liveRow('r1', { state: 'serial_wait', queuedAt: 1, executionSlot: null })];
    await openWithoutRecovery();
    const newer = asks('r2', SERIAL, { at: 2 });
    expect(newer.news()).toEqual(['TurnDelayed waiting_for_other_runs']);
    const older = asks('r1', SERIAL, { at: 1 });
    expect(older.news()).toEqual(['TurnGranted 0']);
  });

  test('one that waited and cannot be built holds up nobody once recovery is over', async () => {
    bench.rows = [liveRow('r1', { state: 'serial_wait', queuedAt: 1, executionSlot: null })];
    await openWithoutRecovery();
    const newer = asks('r2', SERIAL, { at: 2 });
    bench.gate.recovered();
    expect(newer.news()).toContain('TurnGranted 0');
  });

  test('after a refused commit they are read again: a holder that memory missed is waited for', async () => {
    await open();
    const bus = asks('r2');
    expect(bus.news()).toEqual(['TurnGranted 0']);
    bench.rows = [liveRow('r1')];
    await bench.gate.doubt('w' as never);
    bench.gate.forget(bus);
    const rebuilt = asks('r2');
    expect(rebuilt.news()).toEqual(['TurnDelayed waiting_for_other_runs']);
    bench.rows = [];
    await bench.gate.doubt('w' as never);
    expect(rebuilt.news()).toEqual(['TurnGranted 0']);
  });

  test('what a run commits while they are read is newer than they are', async () => {
    await open();
    const bus = asks('r1');
    becomes(bus, 'running', 0);
    bench.rows = [liveRow('r1')];
    const doubting = bench.gate.doubt('w' as never);
    becomes(bus, 'success');
    await doubting;
    expect(asks('r2', SERIAL, { at: 1 }).news()).toEqual(['TurnGranted 0']);
  });
});

describe('runs that are set aside', () => {
  test('keep a place that is durable (G5)', async () => {
    await open();
    const first = asks('r1');
    becomes(first, 'running', 0);
    const second = asks('r2', SERIAL, { at: 1 });
    await bench.gate.setAside(first);
    bench.gate.forget(first);
    expect(second.news()).toEqual(['TurnDelayed waiting_for_other_runs']);
    bench.gate.ended(first.id);
    expect(second.news()).toEqual(['TurnGranted 0']);
  });

  test('one that leaves memory before its turn was durable leaves no place behind', async () => {
    await open();
    const first = asks('r1');
    const second = asks('r2', SERIAL, { at: 1 });
    bench.gate.forget(first);
    expect(second.news()).toContain('TurnGranted 0');
    expect(bench.gate.status()).toEqual({ waitingForTurn: 0, waitingForAdmission: 0, liveRuns: 1 });
  });

  test('lose one that never became durable, and their wait', async () => {
    await open();
    const first = asks('r1');
    const second = asks('r2', SERIAL, { at: 1 });
    const third = asks('r3', SERIAL, { at: 2 });
    await bench.gate.setAside(second);
    await bench.gate.setAside(first);
    expect(third.news()).toContain('TurnGranted 0');
  });
});
