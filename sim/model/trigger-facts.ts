/** What the model is told of triggers, and what the record of events has for them, worked out from its rows alone. */
import type { TriggerFiringRow, WorkflowInstanceRow } from '@vaquita/core';
import type { TriggerSpec, WaitSpec } from '../scenario/scenario.ts';
import type { NewRunFact } from './facts.ts';
import type { RecordedEvent } from './listener-record.ts';

/** A row of the record, and the run that it is about. */
export interface RecordedOfRun extends RecordedEvent {
  readonly workflowInstanceId: string | null;
}

export interface EndFact {
  readonly seq: number;
  readonly run: string;
  readonly state: string;
}

export interface TriggerFacts {
  readonly id: string;
  readonly spec: TriggerSpec;
  /** What it starts. */
  readonly workflowId: string;
  waits: WaitSpec;
  online: boolean;
  deleted: boolean;
  revision: number;
  /** Everything of the record up to here has been dealt with, or was before its time. */
  cursor: number;
  /** By key. */
  readonly firings: Map<string, TriggerFiringRow>;
}

/** A unit of a trigger. */
export interface FireFact {
  readonly trigger: { readonly id: string; readonly revision: number };
  readonly firing: TriggerFiringRow;
  readonly run: NewRunFact | null;
}

/** A pause is no end. */
const ENDS: readonly unknown[] = ['success', 'failure', 'stopped'];

export function endOf({ seq, type, data, workflowInstanceId: run }: RecordedOfRun): EndFact | undefined {
  if (type !== 'workflow_instance.state' || run === null || !ENDS.includes(data.to)) return undefined;
  return { seq, run, state: String(data.to) };
}

/** @param workflow name of the workflow of the run */
export function isAwaited(waits: WaitSpec, state: string, run: WorkflowInstanceRow, workflow: string): boolean {
  if (waits.kind !== 'after_workflow' || run.dryRun || waits.workflow !== workflow) return false;
  if (run.originKind === 'backfill' && !waits.backfills) return false;
  return waits.on === 'end' || waits.on === state;
}
