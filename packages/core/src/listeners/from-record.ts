/**
 * From a row of the record of events to what listeners hear. One row is at most one event, which so takes over its place
 * in the order of all that happened.
 */
import type { ProjectId, TaskInstanceId, WorkflowId, WorkflowInstanceId } from '../identity/ids.ts';
import type { EventType } from '../machine/rows.ts';
import { type ListenerEvent, type ListenerEventType, listenerEventId } from './event.ts';
import { LISTENER_PAYLOADS, type ListenerPayloadOf } from './payloads.ts';

/** A row of the record, with what else is known of whatever it tells of. */
export interface RelayedRow {
  readonly seq: number;
  readonly type: EventType;
  readonly at: number;
  readonly projectId: ProjectId | null;
  /** Null when the project is not there any more. */
  readonly projectName: string | null;
  readonly workflowInstanceId: WorkflowInstanceId | null;
  readonly taskInstanceId: TaskInstanceId | null;
  readonly data: Readonly<Record<string, unknown>>;
  readonly run: RelayedRun | null;
  readonly task: RelayedTask | null;
}

export interface RelayedRun {
  readonly workflowId: WorkflowId;
  readonly workflowName: string;
  readonly version: number;
  readonly number: number | null;
  readonly createdBy: string;
  readonly dryRun: boolean;
  readonly parentInstanceId: WorkflowInstanceId | null;
  readonly parentTask: string | null;
  readonly startedAt: number | null;
}

export interface RelayedTask {
  readonly type: string;
  readonly workerName: string | null;
  readonly startedAt: number | null;
}

/** Rows of other types tell listeners nothing. */
export const RELAYED_EVENT_TYPES = [
  'server.lost',
  'workflow.added',
  'workflow.updated',
  'workflow.removed',
  'task.added',
  'task.updated',
  'task.removed',
  'workflow_instance.state',
  'task_instance.state',
] as const satisfies readonly EventType[];

/** Undefined: listeners hear nothing of it. */
export function toListenerEvent(row: RelayedRow): ListenerEvent | undefined {
  switch (row.type) {
    case 'server.lost':
      return serverDown(row);
    case 'workflow.added':
    case 'workflow.updated':
    case 'workflow.removed':
      return workflowChanged(row, row.type);
    case 'task.added':
    case 'task.updated':
    case 'task.removed':
      return taskChanged(row, row.type);
    case 'workflow_instance.state':
      return runChanged(row);
    case 'task_instance.state':
      return attemptChanged(row);
    default:
      return undefined;
  }
}

function make<Type extends ListenerEventType>(
  row: RelayedRow,
  type: Type,
  { subject, data }: { readonly subject: string; readonly data: ListenerPayloadOf<Type> },
): ListenerEvent {
  const { seq, at, projectId, projectName } = row;
  const name = projectName ?? text(row.data.project) ?? projectId;
  const project = projectId === null ? null : { id: projectId, name: name! };
  return {
    id: listenerEventId(seq),
    seq,
    type,
    version: LISTENER_PAYLOADS[type].version,
    time: at,
    project,
    subject,
    data,
  };
}

function serverDown(row: RelayedRow): ListenerEvent {
  const id = text(row.data.id) ?? text(row.data.serverId) ?? 'unknown';
  const name = text(row.data.name) ?? id;
  return make(row, 'server.down', {
    subject: `server/${name}`,
    data: { server: { id, name }, host: text(row.data.host) },
  });
}

function workflowChanged(row: RelayedRow, type: 'workflow.added' | 'workflow.updated' | 'workflow.removed') {
  const workflow = workflowOf(row);
  const subject = `workflow/${workflow.name}`;
  const data = { workflow, by: text(row.data.by) };
  if (type !== 'workflow.updated') return make(row, type, { subject, data });
  const { change } = row.data;
  const what = change === 'online' || change === 'offline' ? change : ('version' as const);
  return make(row, type, { subject, data: { ...data, change: what, renamedFrom: text(row.data.renamedFrom) } });
}

