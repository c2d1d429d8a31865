/**
 * Slots of task groups. Tasks ask through their run's bus and are answered there: granted, or delayed with who holds the
 * slots. Derived from the rows of groups and of task instances, and from what buses have committed since.
 *
 * T1 Nothing is granted before groups and holders have been read.
 * T2 A slot is granted only of an open group, only while fewer task instances hold one than the group has, and never one
 *    that another holds. A group that shrinks takes nothing away.
 * T3 Waiting tasks are served in the order of `slots.ts`.
 * T4 Every task that waits has been told why, and is told anew when that changes: at once when it asks, else with the
 *    next refresh.
 * T5 What a run holds follows its rows: a run that is rebuilt, set aside or gone leaves nothing behind.
 */
import { isTaskTerminal, type TaskInstanceId, type TaskInstanceRow, toAppError } from '@vaquita/core';
import type { SlotHolderRow, TaskGroupRow } from '@vaquita/store';
import type { RunBus } from '../bus/run-bus.ts';
import { keepTrying } from '../gate/keep-trying.ts';
import { createRowReader } from '../gate/row-reader.ts';
import { createSlotTable, type GroupUse, type Slot, type WaitingTask } from './slots.ts';
import type { TaskGroups, TaskGroupsDeps } from './task-groups-port.ts';
import { closedGroup, keyOf, missingGroup, notKnown, type SlotDelay, slotDelay } from './words.ts';

