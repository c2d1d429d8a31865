/** The two doors of a definition: from unknown to a document, and from a document to what the engine runs. */

import { DEFAULT_ALERT_GROUP } from '../alerts/alert.ts';
import type { WorkerLabels } from '../workers/labels.ts';
import type {
  AlertPolicy,
  ParamDefinition,
  RetryPolicy,
  TaskDefinition,
  TaskGroupUse,
  TimeoutPolicy,
  WorkflowDefinition,
  WorkflowDocument,
} from './definition.ts';
import type { ParamInput, TaskInput, WorkflowInput } from './document-schema.ts';
import { durationMs } from './duration-schema.ts';
import { type DefinitionOptions, readDefinition } from './read-document.ts';
import type { ReadTask } from './read-task.ts';
import { isLogicType } from './task-types/registry.ts';

const DEFAULT_RETRY_INTERVAL_MS = 30_000;
const DEFAULT_MAX_INTERVAL_MS = 3_600_000;

/**
 * A sound document with keys in their one order and values of parameters as text.
 * @throws AppError `bad_definition` with every problem at once
 */
export function parseWorkflowDocument(input: unknown, options?: DefinitionOptions): WorkflowDocument {
  return readDefinition(input, options).document;
}

/**
 * What the engine runs: defaults applied, durations in milliseconds.
 * @throws AppError `bad_definition` when this version cannot run the document
 */
export function compileWorkflow(document: WorkflowDocument, options?: DefinitionOptions): WorkflowDefinition {
  if (options !== undefined) return compile(document, options);
  let definition = compiled.get(document);
  if (definition === undefined) {
    definition = compile(document);
    compiled.set(document, definition);
  }
  return definition;
}

/** What was made of a document, for as long as somebody holds it: documents never change. */
const compiled = new WeakMap<WorkflowDocument, WorkflowDefinition>();

function compile(document: WorkflowDocument, options?: DefinitionOptions): WorkflowDefinition {
  const { workflow, tasks } = readDefinition(document, options);
  return {
    name: workflow.name,
    description: workflow.description ?? '',
    params: compileParams(workflow.params),
    execution: workflow.execution ?? 'parallel',
    maxParallelRuns: workflow.maxParallelRuns ?? null,
    strictParams: workflow.strictParams ?? false,
    failureStrategy: workflow.failureStrategy ?? 'continue',
    timeout: compileTimeout(workflow.timeout),
    alerts: compileAlerts(workflow.alerts),
    timezone: workflow.timezone ?? 'UTC',
    tasks: tasks.map((task) => compileTask(task, workflow.workerLabels ?? {})),
  };
}

function compileTask({ task, config }: ReadTask, labelsOfAll: WorkerLabels): TaskDefinition {
  return {
    name: task.name,
    type: task.type,
    description: task.description ?? '',
    dependsOn: task.dependsOn ?? [],
    enabled: task.enabled ?? true,
    retry: compileRetry(task.retry),
    timeout: compileTimeout(task.timeout),
    delayMs: durationMs(task.delay, 0),
    workerGroup: task.workerGroup ?? null,
    workerLabels: isLogicType(task.type) ? NO_LABELS : compileLabels(labelsOfAll, task.workerLabels),
    environment: task.environment ?? null,
    priority: task.priority ?? 'medium',
    taskGroup: compileTaskGroup(task.taskGroup),
    params: compileParams(task.params),
    outputs: (task.outputs ?? []).map(({ name, type = 'string' }) => ({ name, type })),
    config,
  };
}

const NO_LABELS: WorkerLabels = Object.freeze({});

/** What the workflow asks of every task's worker, and what the task adds or asks otherwise. */
function compileLabels(ofAll: WorkerLabels, own: WorkerLabels = NO_LABELS): WorkerLabels {
  const labels = Object.entries({ ...ofAll, ...own });
  return labels.length === 0 ? NO_LABELS : Object.fromEntries(labels.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function compileParams(params: readonly ParamInput[] = []): ParamDefinition[] {
  return params.map(({ name, type = 'string', value, description }) => ({
    name,
    type,
    ...(value === undefined ? {} : { value }),
    ...(description === undefined ? {} : { description }),
  }));
}

function compileRetry(retry: TaskInput['retry']): RetryPolicy {
  const intervalMs = durationMs(retry?.interval, DEFAULT_RETRY_INTERVAL_MS);
  return {
    times: retry?.times ?? 0,
    intervalMs,
    backoff: retry?.backoff ?? 'fixed',
    maxIntervalMs: durationMs(retry?.maxInterval, Math.max(intervalMs, DEFAULT_MAX_INTERVAL_MS)),
  };
}

/** A run has no attempts: its time is always counted from its start. */
function compileTimeout(timeout: WorkflowInput['timeout'] | TaskInput['timeout']): TimeoutPolicy | null {
  if (timeout === undefined) return null;
  const from = 'from' in timeout ? timeout.from : undefined;
  return { afterMs: durationMs(timeout.after, 0), strategy: timeout.strategy ?? 'fail', from: from ?? 'start' };
}

function compileAlerts(alerts: WorkflowInput['alerts']): AlertPolicy | null {
  if (alerts === undefined) return null;
  return {
    on: alerts.on ?? 'none',
    group: alerts.group ?? DEFAULT_ALERT_GROUP,
    queueWaitMs: alerts.queueWait === undefined ? null : durationMs(alerts.queueWait, 0),
    deadlineMs: alerts.deadline === undefined ? null : durationMs(alerts.deadline, 0),
  };
}

function compileTaskGroup(group: TaskInput['taskGroup']): TaskGroupUse | null {
  if (group === undefined) return null;
  return typeof group === 'string' ? { name: group, priority: 0 } : { name: group.name, priority: group.priority ?? 0 };
}
