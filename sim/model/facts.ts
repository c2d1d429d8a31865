/**
 * What the model is told. It stands on these facts, on rows and on the scenario alone: it imports types of rows and
 * nothing of the engine, so that it cannot share the engine's mistakes.
 */
import type { CommandRow, NewAlert, NewEvent, OutboxRow, TaskInstanceRow, WorkflowInstanceRow } from '@vaquita/core';

/** A unit that the store has applied. */
export interface AppliedUnit {
  readonly at: number;
  /** The process that wrote it, and the epoch it wrote under. */
  readonly by: string;
  readonly epoch: number;
  /** The run was not there before. */
  readonly filing?: NewRunFact | undefined;
  readonly instance: WorkflowInstanceRow | null;
  readonly newTasks: readonly TaskInstanceRow[];
  readonly changedTasks: readonly TaskInstanceRow[];
  readonly events: readonly NewEvent[];
  readonly outboxPut: readonly OutboxRow[];
  readonly outboxDone: readonly string[];
  readonly commandsDone: readonly { readonly id: string; readonly outcome: string }[];
  readonly newRuns: readonly NewRunFact[];
  readonly newCommands: readonly CommandRow[];
  readonly newAlerts: readonly NewAlert[];
  readonly number: number | null;
}

export interface NewRunFact {
  readonly instance: WorkflowInstanceRow;
  readonly command: CommandRow;
  readonly event: NewEvent;
}

/** A task instance as it was and as it is. */
export interface TaskChange {
  readonly before: TaskInstanceRow | undefined;
  readonly row: TaskInstanceRow;
}

/** Everything that one unit changed, for the rules. */
export interface Change {
  readonly unit: AppliedUnit;
  readonly run: RunFacts;
  readonly before: WorkflowInstanceRow;
  readonly tasks: readonly TaskChange[];
}

export interface RunFacts {
  row: WorkflowInstanceRow;
  /** It has been set aside, at some time. */
  wasAside: boolean;
  readonly tasks: Map<string, TaskInstanceRow>;
  /** Current task instances by task name. */
  readonly current: Map<string, TaskInstanceRow>;
  /** Commands for it that have been carried out, with when. */
  readonly done: { readonly command: CommandRow; readonly outcome: string; readonly at: number }[];
  /** States as the events tell them, by task instance; the run's own under its id. */
  readonly told: Map<string, string>;
}

/** What a worker did with one dispatch. */
export interface Execution {
  readonly worker: string;
  readonly dispatchId: string;
  readonly taskInstanceId: string;
  readonly epoch: number;
  readonly acceptedAt: number;
  endedAt: number | null;
  /** Ends that the worker has told or keeps to tell. */
  readonly ends: Set<string>;
}

export class Violation extends Error {
  readonly rule: string;
  constructor(rule: string, text: string) {
    super(text);
    this.rule = rule;
  }
}
