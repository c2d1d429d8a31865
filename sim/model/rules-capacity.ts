/** Rules of places, held at every commit: slots of workers, of task groups and of execution types are never over-admitted. */
import { type Change, Violation } from './facts.ts';
import type { Mirror } from './mirror.ts';
import { isHeld, TERMINAL_TASK } from './rules-rows.ts';

const LIVE_RUN: ReadonlySet<string> = new Set(['running', 'ready_pause', 'ready_stop', 'failover']);

export interface GroupSizes {
  /** The largest size that the group has had lately: one that shrinks keeps its holders. */
  largest(group: string): number | undefined;
}

export function checkCapacity(mirror: Mirror, sizes: GroupSizes, { unit, run, before, tasks }: Change): void {
  if (tasks.some(({ row }) => isHeld(row))) checkWorkers(mirror, unit.epoch);
  if (tasks.some((change) => change.row.groupSlot !== null && change.before?.groupSlot == null))
    checkGroups(mirror, sizes);
  if (LIVE_RUN.has(run.row.state) && !LIVE_RUN.has(before.state)) checkExecution(mirror, run.row.workflowId);
}

function checkWorkers(mirror: Mirror, epoch: number): void {
  const held = new Map<string, number>();
  for (const run of mirror.runs.values()) {
    for (const row of run.current.values()) {
      if (!isHeld(row) || mirror.inDoubt.has(row.id)) continue;
      const execution = mirror.executions.get(row.dispatchId ?? '');
      // The commit that says so may still be on its way: what the worker has ended takes no slot.
      if (execution?.endedAt != null) continue;
      // Nor does what never reached the worker, where the commit that says so was refused for good.
      if (execution === undefined && run.row.quarantine !== null) continue;
      // Nor what an earlier leader wrote and never sent.
      if (execution === undefined && row.dispatchEpoch !== epoch) continue;
      const worker = row.workerName ?? '';
      const count = (held.get(worker) ?? 0) + 1;
      held.set(worker, count);
      const { slots } = mirror.scenario.workers.find(({ name }) => name === worker) ?? { slots: 0 };
      if (count > slots) throw new Violation('slots', `worker ${worker} has ${slots} slots and holds ${count} tasks`);
    }
  }
}

function checkGroups(mirror: Mirror, sizes: GroupSizes): void {
  const held = new Map<string, Set<number>>();
  for (const run of mirror.runs.values()) {
    for (const row of run.current.values()) {
      const { taskGroup, groupSlot } = row;
      if (taskGroup == null || groupSlot == null || TERMINAL_TASK.has(row.state)) continue;
      const slots = held.get(taskGroup) ?? new Set();
      if (slots.has(groupSlot)) throw new Violation('groups', `two tasks hold slot ${groupSlot} of group ${taskGroup}`);
      held.set(taskGroup, slots.add(groupSlot));
      const size = sizes.largest(taskGroup) ?? 0;
      if (slots.size > size)
        throw new Violation('groups', `group ${taskGroup} has ${size} slots and ${slots.size} holders`);
    }
  }
}

function checkExecution(mirror: Mirror, workflowId: string): void {
  const live = [...mirror.runs.values()].filter(({ row }) => row.workflowId === workflowId && LIVE_RUN.has(row.state));
  const spec = mirror.workflowOf(live[0]!);
  const limit = spec.execution === 'parallel' ? (spec.maxParallelRuns ?? Number.POSITIVE_INFINITY) : 1;
  if (live.length > limit) {
    throw new Violation(
      'turns',
      `${live.length} runs of ${spec.name} (${spec.execution}) are live, and ${limit} may be`,
    );
  }
}
