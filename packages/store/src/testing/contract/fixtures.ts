/** Rows for the store's contract: complete, valid, and told apart by the words a test gives. */
import type {
  CommandId,
  CommandRow,
  NewEvent,
  ProjectId,
  TaskInstanceId,
  TaskInstanceRow,
  UserId,
  WorkerId,
  WorkflowId,
  WorkflowInstanceId,
  WorkflowInstanceRow,
} from '@vaquita/core';
import type { ProjectRow, WorkflowRow, WorkflowVersionRow } from '../../ports/api.ts';
import type { RunCommit, WorkerFacts, WorkerRow } from '../../ports/master.ts';
import type { TokenRow, UserRow } from '../../ports/people.ts';
import { newUser } from './new-user.ts';

export const PROJECT = 'project-1' as ProjectId;
export const WORKFLOW = 'workflow-1' as WorkflowId;
export const runId = (id: string) => id as WorkflowInstanceId;

export function project(id: string, name = id): ProjectRow {
  return { id: id as ProjectId, name, description: `about ${name}`, params: [], createdAt: 1, updatedAt: 1 };
}

export function workflow(id: string, more: Partial<WorkflowRow> = {}): WorkflowRow {
  return {
    id: id as WorkflowId,
    projectId: PROJECT,
    name: id,
    description: '',
    version: 1,
    online: true,
    taskCount: 2,
    createdAt: 1,
    updatedAt: 1,
    ...more,
  };
}

export function version(workflowId: string, hash = 'hash-1'): WorkflowVersionRow {
  const document = { name: workflowId, tasks: [{ name: 'a', über: ['x', 1, null, true] }] };
  return {
    workflowId: workflowId as WorkflowId,
    version: 1,
    document,
    contentHash: hash,
    createdBy: 'ann',
    createdAt: 5,
  };
}

export function run(id: string, more: Partial<WorkflowInstanceRow> = {}): WorkflowInstanceRow {
  return {
    id: runId(id),
    projectId: PROJECT,
    workflowId: WORKFLOW,
    workflowName: 'workflow-1',
    version: 1,
    number: null,
    state: 'submitted',
    runCounter: 1,
    params: { day: "mon 'quoted' ü" },
    startTasks: ['a'],
    scope: 'all',
    failureStrategy: 'continue',
    priority: 'medium',
    workerGroup: null,
    environment: null,
    dryRun: false,
    timeoutMs: null,
    alertOn: null,
    alertGroup: null,
    originKind: null,
    originId: null,
    timezone: null,
    businessTime: 1_790_000_000_000,
    queuedAt: null,
    executionSlot: null,
    parentInstanceId: null,
    parentTask: null,
    parentTaskId: null,
    childIndex: 0,
    lineage: [],
    outputs: {},
    createdBy: 'ann',
    createdAt: 10,
    startedAt: null,
    endedAt: null,
    updatedAt: 10,
    reason: null,
    quarantine: null,
    ...more,
  };
}

export function task(id: string, run: string, more: Partial<TaskInstanceRow> = {}): TaskInstanceRow {
  return {
    id: id as TaskInstanceId,
    workflowInstanceId: runId(run),
    name: 'a',
    type: 'shell',
    state: 'submitted',
    attempt: 1,
    retryTimes: 0,
    failovers: 0,
    current: true,
    runCounter: 1,
    previousId: null,
    workerGroup: 'default',
    priority: 'medium',
    dispatchId: null,
    dispatchEpoch: null,
    workerId: null,
    workerName: null,
    firstSubmittedAt: 11,
    submittedAt: 11,
    dueAt: null,
    dispatchedAt: null,
    startedAt: null,
    endedAt: null,
    exitCode: null,
    signal: null,
    outputs: {},
    inputs: { day: 'mon' },
    logBytes: 0,
    killRequestedAt: null,
    taskGroup: null,
    groupPriority: 0,
    groupSlot: null,
    groupForced: false,
    logic: null,
    usage: null,
    reason: {
      code: 'waiting_for_worker',
      text: 'No worker has a free slot.',
      since: 11,
      evidence: { slots: 0, open: false },
    },
    updatedAt: 11,
    ...more,
  };
}

export function command(id: string, run: string, more: Partial<CommandRow> = {}): CommandRow {
  return {
    id: id as CommandId,
    kind: 'start',
    workflowInstanceId: runId(run),
    payload: { by: 'test' },
    priority: 'medium',
    createdBy: 'ann',
    createdAt: 10,
    ...more,
  };
}

export function event(run: string, more: Partial<NewEvent> = {}): NewEvent {
  return {
    type: 'workflow_instance.state',
    projectId: PROJECT,
    workflowInstanceId: runId(run),
    taskInstanceId: null,
    at: 12,
    data: { state: 'running' },
    ...more,
  };
}

export function commit(more: Partial<RunCommit> = {}): RunCommit {
  return {
    instance: null,
    assignNumber: false,
    newTasks: [],
    changedTasks: [],
    writtenBefore: new Map(),
    events: [],
    outboxPut: [],
    outboxDone: [],
    commandsDone: [],
    newRuns: [],
    newCommands: [],
    newAlerts: [],
    ...more,
  };
}

/** As a worker says it of itself. */
export function worker(id: string, more: Partial<WorkerFacts> = {}): WorkerFacts {
  return {
    id: id as WorkerId,
    name: id,
    groups: ['default'],
    labels: { zone: 'a' },
    slots: 4,
    weight: 1.5,
    state: 'online',
    agentVersion: '0.1.0',
    runtime: 'node 24',
    host: 'host',
    taskTypes: ['shell'],
    sessionTimeoutMs: 90_000,
    connectedAt: 1,
    lastHeartbeatAt: null,
    stats: { cpu: 0.5 },
    updatedAt: 1,
    ...more,
  };
}

/** As it is read while nobody has decided anything about it. */
export function workerRow(facts: WorkerFacts): WorkerRow {
  const { slots, labels, weight } = facts;
  return { ...facts, standing: null, own: { slots, labels, weight } };
}

export function user(id: string, name = id): UserRow {
  return { ...newUser(), id: id as UserId, name, passwordHash: 'hash', role: 'editor' };
}

export function token(id: string, more: Partial<TokenRow> = {}): TokenRow {
  return {
    id: id as TokenRow['id'],
    kind: 'api',
    name: id,
    prefix: 'vqa_',
    secretHash: `hash of ${id}`,
    userId: null,
    scopes: ['view', 'operate', 'edit', 'admin'],
    expiresAt: null,
    lastUsedAt: null,
    revokedAt: null,
    createdAt: 1,
    ...more,
  };
}

/** What the store is told with each change of a workflow. */
export function workflowEvent(id: string, more: Partial<NewEvent> = {}): NewEvent {
  return {
    type: 'workflow.updated',
    projectId: PROJECT,
    workflowInstanceId: null,
    taskInstanceId: null,
    at: 77,
    data: { workflowId: id, by: 'ann' },
    ...more,
  };
}
