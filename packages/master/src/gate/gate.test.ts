import type { WorkflowDefinition, WorkflowInstanceRow, WorkflowState } from '@vaquita/core';
import { createManualClock, type ManualClock } from '@vaquita/core/testing';
import type { LiveRunRow } from '@vaquita/store';
import { beforeEach, describe, expect, test } from 'vitest';
import { createFakeBus, type FakeBus, unitOf } from '../testing/fake-bus.ts';
import { createTimerQueue } from '../timers/timer-queue.ts';
import { createGate } from './gate.ts';
import type { Gate } from './gate-port.ts';

const SERIAL = { execution: 'serial_wait' } as const;
const QUIET = { info() {}, warn() {}, error() {} };
const NO_LIMITS = {
  maxLiveRuns: null,
  maxLiveRunsPerProject: null,
  maxQueuedTasks: null,
  maxQueuedTasksPerProject: null,
};

let clock: ManualClock;
let gate: Gate;
let rows: LiveRunRow[];
let queuedTasks: number;

beforeEach(() => {
  clock = createManualClock(1_000);
  rows = [];
  queuedTasks = 0;
});

async function open(limits: Partial<typeof NO_LIMITS> | object = {}, read?: () => Promise<LiveRunRow[]>) {
  gate = createGate({
    store: { liveRuns: read ?? (async () => rows) },
    ...{ clock, log: QUIET, retryMs: 100, refreshMs: 1_000, isOver: () => false },
    timers: createTimerQueue(clock),
    limits: { ...NO_LIMITS, ...limits },
    queued: { queuedTasks: () => queuedTasks, queuedTasksOf: () => queuedTasks },
  });
  void gate.open();
  await clock.advance(0);
  gate.recovered();
}

interface Asking {
  readonly at?: number;
  readonly workflow?: string;
  readonly project?: string;
  readonly instance?: Partial<WorkflowInstanceRow>;
}

function asks(id: string, definition: Partial<WorkflowDefinition> = SERIAL, more: Asking = {}): FakeBus {
  const { at = 0, instance, ...rest } = more;
  const bus = createFakeBus({ id, definition, ...rest, instance: { queuedAt: at, ...instance } });
  gate.adopt(bus);
  gate.request(bus);
  return bus;
}

/** What the machine makes of an answer, and the commit after it. */
function becomes(bus: FakeBus, state: WorkflowState, executionSlot: number | null = null) {
  const live = state === 'running' || state === 'ready_stop';
  Object.assign(bus.run.instance, { state, executionSlot, queuedAt: null });
  if (!live) gate.release(bus);
  gate.committed(bus, unitOf({ instance: { ...bus.run.instance } }));
}

function liveRow(id: string, more: Partial<LiveRunRow> = {}): LiveRunRow {
  const ids = { id, workflowId: 'w', projectId: 'p' } as unknown as Pick<LiveRunRow, 'id' | 'workflowId' | 'projectId'>;
  return { ...ids, state: 'running', executionSlot: 0, queuedAt: null, ...more };
}

