/** Smaller scenarios than a given one: what could be left out of it, the greatest parts first. */
import { hasLabels, isIn } from '../scenario/placement.ts';
import type { Operation, Scenario, TaskKind, TaskSpec, WorkflowSpec } from '../scenario/scenario.ts';

/** Every way to leave something out, in the order in which they are worth a try. */
export function* smallerScenarios(scenario: Scenario): Generator<Scenario> {
  for (const smaller of allSmaller(scenario)) if (isSound(smaller)) yield smaller;
}

/** Somebody can do each task, and what is named is there: otherwise nothing could come to rest. */
function isSound({ servers, workers, workerGroups, workflows, groups, operations, faults }: Scenario): boolean {
  const named = new Set(workflows.map(({ name }) => name));
  const tasks = workflows.flatMap((workflow) => workflow.tasks);
  return (
    workers.length > 0 &&
    faults.filter(({ what }) => what === 'removed').length < servers &&
    (faults.every(({ what }) => what !== 'refused') ||
      operations.some((operation) => operation.do === 'retry_aside')) &&
    tasks.every((task) =>
      workers.some((worker) => isIn(worker, task.workerGroup, workerGroups) && hasLabels(worker, task)),
    ) &&
    operations.every((operation) => operation.do !== 'drain' || goesOn(operation, operations)) &&
    tasks.every(({ taskGroup }) => taskGroup === null || groups.some(({ name }) => name === taskGroup)) &&
    tasks.every(({ kind }) => !('workflow' in kind) || named.has(kind.workflow)) &&
    operations.every(
      (operation) =>
        operation.do !== 'start' ||
        (named.has(operation.workflow) &&
          operation.startTasks.every((name) => tasks.some((task) => task.name === name))),
    )
  );
}

/** Somebody lets the worker take tasks again. */
function goesOn({ worker, at }: Extract<Operation, { do: 'drain' }>, operations: readonly Operation[]): boolean {
  return operations.some((one) => one.do === 'drain' && one.worker === worker && !one.draining && one.at >= at);
}

function* allSmaller(scenario: Scenario): Generator<Scenario> {
  for (const key of [
    'faults',
    'operations',
    'workflows',
    'workers',
    'groups',
    'workerGroups',
    'channels',
    'alertGroups',
    'listeners',
    'schedules',
    'calendars',
    'backfills',
    'triggers',
  ] as const) {
    for (const left of withoutParts<unknown>(scenario[key])) yield { ...scenario, [key]: left } as Scenario;
  }
  for (const [index, workflow] of scenario.workflows.entries()) {
    for (const smaller of smallerWorkflows(workflow)) {
      yield { ...scenario, workflows: scenario.workflows.with(index, smaller) };
    }
  }
  if (scenario.servers > 1) yield { ...scenario, servers: 1 };
  if (scenario.storeIsFar) yield { ...scenario, storeIsFar: false };
  if (scenario.storeDelayMs > 0) yield { ...scenario, storeDelayMs: 0 };
  if (scenario.lineDelayMs > 0) yield { ...scenario, lineDelayMs: 0 };
}

/** Without halves, quarters, and so on down to single ones. */
function* withoutParts<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let size = Math.ceil(items.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < items.length; at += size) yield items.filter((_, index) => index < at || index >= at + size);
  }
}

function* smallerWorkflows(workflow: WorkflowSpec): Generator<WorkflowSpec> {
  const { tasks } = workflow;
  if (tasks.length > 1) {
    for (const left of withoutParts(tasks)) if (left.length > 0) yield { ...workflow, tasks: rejoin(left) };
  }
  for (const [index, task] of tasks.entries()) {
    for (const simpler of simplerTasks(task)) yield { ...workflow, tasks: tasks.with(index, simpler) };
  }
  if (workflow.timeoutMs !== null) yield { ...workflow, timeoutMs: null };
  if (workflow.alerts) yield { ...workflow, alerts: null };
}

function* simplerTasks(task: TaskSpec): Generator<TaskSpec> {
  if (task.kind.type !== 'work') yield { ...task, kind: { type: 'work' } };
  if (task.dependsOn.length > 0) yield { ...task, dependsOn: [] };
  if (task.attempts.some(({ end }) => end !== 'success')) {
    yield { ...task, attempts: [{ end: 'success', startMs: 10, runMs: 1_000, stubborn: false }] };
  }
  if (task.runs) yield withoutRuns(task);
  if (task.retry.times > 0) yield { ...task, retry: { times: 0, intervalMs: 0 } };
  if (task.timeout) yield { ...task, timeout: null };
  if (task.delayMs > 0) yield { ...task, delayMs: 0 };
  if (task.taskGroup !== null) yield { ...task, taskGroup: null };
  if (Object.keys(task.workerLabels).length > 0) yield { ...task, workerLabels: {} };
  if (task.workerGroup !== 'default') yield { ...task, workerGroup: 'default' };
  if (!task.enabled) yield { ...task, enabled: true };
}

function withoutRuns({ runs: _, ...task }: TaskSpec): TaskSpec {
  return task;
}

/** Tasks that have lost neighbours: edges and branches to those that are gone go too. */
function rejoin(tasks: readonly TaskSpec[]): TaskSpec[] {
  const names = new Set(tasks.map(({ name }) => name));
  const kept = (list: readonly string[]) => list.filter((name) => names.has(name));
  return tasks.map((task) => ({ ...task, dependsOn: kept(task.dependsOn), kind: rejoinKind(task.kind, kept) }));
}

function rejoinKind(kind: TaskKind, kept: (names: readonly string[]) => string[]): TaskKind {
  if (kind.type === 'switch') {
    const then = kept(kind.then);
    const otherwise = kept(kind.otherwise);
    return then.length > 0 && otherwise.length > 0 ? { ...kind, then, otherwise } : { type: 'work' };
  }
  if (kind.type !== 'conditions') return kind;
  const joined = { ...kind, of: kept(kind.of), then: kept(kind.then), else: kept(kind.else) };
  return joined.of.length > 0 && joined.then.length > 0 && joined.else.length > 0 ? joined : { type: 'work' };
}
