/** A run that has asked for its turn, and what its definition says of runs beside it. */
import {
  type ExecutionType,
  PRIORITIES,
  type Priority,
  type ProjectId,
  type WorkflowDefinition,
  type WorkflowId,
  type WorkflowInstanceId,
} from '@vaquita/core';
import type { RunBus } from '../bus/run-bus.ts';

export interface Ask {
  readonly id: WorkflowInstanceId;
  readonly workflowId: WorkflowId;
  readonly projectId: ProjectId;
  readonly bus: RunBus;
  readonly priority: Priority;
  readonly queuedAt: number;
  /** With `queuedAt`, which of its askings this is: two of them may fall into one millisecond. */
  readonly runCounter: number;
  readonly execution: ExecutionType;
  /** How many runs of its workflow may be live at once; null: any number. */
  readonly capacity: number | null;
  /** The run that a task of started it. Such runs need no admission: their parents hold room while they wait for them. */
  readonly parentId: WorkflowInstanceId | null;
  /** The place that is kept for it while it waits for admission; undefined while it has none. */
  slot: number | null | undefined;
  /** What it was told last, in short; null when nothing yet. */
  told: string | null;
}

export function askOf(bus: RunBus, now: number): Ask {
  const { instance, definition } = bus.run;
  return {
    id: instance.id,
    workflowId: instance.workflowId,
    projectId: instance.projectId,
    bus,
    priority: instance.priority,
    queuedAt: instance.queuedAt ?? now,
    runCounter: instance.runCounter,
    execution: definition.execution,
    capacity: capacityOf(definition),
    parentId: instance.parentInstanceId,
    slot: undefined,
    told: null,
  };
}

function capacityOf({ execution, maxParallelRuns }: WorkflowDefinition): number | null {
  return execution === 'parallel' ? maxParallelRuns : 1;
}

/** Order of waiting: priority, then since when, then id. */
export function inOrder(a: Ask, b: Ask): number {
  return PRIORITIES.indexOf(a.priority) - PRIORITIES.indexOf(b.priority) || byAge(a, b);
}

/** Older first. */
export function byAge(
  a: { readonly queuedAt: number; readonly id: string },
  b: { readonly queuedAt: number; readonly id: string },
): number {
  return a.queuedAt - b.queuedAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
