/**
 * Which task instances hold slots of task groups, and which wait for one. Counts are sizes of these maps.
 *
 * S1 A task instance holds its slot while it wants it, and while its row says that it has it: a slot that is given back
 *    is free when that is durable.
 */
import { PRIORITIES, type Priority, type TaskInstanceId, type WorkflowInstanceId } from '@vaquita/core';
import type { RunBus } from '../bus/run-bus.ts';
import { createLine, type Line } from '../gate/line.ts';

export interface Slot {
  readonly id: TaskInstanceId;
  readonly runId: WorkflowInstanceId;
  readonly group: string;
  /** Null while its run is not in memory. */
  bus: RunBus | null;
  slot: number;
  /** The slot as the row has it. */
  rowSlot: number | null;
  wanted: boolean;
  inRows: boolean;
}

export interface WaitingTask {
  readonly id: TaskInstanceId;
  readonly runId: WorkflowInstanceId;
  readonly group: string;
  readonly bus: RunBus;
  readonly groupPriority: number;
  readonly runPriority: Priority;
  readonly taskPriority: Priority;
  readonly firstSubmittedAt: number;
  /** What it was told last, in short. */
  told: string | null;
}

export interface GroupUse {
  readonly name: string;
  readonly slots: Set<Slot>;
  readonly line: Line<WaitingTask>;
}

export interface SlotTable {
  slot(id: TaskInstanceId): Slot | undefined;
  waiting(id: TaskInstanceId): WaitingTask | undefined;
  hold(slot: Slot): void;
  wait(task: WaitingTask): void;
  drop(slot: Slot): void;
  leave(task: WaitingTask): void;
  use(group: string): GroupUse;
  /** Every group that is or was in use. */
  uses(): readonly GroupUse[];
  ofRun(id: WorkflowInstanceId): readonly TaskInstanceId[];
  runs(): IterableIterator<WorkflowInstanceId>;
  /** Forgets groups that nobody uses. Not while one of them is at hand. */
  prune(): void;
}

export function createSlotTable(): SlotTable {
  const slots = new Map<TaskInstanceId, Slot>();
  const waiting = new Map<TaskInstanceId, WaitingTask>();
  const groups = new Map<string, GroupUse>();
  const runs = new Map<WorkflowInstanceId, Set<TaskInstanceId>>();

  function use(name: string): GroupUse {
    let group = groups.get(name);
    if (!group) {
      group = { name, slots: new Set(), line: createLine(inOrder) };
      groups.set(name, group);
    }
    return group;
  }

  function note(runId: WorkflowInstanceId, id: TaskInstanceId): void {
    const ids = runs.get(runId);
    if (ids) ids.add(id);
    else runs.set(runId, new Set([id]));
  }

  function tidy({ runId, id }: Slot | WaitingTask): void {
    if (slots.has(id) || waiting.has(id)) return;
    const ids = runs.get(runId);
    if (ids?.delete(id) && ids.size === 0) runs.delete(runId);
  }

  return {
    slot: (id) => slots.get(id),
    waiting: (id) => waiting.get(id),
    hold(slot) {
      slots.set(slot.id, slot);
      use(slot.group).slots.add(slot);
      note(slot.runId, slot.id);
    },
    wait(task) {
      waiting.set(task.id, task);
      use(task.group).line.add(task);
      note(task.runId, task.id);
    },
    drop(slot) {
      slots.delete(slot.id);
      use(slot.group).slots.delete(slot);
      tidy(slot);
    },
    leave(task) {
      waiting.delete(task.id);
      use(task.group).line.remove(task);
      tidy(task);
    },
    use,
    uses: () => [...groups.values()],
    ofRun: (id) => [...(runs.get(id) ?? [])],
    runs: () => runs.keys(),
    prune() {
      for (const [name, { slots: held, line }] of groups) if (held.size + line.size === 0) groups.delete(name);
    },
  };
}

/** Order of waiting: priority in the group (higher first), of the run, of the task, first submission, id. */
function inOrder(a: WaitingTask, b: WaitingTask): number {
  return (
    b.groupPriority - a.groupPriority ||
    PRIORITIES.indexOf(a.runPriority) - PRIORITIES.indexOf(b.runPriority) ||
    PRIORITIES.indexOf(a.taskPriority) - PRIORITIES.indexOf(b.taskPriority) ||
    a.firstSubmittedAt - b.firstSubmittedAt ||
    (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  );
}