function taskChanged(row: RelayedRow, type: 'task.added' | 'task.updated' | 'task.removed'): ListenerEvent {
  const workflow = workflowOf(row);
  const task = { name: text(row.data.task) ?? '', type: text(row.data.taskType) };
  const subject = `workflow/${workflow.name}/task/${task.name}`;
  return make(row, type, { subject, data: { workflow, task, by: text(row.data.by) } });
}

/** Of rows that the API writes. */
function workflowOf({ data }: RelayedRow) {
  return { id: text(data.workflowId) ?? '', name: text(data.name) ?? '', version: whole(data.version) };
}

function runChanged(row: RelayedRow): ListenerEvent | undefined {
  const { from, to } = row.data;
  if (from === to) return undefined;
  const about = aboutRun(row);
  if (to === 'running') return GOES_ON.has(String(from)) ? undefined : make(row, 'workflow.started', about);
  const type = to === 'success' ? 'workflow.ended' : RUN_FAILED.has(String(to)) ? 'workflow.failed' : null;
  return (
    (type && make(row, type, { ...about, data: { ...about.data, ...ending(row, row.run?.startedAt ?? null) } })) ||
    undefined
  );
}

function attemptChanged(row: RelayedRow): ListenerEvent | undefined {
  const { from, to } = row.data;
  if (from === to) return undefined;
  const about = aboutAttempt(row);
  if (to === 'running') return make(row, 'task.started', about);
  const type = TASK_ENDED.has(String(to)) ? 'task.ended' : TASK_FAILED.has(String(to)) ? 'task.failed' : null;
  return (
    (type && make(row, type, { ...about, data: { ...about.data, ...ending(row, row.task?.startedAt ?? null) } })) ||
    undefined
  );
}

/** States from which a run that runs again has not been begun anew. */
const GOES_ON: ReadonlySet<string> = new Set(['ready_pause', 'ready_stop', 'failover']);
const RUN_FAILED: ReadonlySet<string> = new Set(['failure', 'stopped']);
const TASK_ENDED: ReadonlySet<string> = new Set(['success', 'forced_success']);
const TASK_FAILED: ReadonlySet<string> = new Set(['failure', 'killed']);

function aboutRun({ run, workflowInstanceId, data }: RelayedRow) {
  const parentId = run?.parentInstanceId ?? null;
  const workflow = { id: run?.workflowId ?? '', name: run?.workflowName ?? '', version: run?.version ?? null };
  return {
    subject: `workflow/${workflow.name}/run/${run?.number ?? workflowInstanceId}`,
    data: {
      workflow,
      run: {
        id: workflowInstanceId ?? '',
        number: run?.number ?? null,
        counter: whole(data.runCounter),
        createdBy: run?.createdBy ?? null,
        dryRun: run?.dryRun ?? false,
        isChild: parentId !== null,
        parent: parentId === null ? null : { runId: parentId, task: run?.parentTask ?? null },
      },
      state: String(data.to),
    },
  };
}

function aboutAttempt(row: RelayedRow) {
  const { data, task, taskInstanceId } = row;
  const of = aboutRun(row);
  const name = text(data.name) ?? '';
  return {
    subject: `${of.subject}/task/${name}`,
    data: {
      ...of.data,
      task: { name, type: task?.type ?? null, instanceId: taskInstanceId ?? '', attempt: whole(data.attempt) ?? 1 },
      worker: text(data.worker) ?? task?.workerName ?? null,
    },
  };
}

/** The row may have gone on since: a start after this end is that of another time. */
function ending({ at, data }: RelayedRow, startedAt: number | null) {
  const [code, words] = [text(data.code), text(data.text)];
  return {
    startedAt: startedAt !== null && startedAt <= at ? startedAt : null,
    endedAt: at,
    reason: code === null || words === null ? null : { code, text: words },
  };
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function whole(value: unknown): number | null {
  return Number.isSafeInteger(value) ? (value as number) : null;
}
