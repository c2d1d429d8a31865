import type { TaskInstanceRow } from '@vaquita/core';
import { createManualClock, type ManualClock } from '@vaquita/core/testing';
import type { SlotHolderRow, TaskGroupRow } from '@vaquita/store';
import { beforeEach, describe, expect, test } from 'vitest';
import { createFakeBus, type FakeBus, unitOf } from '../testing/fake-bus.ts';
import { createTimerQueue } from '../timers/timer-queue.ts';
import { createTaskGroups } from './task-groups.ts';
import type { TaskGroups } from './task-groups-port.ts';

const QUIET = { info() {}, warn() {}, error() {} };

let clock: ManualClock;
let slots: TaskGroups;
let groups: TaskGroupRow[];
let holders: SlotHolderRow[];
let away: boolean;

beforeEach(() => {
  clock = createManualClock(1_000);
  groups = [group('db', 1)];
  holders = [];
  away = false;
});

function group(name: string, size: number, open = true): TaskGroupRow {
  return { id: name, name, size, open, description: '', createdAt: 0, updatedAt: 0 } as unknown as TaskGroupRow;
}

async function open() {
  slots = createTaskGroups({
    store: {
      taskGroups: async () => {
        if (away) throw new Error('the database is away');
        return groups;
      },
      slotHolders: async () => holders,
    },
    timers: createTimerQueue(clock),
    ...{ clock, log: QUIET, retryMs: 100, refreshMs: 1_000, pollMs: 10_000, isOver: () => false },
  });
  void slots.open();
  await clock.advance(0);
}

function taskRow(id: string, more: Partial<TaskInstanceRow> = {}): TaskInstanceRow {
  return {
    ...{ id, name: `task-${id}`, state: 'submitted', taskGroup: 'db', groupSlot: null, groupForced: false },
    ...{ groupPriority: 0, priority: 'medium', firstSubmittedAt: 0, current: true },
    ...more,
  } as TaskInstanceRow;
}

function runOf(id: string, rows: readonly TaskInstanceRow[], priority: 'high' | 'medium' = 'medium'): FakeBus {
  const bus = createFakeBus({ id, tasks: rows, instance: { state: 'running', queuedAt: null, priority } });
  slots.adopt(bus);
  for (const row of rows) if (row.groupSlot === null) slots.request(bus, row.id);
  return bus;
}

function becomes(bus: FakeBus, id: string, change: Partial<TaskInstanceRow>) {
  const row = bus.run.nodeOf.get(id as never)!.current!;
  Object.assign(row, change);
  slots.committed(bus, unitOf({ changedTasks: [{ ...row }] }));
  if (row.state !== 'submitted' && row.state !== 'running') slots.release(bus, row.id);
}

