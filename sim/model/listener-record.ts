/** What the record of events has for listeners, worked out from its rows alone. */
import type { ListenerEventType } from '@vaquita/core';

/** A row of the record, with its place. */
export interface RecordedEvent {
  readonly seq: number;
  readonly type: string;
  readonly projectId: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface HeardOf {
  readonly seq: number;
  readonly type: ListenerEventType;
  readonly projectId: string | null;
}

const AS_IT_IS: Readonly<Record<string, ListenerEventType>> = {
  'server.lost': 'server.down',
  'workflow.added': 'workflow.added',
  'workflow.updated': 'workflow.updated',
  'workflow.removed': 'workflow.removed',
  'task.added': 'task.added',
  'task.updated': 'task.updated',
  'task.removed': 'task.removed',
};
const RUN: Readonly<Record<string, ListenerEventType>> = {
  running: 'workflow.started',
  success: 'workflow.ended',
  failure: 'workflow.failed',
  stopped: 'workflow.failed',
};
const TASK: Readonly<Record<string, ListenerEventType>> = {
  running: 'task.started',
  success: 'task.ended',
  forced_success: 'task.ended',
  failure: 'task.failed',
  killed: 'task.failed',
};
/** A run that comes from one of these was running all the time. */
const WAS_RUNNING: readonly unknown[] = ['ready_pause', 'ready_stop', 'failover'];

/** Undefined: listeners hear nothing of it. */
export function heardOf({ seq, type, projectId, data }: RecordedEvent): HeardOf | undefined {
  const { from, to } = data;
  let heard: ListenerEventType | undefined = AS_IT_IS[type];
  if (type === 'workflow_instance.state' && from !== to) heard = RUN[String(to)];
  if (type === 'task_instance.state' && from !== to) heard = TASK[String(to)];
  if (heard === 'workflow.started' && WAS_RUNNING.includes(from)) return undefined;
  return heard && { seq, type: heard, projectId };
}