describe('serial_wait', () => {
  test('one run at a time, the oldest first, each told who goes before it', async () => {
    await open();
    const first = asks('r1');
    const third = asks('r3', SERIAL, { at: 3 });
    const second = asks('r2', SERIAL, { at: 2 });
    expect(first.news()).toEqual(['TurnGranted 0']);
    expect(second.told).toEqual([
      expect.objectContaining({
        type: 'TurnDelayed',
        serial: true,
        code: 'waiting_for_other_runs',
        text: expect.stringContaining('Run #1 of this workflow goes first'),
        evidence: { limit: 1, inUse: 1, position: 1, holders: 'r1', holderNumbers: '#1' },
      }),
    ]);
    expect(third.news()).toHaveLength(1);
    becomes(first, 'running', 0);
    becomes(first, 'success');
    expect(second.news()).toEqual(['TurnDelayed waiting_for_other_runs', 'TurnGranted 0']);
    await clock.advance(1_000);
    expect(third.told.at(-1)).toMatchObject({ text: expect.stringContaining('Run #2'), evidence: { position: 1 } });
  });

  test('a priority goes before age', async () => {
    await open();
    const first = asks('r1');
    asks('r2', SERIAL, { at: 2 });
    const urgent = asks('r3', SERIAL, { at: 3, instance: { priority: 'high' } });
    becomes(first, 'running', 0);
    becomes(first, 'failure');
    expect(urgent.news()).toContain('TurnGranted 0');
  });

  test('a place is free when its end is durable, not before (L1)', async () => {
    await open();
    const first = asks('r1');
    const second = asks('r2', SERIAL, { at: 2 });
    becomes(first, 'running', 0);
    first.run.instance.state = 'success';
    gate.release(first);
    expect(second.news()).not.toContain('TurnGranted 0');
    gate.committed(first, unitOf({ instance: { ...first.run.instance } }));
    expect(second.news()).toEqual(['TurnGranted 0']);
  });

  test('one that ends and is rerun before its end is durable waits behind the others', async () => {
    await open();
    const first = asks('r1');
    becomes(first, 'running', 0);
    const second = asks('r2', SERIAL, { at: 2 });
    Object.assign(first.run.instance, { state: 'submitted', queuedAt: 9 });
    gate.request(first);
    expect(second.news()).toEqual(['TurnDelayed waiting_for_other_runs']);
    gate.committed(first, unitOf({ instance: { ...first.run.instance, state: 'success' } }));
    gate.release(first);
    expect([first.news(), second.news()]).toEqual([
      ['TurnGranted 0', 'TurnDelayed waiting_for_other_runs'],
      ['TurnGranted 0'],
    ]);
  });

  test('one that is rerun before its end is durable, and is alone, goes on in its own place', async () => {
    await open();
    const first = asks('r1');
    becomes(first, 'running', 0);
    Object.assign(first.run.instance, { state: 'submitted', queuedAt: 9 });
    gate.request(first);
    expect(first.news()).toEqual(['TurnGranted 0', 'TurnGranted 0']);
    const second = asks('r2', SERIAL, { at: 10 });
    gate.committed(first, unitOf({ instance: { ...first.run.instance, state: 'success' } }));
    gate.release(first);
    expect(second.news()).toEqual(['TurnDelayed waiting_for_other_runs']);
  });

  test('one that gives up while it waits is not served', async () => {
    await open();
    const first = asks('r1');
    const second = asks('r2', SERIAL, { at: 2 });
    const third = asks('r3', SERIAL, { at: 3 });
    becomes(second, 'stopped');
    becomes(first, 'running', 0);
    becomes(first, 'stopped');
    expect(second.news()).toEqual(['TurnDelayed waiting_for_other_runs']);
    expect(third.news()).toContain('TurnGranted 0');
  });

  test('runs of one workflow do not hold up another', async () => {
    await open();
    asks('r1');
    expect(asks('r2', SERIAL, { workflow: 'other' }).news()).toEqual(['TurnGranted 0']);
  });

  test('asking twice changes nothing', async () => {
    await open();
    const first = asks('r1');
    gate.request(first);
    const second = asks('r2', SERIAL, { at: 2 });
    gate.request(second);
    expect([first.news(), second.news()]).toEqual([['TurnGranted 0'], ['TurnDelayed waiting_for_other_runs']]);
  });

  test('who waits far behind is told so, and who goes first once it is near', async () => {
    await open();
    const buses = Array.from({ length: 20 }, (_, index) => asks(`r${index + 1}`, SERIAL, { at: index }));
    expect(buses[19]!.told).toEqual([
      expect.objectContaining({ text: 'At least 16 waiting runs of this workflow go before it.' }),
    ]);
    for (const bus of buses.slice(0, 4)) {
      becomes(bus, 'running', 0);
      becomes(bus, 'success');
    }
    await clock.advance(1_000);
    expect(buses[19]!.told.at(-1)).toMatchObject({
      text: expect.stringContaining('Run #5'),
      evidence: { position: 15 },
    });
    expect(buses[19]!.told).toHaveLength(2);
  });
});