describe('slots', () => {
  test('are granted from the lowest on, never more than there are, and name who holds them', async () => {
    groups = [group('db', 2)];
    await open();
    const bus = runOf(
      'r4',
      ['a', 'b', 'c'].map((id) => taskRow(id)),
    );
    expect(bus.told).toEqual([
      { type: 'SlotGranted', taskInstanceId: 'a', slot: 0 },
      { type: 'SlotGranted', taskInstanceId: 'b', slot: 1 },
      {
        type: 'SlotDelayed',
        taskInstanceId: 'c',
        code: 'waiting_for_task_group',
        text: '2 of 2 slots of task group "db" are in use.',
        evidence: {
          ...{ taskGroup: 'db', size: 2, inUse: 2, position: 1 },
          ...{ holders: 'a, b', holderNames: 'task-a of run #4, task-b of run #4' },
        },
      },
    ]);
    becomes(bus, 'a', { groupSlot: 0 });
    becomes(bus, 'b', { groupSlot: 1 });
    becomes(bus, 'b', { state: 'success' });
    expect(bus.told.at(-1)).toEqual({ type: 'SlotGranted', taskInstanceId: 'c', slot: 1 });
    expect(slots.status()).toEqual([{ name: 'db', size: 2, open: true, held: 2, waiting: 0 }]);
  });

  test('go by priority in the group, of the run, of the task, then first submission', async () => {
    await open();
    const holder = runOf('r1', [taskRow('first')]);
    becomes(holder, 'first', { groupSlot: 0 });
    const urgentRun = runOf('r2', [taskRow('run')], 'high');
    const bus = runOf('r3', [
      taskRow('late', { firstSubmittedAt: 9 }),
      taskRow('early', { firstSubmittedAt: 1 }),
      taskRow('task', { priority: 'high', firstSubmittedAt: 9 }),
      taskRow('group', { groupPriority: 1, priority: 'lowest' }),
    ]);
    const order: string[] = [];
    let [at, id]: [FakeBus, string] = [holder, 'first'];
    for (let count = 0; count < 5; count++) {
      becomes(at, id, { state: 'success' });
      const found = [urgentRun, bus].flatMap((one) =>
        one.told.flatMap((event) => (event.type === 'SlotGranted' ? [[one, event.taskInstanceId] as const] : [])),
      );
      const next = found.find(([, granted]) => !order.includes(granted))!;
      [at, id] = [next[0], next[1]];
      order.push(id);
      becomes(at, id, { groupSlot: 0 });
    }
    expect(order).toEqual(['group', 'run', 'task', 'early', 'late']);
  });

  test('one that is given back is free when that is durable, not before (S1)', async () => {
    await open();
    const bus = runOf('r1', [taskRow('a'), taskRow('b')]);
    becomes(bus, 'a', { groupSlot: 0 });
    bus.run.nodeOf.get('a' as never)!.current!.state = 'failure';
    slots.release(bus, 'a' as never);
    expect(bus.news().filter((news) => news === 'SlotGranted 0')).toHaveLength(1);
    becomes(bus, 'a', {});
    expect(bus.news()).toEqual(['SlotGranted 0']);
  });

  test('one that was paused and goes on before the pause is durable gets its slot again, and keeps it', async () => {
    await open();
    const bus = runOf('r1', [taskRow('a'), taskRow('b')]);
    const row = bus.run.nodeOf.get('a' as never)!.current!;
    becomes(bus, 'a', { groupSlot: 0 });
    const paused = { ...row, state: 'paused' } as TaskInstanceRow;
    row.groupSlot = null;
    slots.request(bus, row.id);
    row.groupSlot = 0;
    slots.committed(bus, unitOf({ changedTasks: [paused] }));
    slots.release(bus, row.id);
    expect(bus.told.at(-1)).toEqual({ type: 'SlotGranted', taskInstanceId: 'a', slot: 0 });
    expect(slots.status()).toMatchObject([{ held: 1, waiting: 1 }]);
  });

  test('one that changes slots keeps the one of its row from others until the new one is durable (S1)', async () => {
    groups = [group('db', 1)];
    holders = [holderRow('a', 'r1', 2)];
    await open();
    const bus = runOf('r1', [taskRow('a', { groupSlot: 2, state: 'running' })]);
    const row = bus.run.nodeOf.get('a' as never)!.current!;
    Object.assign(row, { state: 'paused', groupSlot: null });
    slots.release(bus, row.id);
    row.state = 'submitted';
    slots.request(bus, row.id);
    expect(bus.news()).toEqual(['SlotGranted 0']);
    groups = [group('db', 3)];
    slots.refresh();
    await clock.advance(0);
    const other = runOf('r2', [taskRow('b'), taskRow('c')]);
    expect(other.news()).toEqual(['SlotGranted 1', 'SlotDelayed waiting_for_task_group']);
    becomes(bus, 'a', { groupSlot: 0 });
    await clock.advance(10_000);
    expect(other.told.at(-1)).toEqual({ type: 'SlotGranted', taskInstanceId: 'c', slot: 2 });
  });

  test('a task that is let go on without one leaves the line', async () => {
    await open();
    const bus = runOf('r1', [taskRow('a'), taskRow('b'), taskRow('c')]);
    becomes(bus, 'a', { groupSlot: 0 });
    bus.run.nodeOf.get('b' as never)!.current!.groupForced = true;
    slots.release(bus, 'b' as never);
    becomes(bus, 'a', { state: 'success' });
    expect(bus.told.at(-1)).toEqual({ type: 'SlotGranted', taskInstanceId: 'c', slot: 0 });
  });
});

describe('groups', () => {
  test('a closed or missing one grants nothing and says so; opening it is noticed', async () => {
    groups = [group('db', 1, false)];
    await open();
    const bus = runOf('r1', [taskRow('a'), taskRow('x', { taskGroup: 'gpu' })]);
    expect(bus.news()).toEqual(['SlotDelayed task_group_closed', 'SlotDelayed task_group_missing']);
    groups = [group('db', 1), group('gpu', 1)];
    slots.refresh();
    await clock.advance(0);
    expect(bus.news()).toEqual(['SlotGranted 0', 'SlotGranted 0']);
  });

  test('one that shrinks takes nothing away, and grants again below its new size', async () => {
    groups = [group('db', 3)];
    await open();
    const bus = runOf(
      'r1',
      ['a', 'b', 'c', 'd'].map((id) => taskRow(id)),
    );
    for (const [slot, id] of ['a', 'b', 'c'].entries()) becomes(bus, id, { groupSlot: slot });
    groups = [group('db', 1)];
    slots.refresh();
    await clock.advance(1_000);
    expect(bus.told.at(-1)).toMatchObject({ text: '3 of 1 slots of task group "db" are in use.' });
    becomes(bus, 'a', { state: 'success' });
    becomes(bus, 'b', { state: 'success' });
    expect(bus.told.at(-1)!.type).toBe('SlotDelayed');
    becomes(bus, 'c', { state: 'success' });
    expect(bus.told.at(-1)).toEqual({ type: 'SlotGranted', taskInstanceId: 'd', slot: 0 });
  });

  test('a hint that comes before groups are known is not lost', async () => {
    const first = open();
    slots.refresh();
    groups = [group('db', 0)];
    await first;
    groups = [group('db', 1)];
    slots.refresh();
    await clock.advance(0);
    expect(runOf('r1', [taskRow('a')]).news()).toEqual(['SlotGranted 0']);
  });

  test('a change that nobody told of is found by the slow poll, also after a poll that failed', async () => {
    await open();
    const bus = runOf('r1', [taskRow('a'), taskRow('b')]);
    groups = [group('db', 2)];
    away = true;
    await clock.advance(10_000);
    away = false;
    await clock.advance(10_000);
    expect(bus.told.at(-1)).toEqual({ type: 'SlotGranted', taskInstanceId: 'b', slot: 1 });
  });
});

