/** Rows of runs and tasks as the API shows them. */
import {
  formatDuration,
  isTaskTerminal,
  type LogicState,
  type Reason,
  type TaskInstanceRow,
  type WorkflowInstanceRow,
} from '@vaquita/core';
import { isoTime, isoTimeOrNull } from '../resources/paging.ts';
import type { InstanceView } from '../views/instance.ts';
import type { ReasonView } from '../views/reason.ts';
import type { LogicView, TaskInstanceView } from '../views/task-instance.ts';

export function toReasonView(reason: Reason): ReasonView {
  return {
    code: reason.code,
    text: reason.text,
    since: isoTime(reason.since),
    next: reason.next ?? null,
    nextAt: isoTimeOrNull(reason.nextAt),
    evidence: { ...reason.evidence },
  };
}

export function toInstanceView(row: WorkflowInstanceRow, projectName: string): InstanceView {
  return {
    id: row.id,
    projectId: row.projectId,
    projectName,
    workflowId: row.workflowId,
    workflowName: row.workflowName,
    version: row.version,
    number: row.number,
    state: row.state,
    runCounter: row.runCounter,
    params: { ...row.params },
    startTasks: [...row.startTasks],
    scope: row.scope,
    failureStrategy: row.failureStrategy,
    priority: row.priority,
    workerGroup: row.workerGroup,
    environment: row.environment,
    dryRun: row.dryRun,
    timeout: row.timeoutMs === null ? null : formatDuration(row.timeoutMs),
    alertOn: row.alertOn,
    alertGroup: row.alertGroup,
    origin: row.originKind === null || row.originId === null ? null : { kind: row.originKind, id: row.originId },
    timezone: row.timezone,
    businessTime: isoTime(row.businessTime),
    createdBy: row.createdBy,
    createdAt: isoTime(row.createdAt),
    startedAt: isoTimeOrNull(row.startedAt),
    endedAt: isoTimeOrNull(row.endedAt),
    updatedAt: isoTime(row.updatedAt),
    queuedAt: isoTimeOrNull(row.queuedAt),
    executionSlot: row.executionSlot,
    parent:
      row.parentInstanceId === null
        ? null
        : {
            workflowInstanceId: row.parentInstanceId,
            taskInstanceId: row.parentTaskId,
            taskName: row.parentTask,
            index: row.childIndex,
          },
    outputs: { ...row.outputs },
    reason: row.reason === null ? null : toReasonView(row.reason),
    quarantine: row.quarantine === null ? null : toReasonView(row.quarantine),
  };
}

export function toTaskInstanceView(row: TaskInstanceRow): TaskInstanceView {
  return {
    id: row.id,
    workflowInstanceId: row.workflowInstanceId,
    name: row.name,
    type: row.type,
    state: row.state,
    attempt: row.attempt,
    retryTimes: row.retryTimes,
    failovers: row.failovers,
    current: row.current,
    runCounter: row.runCounter,
    previousId: row.previousId,
    workerGroup: row.workerGroup,
    priority: row.priority,
    worker: row.workerName,
    workerId: row.workerId,
    firstSubmittedAt: isoTime(row.firstSubmittedAt),
    submittedAt: isoTime(row.submittedAt),
    dueAt: isoTimeOrNull(row.dueAt),
    dispatchedAt: isoTimeOrNull(row.dispatchedAt),
    startedAt: isoTimeOrNull(row.startedAt),
    endedAt: isoTimeOrNull(row.endedAt),
    exitCode: row.exitCode,
    signal: row.signal,
    inputs: { ...row.inputs },
    outputs: { ...row.outputs },
    logBytes: row.logBytes,
    killRequestedAt: isoTimeOrNull(row.killRequestedAt),
    taskGroup: row.taskGroup,
    groupPriority: row.groupPriority,
    groupSlot: isTaskTerminal(row.state) ? null : row.groupSlot,
    groupForced: row.groupForced,
    logic: row.logic === null ? null : toLogicView(row.logic),
    usage: row.usage,
    reason: row.reason === null ? null : toReasonView(row.reason),
    updatedAt: isoTime(row.updatedAt),
  };
}

function toLogicView(logic: LogicState): LogicView {
  switch (logic.kind) {
    case 'branch':
      return { kind: logic.kind, chosen: [...logic.chosen], why: logic.why };
    case 'children':
      return {
        kind: logic.kind,
        items: logic.items.map(({ params, child, state, outputs }) => ({
          params: { ...params },
          child,
          state,
          outputs: { ...outputs },
        })),
      };
    case 'dependent': {
      const succeeded = Object.values(logic.succeeded).map(({ key, text, endedAt }) => ({
        key,
        text,
        endedAt: isoTimeOrNull(endedAt),
      }));
      return { kind: logic.kind, succeeded };
    }
    case 'wait':
      return { kind: logic.kind, until: isoTimeOrNull(logic.until), signal: logic.signal };
    default:
      return { ...logic };
  }
}