describe('serial_discard', () => {
  const DISCARD = { execution: 'serial_discard' } as const;

  test('is denied while another is live, and named it', async () => {
    await open();
    const first = asks('r1', DISCARD);
    const second = asks('r2', DISCARD, { at: 1 });
    expect(second.told).toEqual([
      expect.objectContaining({ type: 'TurnDenied', code: 'discarded', text: expect.stringContaining('#1') }),
    ]);
    becomes(first, 'running', 0);
    becomes(first, 'success');
    expect(asks('r3', DISCARD, { at: 2 }).news()).toEqual(['TurnGranted 0']);
  });

  test('waits for its place when it is not a new run but one that goes on again', async () => {
    await open();
    const first = asks('r1', DISCARD);
    const again = asks('r2', DISCARD, { at: 1, instance: { runCounter: 2 } });
    expect(again.news()).toEqual(['TurnDelayed waiting_for_other_runs']);
    becomes(first, 'running', 0);
    becomes(first, 'success');
    expect(again.news()).toEqual(['TurnGranted 0']);
  });

  test('is denied while another waits for admission, and after a restart the same one waits on', async () => {
    await open({ maxLiveRuns: 0 });
    const first = asks('r1', DISCARD);
    expect(first.news()).toEqual(['TurnDelayed waiting_for_admission']);
    expect(asks('r2', DISCARD, { at: 1 }).news()).toEqual(['TurnDenied discarded']);
  });

  test('of runs that waited before a restart the oldest stays, whichever asks first (G3)', async () => {
    rows = ['r1', 'r2'].map((id, index) => liveRow(id, { state: 'submitted', queuedAt: index, executionSlot: null }));
    gate = undefined as never;
    await openWithoutRecovery();
    const second = asks('r2', DISCARD, { at: 1 });
    expect(second.told.filter(({ type }) => type === 'TurnGranted')).toEqual([]);
    const first = asks('r1', DISCARD, { at: 0 });
    expect(first.news()).toEqual(['TurnGranted 0']);
    expect(second.news()).toContain('TurnDenied discarded');
  });
});

async function openWithoutRecovery() {
  gate = createGate({
    store: { liveRuns: async () => rows },
    ...{ clock, log: QUIET, retryMs: 100, refreshMs: 1_000, isOver: () => false },
    timers: createTimerQueue(clock),
    limits: NO_LIMITS,
    queued: { queuedTasks: () => 0, queuedTasksOf: () => 0 },
  });
  await gate.open();
}

describe('serial_priority', () => {
  const NEWEST = { execution: 'serial_priority' } as const;

  test('the newest displaces the live one and takes its place when that has ended; older waiting ones are denied', async () => {
    await open();
    const first = asks('r1', NEWEST, { at: 1 });
    becomes(first, 'running', 0);
    const second = asks('r2', NEWEST, { at: 2 });
    const third = asks('r3', NEWEST, { at: 3 });
    expect(first.news()).toEqual(['TurnGranted 0', 'RunDisplaced']);
    expect(second.news()).toEqual(['TurnDelayed waiting_for_other_runs', 'TurnDenied displaced']);
    expect(third.news()).toEqual(['TurnDelayed waiting_for_other_runs']);
    becomes(first, 'ready_stop', 0);
    becomes(first, 'stopped');
    expect(third.news()).toEqual(['TurnGranted 0']);
  });

  test('an older one that asks again does not displace a newer one', async () => {
    await open();
    asks('r2', NEWEST, { at: 2 });
    expect(asks('r1', NEWEST, { at: 1 }).news()).toEqual(['TurnDenied displaced']);
  });

  test('a live run that comes into memory later is displaced then', async () => {
    rows = [liveRow('r1')];
    await open();
    const newer = asks('r2', NEWEST, { at: 2_000 });
    expect(newer.news()).toEqual(['TurnDelayed waiting_for_other_runs']);
    const live = createFakeBus({
      id: 'r1',
      definition: NEWEST,
      instance: { state: 'running', executionSlot: 0, queuedAt: null, startedAt: 500 },
    });
    gate.adopt(live);
    expect(live.news()).toEqual(['RunDisplaced']);
  });
});