describe('after a crash', () => {
  test('who holds a slot by its row keeps others from it before and after it is in memory', async () => {
    holders = [holderRow('a', 'r1', 0)];
    await open();
    const waiting = runOf('r2', [taskRow('b')]);
    expect(waiting.news()).toEqual(['SlotDelayed waiting_for_task_group']);
    const back = runOf('r1', [taskRow('a', { groupSlot: 0, state: 'running' })]);
    expect(slots.status()).toMatchObject([{ held: 1 }]);
    becomes(back, 'a', { state: 'success' });
    expect(waiting.news()).toEqual(['SlotGranted 0']);
  });

  test('a holder that has ended by the time its run is in memory holds nothing', async () => {
    holders = [holderRow('a', 'r1', 0)];
    await open();
    const waiting = runOf('r2', [taskRow('b')]);
    slots.adopt(createFakeBus({ id: 'r1', tasks: [taskRow('a', { groupSlot: 0, state: 'success' })] }));
    expect(waiting.news()).toContain('SlotGranted 0');
  });

  test('nothing is granted before it is known who holds what (T1)', async () => {
    away = true;
    await open();
    const bus = runOf('r1', [taskRow('a')]);
    expect(bus.news()).toEqual([]);
    away = false;
    await clock.advance(1_000);
    expect(bus.news()).toContain('SlotGranted 0');
  });

  test('a run that is dropped before its slot was durable leaves none behind; a durable one stays held', async () => {
    await open();
    const lost = runOf('r1', [taskRow('a')]);
    slots.forget(lost);
    const bus = runOf('r2', [taskRow('b'), taskRow('c')]);
    expect(bus.news()[0]).toBe('SlotGranted 0');
    becomes(bus, 'b', { groupSlot: 0 });
    slots.forget(bus);
    const other = runOf('r3', [taskRow('d')]);
    expect(other.news()).toEqual(['SlotDelayed waiting_for_task_group']);
    const rebuilt = runOf('r2', [taskRow('b', { groupSlot: 0, state: 'running' })]);
    becomes(rebuilt, 'b', { state: 'killed' });
    expect(other.news()).toEqual(['SlotGranted 0']);
    expect(slots.status()).toEqual([expect.objectContaining({ held: 1, waiting: 0 })]);
  });

  test('a run that was ended in its rows gives everything back', async () => {
    holders = [holderRow('a', 'r1', 0)];
    await open();
    const bus = runOf('r2', [taskRow('b')]);
    slots.ended('r1' as never);
    expect(bus.news()).toContain('SlotGranted 0');
  });

  test('one that is set aside keeps what is durable and waits for nothing', async () => {
    groups = [group('db', 2)];
    await open();
    const bus = runOf('r1', [taskRow('a'), taskRow('b'), taskRow('c')]);
    becomes(bus, 'a', { groupSlot: 0 });
    await slots.setAside(bus);
    expect(slots.status()).toMatchObject([{ held: 1, waiting: 0 }]);
  });

  test('after a refused commit holders are read again', async () => {
    await open();
    const bus = runOf('r1', [taskRow('a')]);
    expect(bus.news()).toEqual(['SlotGranted 0']);
    holders = [holderRow('x', 'r9', 0)];
    await slots.doubt();
    slots.forget(bus);
    expect(runOf('r1', [taskRow('a')]).news()).toEqual(['SlotDelayed waiting_for_task_group']);
  });

  test('what a run commits while they are read is newer than they are', async () => {
    await open();
    const bus = runOf('r1', [taskRow('a'), taskRow('b')]);
    becomes(bus, 'a', { groupSlot: 0 });
    holders = [holderRow('a', 'r1', 0)];
    const doubting = slots.doubt();
    becomes(bus, 'a', { state: 'success' });
    await doubting;
    expect(bus.told.at(-1)).toEqual({ type: 'SlotGranted', taskInstanceId: 'b', slot: 0 });
    expect(slots.status()).toMatchObject([{ held: 1, waiting: 0 }]);
  });
});

function holderRow(taskInstanceId: string, workflowInstanceId: string, groupSlot: number): SlotHolderRow {
  return { taskInstanceId, workflowInstanceId, taskGroup: 'db', groupSlot } as SlotHolderRow;
}
