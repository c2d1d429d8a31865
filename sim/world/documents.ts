/** The scenario's workflows as documents, and its runs as rows, as the API would file them. */
import {
  type CommandId,
  type CommandRow,
  formatDuration,
  type IdSource,
  type ProjectId,
  parseWorkflowDocument,
  type WorkflowDocument,
  type WorkflowId,
  type WorkflowInstanceId,
  type WorkflowInstanceRow,
} from '@vaquita/core';
import type { AlertSpec, Operation, TaskSpec, WorkflowSpec } from '../scenario/scenario.ts';

/** @throws AppError `bad_definition` when the scenario makes no sense. */
export function documentOf(workflow: WorkflowSpec): WorkflowDocument {
  return parseWorkflowDocument({
    name: workflow.name,
    execution: workflow.execution,
    ...(workflow.maxParallelRuns === null ? {} : { maxParallelRuns: workflow.maxParallelRuns }),
    failureStrategy: workflow.failureStrategy,
    ...(workflow.timeoutMs === null
      ? {}
      : { timeout: { after: formatDuration(workflow.timeoutMs), strategy: 'fail' } }),
    ...(workflow.alerts ? { alerts: alertsOf(workflow.alerts) } : {}),
    tasks: workflow.tasks.map(taskOf),
  });
}

function alertsOf({ on, group, queueWaitMs, deadlineMs }: AlertSpec): object {
  return {
    ...{ on, group },
    ...(queueWaitMs === null ? {} : { queueWait: formatDuration(queueWaitMs) }),
    ...(deadlineMs === null ? {} : { deadline: formatDuration(deadlineMs) }),
  };
}

function taskOf(task: TaskSpec): object {
  const { timeout, taskGroup } = task;
  return {
    name: task.name,
    dependsOn: task.dependsOn,
    enabled: task.enabled,
    retry: { times: task.retry.times, interval: formatDuration(task.retry.intervalMs) },
    ...(timeout ? { timeout: { after: formatDuration(timeout.afterMs), strategy: timeout.strategy } } : {}),
    delay: formatDuration(task.delayMs),
    priority: task.priority,
    ...(task.kind.type === 'work' ? { workerGroup: task.workerGroup, workerLabels: task.workerLabels } : {}),
    ...(taskGroup === null || task.kind.type !== 'work' ? {} : { taskGroup }),
    ...settingsOf(task),
  };
}

function settingsOf({ kind }: TaskSpec): object {
  switch (kind.type) {
    case 'work':
      return { type: 'noop', outputs: [{ name: 'trail' }] };
    case 'switch':
      return {
        type: 'switch',
        cases: [{ when: kind.takes ? '1 == 1' : '1 == 2', then: kind.then }],
        otherwise: kind.otherwise,
      };
    case 'conditions':
      return {
        type: 'conditions',
        when: { [kind.join]: kind.of.map((task) => ({ task, is: kind.is })) },
        then: kind.then,
        else: kind.else,
      };
    case 'sub_workflow':
      return { type: 'sub_workflow', workflow: kind.workflow };
    case 'dynamic': {
      const values = JSON.stringify(Array.from({ length: kind.items }, (_, index) => `item-${index}`));
      return {
        type: 'dynamic',
        workflow: kind.workflow,
        lists: [{ name: 'item', values }],
        parallelism: kind.parallelism,
      };
    }
    case 'dependent':
      return {
        type: 'dependent',
        on: { workflow: kind.workflow, cycle: 'day', range: 'today' },
        onFailure: kind.onFailure,
        interval: '10s',
        ...(kind.onFailure === 'wait' ? { failureWait: '1m' } : {}),
      };
    case 'approval':
      return { type: 'approval', message: 'May it go on?' };
    case 'wait':
      return kind.signal === null
        ? { type: 'wait', for: formatDuration(kind.forMs ?? 0) }
        : { type: 'wait', signal: kind.signal };
  }
}

export interface StartFacts {
  readonly ids: IdSource;
  readonly now: number;
  readonly projectId: ProjectId;
  readonly workflowId: WorkflowId;
  readonly workflow: WorkflowSpec;
}

export function runRow(operation: Extract<Operation, { do: 'start' }>, facts: StartFacts): WorkflowInstanceRow {
  const { ids, now, projectId, workflowId, workflow } = facts;
  return {
    id: ids.next<'workflow-instance'>() as WorkflowInstanceId,
    projectId,
    workflowId,
    workflowName: workflow.name,
    version: 1,
    number: null,
    state: 'submitted',
    runCounter: 1,
    params: {},
    startTasks: operation.startTasks,
    scope: operation.scope,
    failureStrategy: workflow.failureStrategy,
    priority: operation.priority,
    workerGroup: null,
    environment: null,
    dryRun: operation.dryRun,
    timeoutMs: null,
    alertOn: operation.alertOn,
    alertGroup: operation.alertGroup,
    originKind: null,
    originId: null,
    timezone: null,
    businessTime: now,
    queuedAt: null,
    executionSlot: null,
    parentInstanceId: null,
    parentTask: null,
    parentTaskId: null,
    childIndex: 0,
    lineage: [],
    outputs: {},
    createdBy: 'sim',
    createdAt: now,
    startedAt: null,
    endedAt: null,
    updatedAt: now,
    reason: null,
    quarantine: null,
  };
}

export function commandRow(
  { ids, now }: Pick<StartFacts, 'ids' | 'now'>,
  order: Pick<CommandRow, 'kind' | 'workflowInstanceId' | 'payload'>,
): CommandRow {
  return { ...order, id: ids.next<'command'>() as CommandId, priority: 'medium', createdBy: 'sim', createdAt: now };
}