describe('parallel', () => {
  const two = { execution: 'parallel', maxParallelRuns: 2 } as const;

  test('without a limit each has its turn at once, with no place', async () => {
    await open();
    for (const id of ['r1', 'r2', 'r3']) expect(asks(id, {}).news()).toEqual(['TurnGranted null']);
  });

  test('with a limit: the lowest free place, and no more than there are', async () => {
    await open();
    const [first, second, third] = ['r1', 'r2', 'r3'].map((id, at) => asks(id, two, { at }));
    expect([first, second, third].map((bus) => bus!.news())).toEqual([
      ['TurnGranted 0'],
      ['TurnGranted 1'],
      ['TurnDelayed waiting_for_other_runs'],
    ]);
    becomes(first!, 'running', 0);
    becomes(second!, 'running', 1);
    becomes(first!, 'success');
    expect(third!.news()).toEqual(['TurnGranted 0']);
  });

  test('runs of a version without a limit count too', async () => {
    await open();
    asks('r1', {});
    asks('r2', {});
    expect(asks('r3', two).news()).toEqual(['TurnDelayed waiting_for_other_runs']);
  });
});

describe('admission', () => {
  test('delays what exceeds the server, lets children through, and admits in order when there is room', async () => {
    await open({ maxLiveRuns: 1 });
    const first = asks('r1', {});
    becomes(first, 'running');
    const late = asks('r3', {}, { at: 3 });
    const early = asks('r2', {}, { at: 2 });
    expect(early.told).toEqual([
      expect.objectContaining({
        serial: false,
        code: 'waiting_for_admission',
        text: 'As many runs are live on the server as may be at once (1).',
        evidence: { limit: 1, limitOf: 'live_runs', where: 'server', position: 1 },
      }),
    ]);
    const child = asks('r4', {}, { instance: { parentInstanceId: first.id } });
    expect(child.news()).toEqual(['TurnGranted null']);
    becomes(child, 'running');
    becomes(child, 'success');
    becomes(first, 'success');
    expect(early.news()).toContain('TurnGranted null');
    expect(late.news()).toEqual(['TurnDelayed waiting_for_admission']);
    expect(gate.status()).toEqual({ waitingForTurn: 0, waitingForAdmission: 1, liveRuns: 1 });
  });

  test('a full project holds up no other', async () => {
    await open({ maxLiveRunsPerProject: 1 });
    asks('r1', {});
    expect(asks('r2', {}).news()).toEqual(['TurnDelayed waiting_for_admission']);
    expect(asks('r3', {}, { project: 'q' }).news()).toEqual(['TurnGranted null']);
  });

  test('queued tasks delay, and looking again when they have been placed admits', async () => {
    await open({ maxQueuedTasks: 5 });
    queuedTasks = 5;
    const bus = asks('r1', {});
    expect(bus.told).toEqual([
      expect.objectContaining({ text: 'As many tasks are queued on the server as may be at once (5).' }),
    ]);
    queuedTasks = 4;
    gate.look();
    const next = asks('r2', {}, { at: 1 });
    expect(bus.news()).toContain('TurnGranted null');
    expect(next.news()).toEqual(['TurnDelayed waiting_for_admission']);
  });

  test('a run that waits for admission keeps its place among the runs of its workflow', async () => {
    await open({ maxLiveRuns: 1 });
    const other = asks('r1', {}, { workflow: 'other' });
    const first = asks('r2');
    const second = asks('r3', SERIAL, { at: 1 });
    expect(first.news()).toEqual(['TurnDelayed waiting_for_admission']);
    expect(second.told[0]).toMatchObject({ evidence: { holders: 'r2' } });
    becomes(other, 'running');
    becomes(other, 'success');
    expect(first.news()).toEqual(['TurnGranted 0']);
  });
});

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
    rows = [liveRow('r1'), liveRow('r2', { workflowId: 'between' as never, executionSlot: null })];
    await open();
    const lineage = ['w', 'between'] as never[];
    const child = asks('r3', SERIAL, { at: 1, instance: { parentInstanceId: 'r2' as never, lineage } });
    expect(child.news()).toEqual(['TurnDelayed waiting_for_other_runs']);
    const instance = { state: 'running', queuedAt: null, parentInstanceId: 'r1' as never } as const;
    gate.adopt(createFakeBus({ id: 'r2', workflow: 'between', instance }));
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
    await clock.advance(1_000);
    expect(limited.news()).toEqual(['TurnDelayed waiting_for_admission']);
    fail = false;
    await clock.advance(5_000);
    expect(limited.news()).toEqual(['TurnDelayed waiting_for_other_runs']);
    gate.ended('r1' as never);
    expect(limited.news()).toEqual(['TurnGranted 0']);
  });

  test('a run that has waited longer is served first although it asks later (G3)', async () => {
    rows = [liveRow('r1', { state: 'serial_wait', queuedAt: 1, executionSlot: null })];
    await openWithoutRecovery();
    const newer = asks('r2', SERIAL, { at: 2 });
    expect(newer.news()).toEqual(['TurnDelayed waiting_for_other_runs']);
    const older = asks('r1', SERIAL, { at: 1 });
    expect(older.news()).toEqual(['TurnGranted 0']);
  });

  test('one that waited and cannot be built holds up nobody once recovery is over', async () => {
    rows = [liveRow('r1', { state: 'serial_wait', queuedAt: 1, executionSlot: null })];
    await openWithoutRecovery();
    const newer = asks('r2', SERIAL, { at: 2 });
    gate.recovered();
    expect(newer.news()).toContain('TurnGranted 0');
  });

  test('after a refused commit they are read again: a holder that memory missed is waited for', async () => {
    await open();
    const bus = asks('r2');
    expect(bus.news()).toEqual(['TurnGranted 0']);
    rows = [liveRow('r1')];
    await gate.doubt('w' as never);
    gate.forget(bus);
    const rebuilt = asks('r2');
    expect(rebuilt.news()).toEqual(['TurnDelayed waiting_for_other_runs']);
    rows = [];
    await gate.doubt('w' as never);
    expect(rebuilt.news()).toEqual(['TurnGranted 0']);
  });

  test('what a run commits while they are read is newer than they are', async () => {
    await open();
    const bus = asks('r1');
    becomes(bus, 'running', 0);
    rows = [liveRow('r1')];
    const doubting = gate.doubt('w' as never);
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
    await gate.setAside(first);
    gate.forget(first);
    expect(second.news()).toEqual(['TurnDelayed waiting_for_other_runs']);
    gate.ended(first.id);
    expect(second.news()).toEqual(['TurnGranted 0']);
  });

  test('one that leaves memory before its turn was durable leaves no place behind', async () => {
    await open();
    const first = asks('r1');
    const second = asks('r2', SERIAL, { at: 1 });
    gate.forget(first);
    expect(second.news()).toContain('TurnGranted 0');
    expect(gate.status()).toEqual({ waitingForTurn: 0, waitingForAdmission: 0, liveRuns: 1 });
  });

  test('lose one that never became durable, and their wait', async () => {
    await open();
    const first = asks('r1');
    const second = asks('r2', SERIAL, { at: 1 });
    const third = asks('r3', SERIAL, { at: 2 });
    await gate.setAside(second);
    await gate.setAside(first);
    expect(third.news()).toContain('TurnGranted 0');
  });
});

test('a run that is stopped and resumed within one millisecond asks a second time', async () => {
  await open();
  const run = asks('r1', SERIAL, { at: 5 });
  expect(run.news()).toEqual(['TurnGranted 0']);
  becomes(run, 'running', 0);
  becomes(run, 'stopped');
  Object.assign(run.run.instance, { state: 'submitted', queuedAt: 5, runCounter: 2, executionSlot: null });
  gate.request(run);
  expect(run.news()).toEqual(['TurnGranted 0']);
});
