/** Whom a run alerts, worked out once when it comes into memory. */
import { type AlertChoice, DEFAULT_ALERT_GROUP } from '../alerts/alert.ts';
import type { WorkflowDefinition } from '../definition/definition.ts';
import type { WorkflowInstanceRow } from './rows.ts';
import type { RunNode } from './run.ts';

export interface RunAlerts {
  readonly on: AlertChoice;
  readonly group: string;
  readonly queueWaitMs: number | null;
  readonly deadlineMs: number | null;
  /** Tasks that have failed for good in the transition that is under way. */
  readonly failing: RunNode[];
  /** Failed tasks that were told of by themselves: many in one run are told of together, at its end. */
  tasksTold: number;
}

/**
 * Null for a run that alerts nobody, which is what every producer looks at first: also a run that another run has started,
 * because that one tells of it, and a dry run. A start that says `none` silences whatever the definition asks for.
 */
export function alertsOfRun({ alerts }: WorkflowDefinition, instance: WorkflowInstanceRow): RunAlerts | null {
  const { alertOn, alertGroup, parentInstanceId, dryRun } = instance;
  if ((alerts === null && alertOn === null) || alertOn === 'none' || parentInstanceId !== null || dryRun) return null;
  const on = alertOn ?? alerts?.on ?? 'none';
  const { queueWaitMs = null, deadlineMs = null } = alerts ?? {};
  if (on === 'none' && queueWaitMs === null && deadlineMs === null) return null;
  const group = alertGroup ?? alerts?.group ?? DEFAULT_ALERT_GROUP;
  return { on, group, queueWaitMs, deadlineMs, failing: [], tasksTold: 0 };
}

export function tellsOfFailure({ on }: RunAlerts): boolean {
  return on === 'failure' || on === 'all';
}

export function tellsOfSuccess({ on }: RunAlerts): boolean {
  return on === 'success' || on === 'all';
}