export function createTaskGroups(deps: TaskGroupsDeps): TaskGroups {
  const table = createSlotTable();
  let groups: ReadonlyMap<string, TaskGroupRow> = new Map();
  let known = false;
  let refreshing = false;
  let reading = false;
  let readAgain = false;
  const reader = createRowReader<TaskInstanceId>(deps);

  function serve(use: GroupUse): void {
    const group = groups.get(use.name);
    if (!known || !group?.open) return;
    for (let head = use.line.at(0); head; head = use.line.at(0)) {
      const slot = freeSlot(use, group.size, head);
      if (slot === undefined) break;
      grant(head, slot);
    }
    tellSoon();
  }

  /** Undefined: none is free. */
  function freeSlot({ slots }: GroupUse, size: number, task: WaitingTask): number | undefined {
    const own = table.slot(task.id);
    const taken = new Set<number | null>();
    for (const other of slots) if (other !== own) taken.add(other.slot).add(other.rowSlot);
    if (slots.size - (own ? 1 : 0) >= size) return undefined;
    if (own && own.rowSlot !== null && own.rowSlot < size && !taken.has(own.rowSlot)) return own.rowSlot;
    for (let slot = 0; slot < size; slot++) if (!taken.has(slot)) return slot;
    return undefined;
  }

  function grant(task: WaitingTask, slot: number): void {
    table.leave(task);
    const own = table.slot(task.id);
    const { id, runId, group, bus } = task;
    if (own) Object.assign(own, { slot, bus, wanted: true });
    else table.hold({ id, runId, group, bus, slot, rowSlot: null, wanted: true, inRows: false });
    bus.post({ type: 'SlotGranted', taskInstanceId: id, slot });
  }

  /** A slot that nobody wants and no row has goes to whoever waits. */
  function settle(slot: Slot): void {
    if (slot.wanted || slot.inRows) return;
    table.drop(slot);
    serve(table.use(slot.group));
  }

  function leave(task: WaitingTask): void {
    table.leave(task);
    tellSoon();
  }

  function holdFromRow(
    bus: RunBus | null,
    { taskInstanceId: id, workflowInstanceId: runId, taskGroup: group, groupSlot: slot }: SlotHolderRow,
  ): void {
    const held = table.slot(id);
    const wanted = bus !== null;
    if (held) Object.assign(held, { slot, rowSlot: slot, inRows: true, ...(bus ? { bus, wanted } : {}) });
    else table.hold({ id, runId, group, bus, slot, rowSlot: slot, wanted, inRows: true });
  }

  async function readHolders(): Promise<void> {
    const read = await reader.read('Who holds slots of task groups', () => deps.store.slotHolders());
    if (!read) return;
    const listed = new Set(read.rows.map((row) => row.taskInstanceId));
    for (const row of read.rows) if (!read.isOutdated(row.taskInstanceId)) holdFromRow(null, row);
    for (const use of table.uses()) {
      for (const slot of [...use.slots]) {
        if (listed.has(slot.id) || read.isOutdated(slot.id)) continue;
        slot.inRows = false;
        settle(slot);
      }
    }
  }

  async function readGroups(): Promise<void> {
    const rows = await deps.store.taskGroups();
    groups = new Map(rows.map((row) => [row.name, row]));
    for (const use of table.uses()) serve(use);
  }

  /** One read at a time; a hint that comes during one asks for another. */
  async function refresh(): Promise<void> {
    readAgain = true;
    if (reading || !known) return;
    reading = true;
    while (readAgain && !deps.isOver()) {
      readAgain = false;
      try {
        await readGroups();
      } catch (error) {
        deps.log.warn('Task groups could not be read; they are read again.', { error: toAppError(error).message });
      }
    }
    reading = false;
    pollLater();
  }

  function pollLater(): void {
    table.prune();
    deps.timers.after('task groups', deps.pollMs, () => void refresh());
  }

  function tellSoon(): void {
    if (refreshing) return;
    refreshing = true;
    deps.timers.after('what tasks of groups are told', deps.refreshMs, () => {
      refreshing = false;
      for (const { line } of table.uses()) for (const task of line) tell(task);
    });
  }

  function tell(task: WaitingTask): void {
    const delay = delayOf(task);
    const key = keyOf(delay);
    if (key === task.told) return;
    task.told = key;
    task.bus.post({ type: 'SlotDelayed', taskInstanceId: task.id, ...delay });
  }

  function delayOf(task: WaitingTask): SlotDelay {
    const group = groups.get(task.group);
    if (!known) return notKnown(task.group);
    if (!group) return missingGroup(task.group);
    if (!group.open) return closedGroup(task.group);
    const { slots, line } = table.use(task.group);
    return slotDelay(task.group, group.size, slots, line.before(task));
  }

  /** What its row says now, as far as it is durable. */
  function follow(bus: RunBus, row: TaskInstanceRow): void {
    reader.note(row.id);
    const slot = table.slot(row.id);
    if (!slot) return;
    slot.inRows = row.groupSlot !== null && !isTaskTerminal(row.state);
    slot.rowSlot = slot.inRows ? row.groupSlot : null;
    if (slot.inRows) slot.bus = bus;
    settle(slot);
  }

  return {
    async open() {
      await readHolders();
      const rows = await keepTrying(deps, 'Task groups', () => deps.store.taskGroups());
      if (!rows) return;
      groups = new Map(rows.map((row) => [row.name, row]));
      known = true;
      for (const use of table.uses()) serve(use);
      tellSoon();
      pollLater();
      if (readAgain) await refresh();
    },
    refresh: () => void refresh(),
    request(bus, id) {
      const row = bus.run.nodeOf.get(id)?.current;
      if (!row || row.id !== id || row.taskGroup === null) return;
      const held = table.slot(id);
      if (held?.wanted && held.bus === bus) {
        bus.post({ type: 'SlotGranted', taskInstanceId: id, slot: held.slot });
        return;
      }
      const before = table.waiting(id);
      if (before?.bus === bus) return;
      if (before) table.leave(before);
      const task: WaitingTask = {
        ...{ id, bus, runId: bus.id, group: row.taskGroup, groupPriority: row.groupPriority },
        ...{ runPriority: bus.run.instance.priority, taskPriority: row.priority },
        ...{ firstSubmittedAt: row.firstSubmittedAt, told: null },
      };
      table.wait(task);
      serve(table.use(task.group));
      if (known && table.waiting(id)) tell(task);
    },
    release(bus, id) {
      const row = bus.run.nodeOf.get(id)?.current;
      if (row && row.id === id && wantsSlot(row)) return;
      const task = table.waiting(id);
      if (task?.bus === bus) leave(task);
      const slot = table.slot(id);
      if (!slot || slot.bus !== bus) return;
      slot.wanted = false;
      settle(slot);
    },
    committed(bus, { newTasks, changedTasks }) {
      for (const rows of [newTasks, changedTasks]) for (const row of rows) if (row.taskGroup !== null) follow(bus, row);
    },
    adopt(bus) {
      const held = new Set<TaskInstanceId>();
      for (const { current: row } of bus.run.nodes) {
        if (!row || row.taskGroup === null || row.groupSlot === null || isTaskTerminal(row.state)) continue;
        reader.note(row.id);
        held.add(row.id);
        const { id: taskInstanceId, taskGroup, groupSlot } = row;
        holdFromRow(bus, { taskInstanceId, workflowInstanceId: bus.id, taskGroup, groupSlot });
      }
      for (const id of table.ofRun(bus.id)) if (!held.has(id)) forgetTask(id);
    },
    forget(bus) {
      giveUp(bus, true);
    },
    async setAside(bus) {
      giveUp(bus, false);
      await bus.quiet();
      for (const id of table.ofRun(bus.id)) {
        const slot = table.slot(id);
        if (slot?.bus !== bus) continue;
        slot.wanted = false;
        settle(slot);
      }
    },
    ended(id) {
      for (const task of table.ofRun(id)) forgetTask(task);
    },
    doubt: readHolders,
    isKnown: () => known,
    waits: (bus, id) => table.waiting(id)?.bus === bus,
    slotsOf: (run) =>
      table.ofRun(run).flatMap((id) => {
        const slot = table.slot(id);
        return slot?.inRows && slot.rowSlot !== null ? [{ id, slot: slot.rowSlot }] : [];
      }),
    runs: table.runs,
    status: () =>
      table
        .uses()
        .filter(({ slots, line }) => slots.size + line.size > 0)
        .map(({ name, slots, line }) => {
          const group = groups.get(name);
          return { name, size: group?.size ?? null, open: group?.open ?? false, held: slots.size, waiting: line.size };
        }),
  };

  /** Neither waits nor holds anything, whatever was known of it. */
  function forgetTask(id: TaskInstanceId): void {
    reader.note(id);
    const task = table.waiting(id);
    if (task) leave(task);
    const slot = table.slot(id);
    if (!slot) return;
    slot.wanted = false;
    slot.inRows = false;
    settle(slot);
  }

  function giveUp(bus: RunBus, slotsToo: boolean): void {
    for (const id of table.ofRun(bus.id)) {
      const task = table.waiting(id);
      if (task?.bus === bus) leave(task);
      const slot = table.slot(id);
      if (!slotsToo || slot?.bus !== bus) continue;
      slot.bus = null;
      slot.wanted = false;
      settle(slot);
    }
  }
}

/** As memory has it: it holds a slot, or waits for one. */
function wantsSlot({ state, groupSlot, groupForced }: TaskInstanceRow): boolean {
  return !isTaskTerminal(state) && (groupSlot !== null || (state === 'submitted' && !groupForced));
}
