/**
 * Holds the runs in memory against their rows. Says nothing of a run that is busy, set aside or on its way into memory:
 * whoever is at work there has the last word.
 */
import { type Driver, driversOf, isTaskTerminal, isWorkflowTerminal, type WorkflowInstanceId } from '@vaquita/core';
import type { LiveTaskRow, OpenRunRow } from '@vaquita/store';
import type { RunBus } from '../bus/run-bus.ts';
import { isLive } from '../gate/places.ts';
import { type Check, type Finding, unwatched } from './findings.ts';
import { hasDriver, type MemoryView } from './memory-view.ts';

export interface RowsOfRun {
  /** Undefined: the run is not open, or there is none. */
  readonly run: OpenRunRow | undefined;
  readonly tasks: readonly LiveTaskRow[];
  /** Of one that has not been started: its start command is pending. */
  readonly hasCommand: boolean;
}

export function compareRun(memory: MemoryView, id: WorkflowInstanceId, rows: RowsOfRun): readonly Finding[] {
  if (memory.runs.isComing(id)) return [];
  const bus = memory.runs.get(id);
  if (rows.run && isUnstarted(rows.run) && (!bus || memory.idle.isIdle(bus)))
    return rows.hasCommand ? [] : [neverStarted(rows.run)];
  if (!bus) return rows.run ? withoutBus(memory, rows.run) : notOpen(memory, id);
  if (!memory.idle.isIdle(bus)) return [];
  const found = rows.run
    ? (differences(bus, rows.run, rows.tasks) ?? placeOf(memory, bus, rows) ?? standstill(memory, bus))
    : ended(bus);
  return found ? [found] : [];
}

function isUnstarted({ state, queuedAt }: OpenRunRow): boolean {
  return state === 'submitted' && queuedAt === null;
}

function neverStarted({ id, updatedAt }: OpenRunRow): Finding {
  const text = 'It waits for its start command, and there is none.';
  return { check: 'never_started', subject: id, stamp: `${updatedAt}`, text, mend: { how: 'start', run: id }, run: id };
}

function withoutBus(memory: MemoryView, { id, state, updatedAt }: OpenRunRow): readonly Finding[] {
  if (memory.isUnrunnable(id) || memory.takingOver.isAfter(id)) return [];
  const text = `It is ${state} in its rows, and nobody had it in memory.`;
  return [
    { check: 'run_not_in_memory', subject: id, stamp: `${updatedAt}`, text, mend: { how: 'load', run: id }, run: id },
  ];
}

/** Neither open nor in memory: it may hold nothing. */
function notOpen({ room }: MemoryView, id: WorkflowInstanceId): readonly Finding[] {
  if (!room.runs().has(id)) return [];
  const text = 'It is not open, and something was still held for it or waited in its name.';
  return [{ check: 'ghost_place', subject: id, stamp: '', text, mend: { how: 'forget', run: id }, run: id }];
}

function ended(bus: RunBus): Finding | undefined {
  const { state } = bus.run.instance;
  // It is about to leave memory.
  if (isWorkflowTerminal(state)) return lingers(bus);
  return renewal('run_not_open', bus, `It was ${state} in memory, and its rows say that it has ended or are gone.`);
}

function lingers(bus: RunBus): Finding {
  return renewal('run_not_open', bus, 'It has ended and did not leave memory.');
}

function renewal(check: Check, bus: RunBus, text: string, about = ''): Finding {
  const stamp = `${stampOf(bus)} ${about}`;
  return { check, subject: bus.id, stamp, text, mend: { how: 'renew', run: bus.id }, run: bus.id };
}

/** Another one whenever something has happened to the run. */
function stampOf({ run }: RunBus): string {
  const { updatedAt, runCounter, state } = run.instance;
  const newest = run.nodes.reduce((latest, { current }) => Math.max(latest, current?.updatedAt ?? 0), updatedAt);
  return `${state} ${runCounter} ${newest} ${run.activeCount}`;
}

