/** The parameters of a task at the moment it is sent to a worker. */
import { builtInParams } from '../params/built-ins.ts';
import { resolveTaskParams } from '../params/precedence.ts';
import type { TaskInstanceRow } from './rows.ts';
import type { Run, RunNode } from './run.ts';
import { readVisible } from './visible-outputs.ts';

export interface TaskInputs {
  /** By name, resolved. What follows from other rows is left out: built-ins, and outputs of tasks before it. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Everything the task can read, by name, resolved. */
  readonly values: Readonly<Record<string, string>>;
  /** What could not be resolved or is of the wrong type, each in a sentence. The text stays as it was written. */
  readonly warnings: readonly string[];
}

export function resolveInputs(run: Run, node: RunNode, row: TaskInstanceRow): TaskInputs {
  if (givesNothing(run, node)) {
    return {
      inputs: NOTHING,
      get values() {
        return { ...builtInsOf(run, node, row), ...visibleValues(node) };
      },
      warnings: [],
    };
  }
  const builtIns = builtInsOf(run, node, row);
  const visible = readVisible(node.visible);
  const { values, problems } = resolveTaskParams({
    start: run.instance.params,
    local: node.task.params,
    upstream: Array.from(visible, ([name, { value }]) => ({ name, value })),
    workflow: run.definition.params,
    project: run.projectParams,
    builtIns,
    time: timeOf(run),
  });
  const own = Object.entries(values).filter(
    ([name, value]) => builtIns[name] !== value && visible.get(name)?.value !== value,
  );
  return {
    inputs: Object.fromEntries(own),
    values,
    warnings: problems.map(({ path, message }) => `${path}: ${message}`),
  };
}

const NOTHING: Readonly<Record<string, string>> = Object.freeze({});

/** Neither the start nor a definition gives a parameter: there is nothing to lay over each other or to resolve. */
function givesNothing({ instance, definition, projectParams }: Run, { task }: RunNode): boolean {
  return (
    task.params.length === 0 && definition.params.length === 0 && isEmpty(instance.params) && isEmpty(projectParams)
  );
}

function isEmpty(record: Readonly<Record<string, string>>): boolean {
  for (const _ in record) return false;
  return true;
}

/** Everything a worker is given: the task's own parameters, over outputs of tasks before it, over the built-ins. */
export function allInputs(run: Run, node: RunNode, row: TaskInstanceRow): Readonly<Record<string, string>> {
  return { ...builtInsOf(run, node, row), ...visibleValues(node), ...row.inputs };
}

/** The time built-ins are the same for all tasks of a run: evaluated once. */
const runBuiltIns = new WeakMap<Run, Readonly<Record<string, string>>>();

function builtInsOf(run: Run, node: RunNode, row: TaskInstanceRow): Readonly<Record<string, string>> {
  let shared = runBuiltIns.get(run);
  if (!shared) {
    const { instance } = run;
    shared = builtInParams({
      ...timeOf(run),
      projectName: run.projectName,
      projectId: instance.projectId,
      workflowName: instance.workflowName,
      workflowId: instance.workflowId,
      workflowInstanceId: instance.id,
      taskName: '',
      taskInstanceId: '',
    });
    runBuiltIns.set(run, shared);
  }
  return {
    ...shared,
    'system.task.instance.id': row.id,
    'system.task.definition.name': node.task.name,
    'system.task.definition.code': node.task.name,
  };
}

/** What time expressions of the run are evaluated against. */
export function timeOf(run: Run) {
  return { businessTime: run.instance.businessTime, timezone: run.instance.timezone ?? run.definition.timezone };
}

function visibleValues({ visible }: RunNode): Record<string, string> {
  return Object.fromEntries(Array.from(readVisible(visible), ([name, { value }]) => [name, value]));
}
