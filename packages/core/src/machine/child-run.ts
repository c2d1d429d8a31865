/** The run that a task starts: its row, its start command and its first event, filed in the parent's own commit. */
import { reasonData } from '../history/event-data.ts';
import { MAX_LINEAGE } from '../logic/limits.ts';
import { checkValue } from '../params/values.ts';
import type { ResolvedWorkflow } from './events.ts';
import type { Transition } from './ledger.ts';
import type { TaskInstanceRow, WorkflowInstanceRow } from './rows.ts';
import type { ChildRun, Run } from './run.ts';

/** Why the workflow cannot be run below this run with values for these parameters, if it cannot. */
export function whyNoChild(
  { instance }: Run,
  target: ResolvedWorkflow,
  given: ReadonlySet<string>,
): string | undefined {
  const above = [...instance.lineage, instance.workflowId];
  if (above.length >= MAX_LINEAGE)
    return `Runs may start runs ${MAX_LINEAGE} levels deep; this one is at the end of that. Look for workflows that start each other.`;
  if (target.execution !== 'parallel' && above.includes(target.workflowId)) {
    return `"${target.workflowName}" runs one at a time (${target.execution}), and the run that holds that place waits for this task. Make it parallel, or do not start it from below itself.`;
  }
  const missing = (target.needs ?? []).filter((name) => !given.has(name));
  if (missing.length > 0) {
    const which = missing.map((name) => `"${name}"`).join(', ');
    return `"${target.workflowName}" has no default for ${which}: add a value to the params of this task.`;
  }
  return undefined;
}

/** The first value that is not of the type which the workflow gives its parameter, in a sentence. */
export function wrongParam(target: ResolvedWorkflow, params: Readonly<Record<string, string>>): string | undefined {
  for (const [name, type] of Object.entries(target.types ?? {})) {
    const value = params[name];
    const wrong = value === undefined ? undefined : checkValue(type, value);
    if (wrong !== undefined)
      return `"${target.workflowName}" cannot be run with ${name} = ${JSON.stringify(value)}: ${wrong}`;
  }
  return undefined;
}

export interface ChildSpec {
  readonly row: TaskInstanceRow;
  readonly target: ResolvedWorkflow;
  readonly params: Readonly<Record<string, string>>;
  readonly index: number;
}

export function makeChildRun(t: Transition, { row, target, params, index }: ChildSpec): ChildRun {
  const { now, ids } = t.context;
  const parent = t.run.instance;
  const instance: WorkflowInstanceRow = {
    id: ids.next<'workflow-instance'>(),
    projectId: target.projectId,
    workflowId: target.workflowId,
    workflowName: target.workflowName,
    version: target.version,
    number: null,
    state: 'submitted',
    runCounter: 1,
    params,
    startTasks: [],
    scope: 'all',
    failureStrategy: parent.failureStrategy,
    priority: parent.priority,
    workerGroup: parent.workerGroup,
    environment: parent.environment,
    dryRun: false,
    timeoutMs: null,
    businessTime: parent.businessTime,
    queuedAt: null,
    executionSlot: null,
    parentInstanceId: parent.id,
    parentTask: row.name,
    parentTaskId: row.id,
    childIndex: index,
    lineage: [...parent.lineage, parent.workflowId],
    outputs: {},
    createdBy: parent.createdBy,
    createdAt: now,
    startedAt: null,
    endedAt: null,
    updatedAt: now,
    reason: {
      code: 'waiting_for_leader',
      text: 'The run is recorded and waits for the leader to take it.',
      since: now,
      next: 'the leader starts it',
    },
    quarantine: null,
  };
  return {
    instance,
    command: {
      id: ids.next<'command'>(),
      kind: 'start',
      workflowInstanceId: instance.id,
      payload: {},
      priority: instance.priority,
      createdBy: instance.createdBy,
      createdAt: now,
    },
    event: {
      type: 'workflow_instance.created',
      projectId: instance.projectId,
      workflowInstanceId: instance.id,
      taskInstanceId: null,
      at: now,
      data: {
        state: instance.state,
        workflowId: instance.workflowId,
        workflowName: instance.workflowName,
        version: instance.version,
        params,
        ...reasonData(instance.reason, now),
        parent: parent.id,
        parentTask: row.name,
      },
    },
  };
}