/** Where memory and rows tell another story. */
function differences(bus: RunBus, row: OpenRunRow, tasks: readonly LiveTaskRow[]): Finding | undefined {
  const { instance } = bus.run;
  for (const field of ['state', 'runCounter', 'queuedAt', 'executionSlot'] as const) {
    if (row[field] === instance[field]) continue;
    const text = `${field} was ${instance[field]} in memory and is ${row[field]} in its row.`;
    return renewal('rows_differ', bus, text, `${row.updatedAt}`);
  }
  if (row.isAside !== (instance.quarantine !== null)) {
    const text = `It was ${row.isAside ? 'not ' : ''}set aside in memory, and is ${row.isAside ? '' : 'not '}in its row.`;
    return renewal('rows_differ', bus, text, `${row.updatedAt}`);
  }
  const left = new Map(tasks.map((task) => [task.id, task]));
  for (const { current } of bus.run.nodes) {
    if (!current || isTaskTerminal(current.state)) continue;
    const task = left.get(current.id);
    left.delete(current.id);
    if (task?.state === current.state && task.dispatchId === current.dispatchId && task.groupSlot === current.groupSlot)
      continue;
    const text = `Task "${current.name}" was ${describe(current)} in memory and is ${task ? describe(task) : 'no live task'} in the rows.`;
    return renewal('rows_differ', bus, text, current.id);
  }
  for (const task of left.values()) {
    const text = `Task "${task.name}" is ${describe(task)} in its row, and memory knew of no such task instance.`;
    return renewal('rows_differ', bus, text, task.id);
  }
  return undefined;
}

function describe({ state, dispatchId }: Pick<LiveTaskRow, 'state' | 'dispatchId'>): string {
  return dispatchId === null ? state : `${state} by dispatch ${dispatchId}`;
}

/** What the gate and the task groups hold for the run, and what the rows say that it has. */
function placeOf({ room }: MemoryView, bus: RunBus, { run, tasks }: RowsOfRun): Finding | undefined {
  if (!room.isKnown()) return undefined;
  const place = room.placeOf(bus.id);
  const wanted = run && isLive(run.state) ? run.executionSlot : undefined;
  const held = place?.inRows ? place.slot : undefined;
  if (held !== wanted) {
    const text = `Its place was ${told(held)} in memory and is ${told(wanted)} in its row.`;
    return renewal('place_differs', bus, text, told(held));
  }
  const slots = new Map(room.slotsOf(bus.id).map(({ id, slot }) => [id, slot]));
  for (const { id, name, groupSlot } of tasks) {
    const slot = slots.get(id) ?? null;
    slots.delete(id);
    if (slot === groupSlot) continue;
    const text = `The slot of task "${name}" in its group was ${slot} in memory and is ${groupSlot} in its row.`;
    return renewal('place_differs', bus, text, id);
  }
  for (const id of slots.keys()) {
    const text = `Memory held a slot of a task group for task instance ${id}, which has none in its row.`;
    return renewal('place_differs', bus, text, id);
  }
  return undefined;
}

function told(slot: number | null | undefined): string {
  return slot === undefined ? 'none' : slot === null ? 'one without a number' : String(slot);
}

/** A task, or the run itself, that nothing will ever move. */
function standstill(memory: MemoryView, bus: RunBus): Finding | undefined {
  for (const { driver, task } of driversOf(bus.run, memory.now())) {
    if (hasDriver(memory, bus, driver)) {
      if (driver.kind === 'dispatch' && !memory.presence.isSeenTo(driver.workerId))
        return unwatched(driver.workerId, bus.id);
      continue;
    }
    const who = task === null ? 'The run' : `Task "${task}"`;
    const text = `${who} waited for ${WAITS_FOR[driver.kind]}, which was not there.`;
    return renewal('stands_still', bus, text, JSON.stringify(driver));
  }
  return undefined;
}

const WAITS_FOR = {
  start: 'its start command',
  turn: 'an answer to its asking for its turn',
  more: 'being told to start more tasks',
  queue: 'its place in the queue for workers',
  slot: 'an answer to its asking for a slot of its task group',
  timer: 'a timer',
  dispatch: 'a worker that has it or is waited for',
} as const satisfies Record<Driver['kind'], string>;
