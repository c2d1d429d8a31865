/** Rules between the settings of tasks and the graph around them, judged also beside problems of other kinds. */
import type { Problem } from '../errors/app-error.ts';
import { closestName } from '../errors/did-you-mean.ts';
import type { LogicalGraph } from '../graph/logical-graph.ts';
import { isRecord, type JsonRecord } from './json-tree.ts';
import type { TaskTypes } from './task-types/registry.ts';
import type { TaskPlace, TaskType } from './task-types/task-type.ts';

/** Looking for what was meant costs a pass over all names; beyond this many the answer goes without. */
const MAX_HINTS = 20;

interface Around {
  readonly workflow: unknown;
  readonly graph: LogicalGraph;
  readonly taskTypes: TaskTypes;
}

export function placeProblems(rawTasks: readonly unknown[], { workflow, graph, taskTypes }: Around): Problem[] {
  const workflowName = typeof workflow === 'string' ? workflow : '';
  const suggest = suggestions(graph);
  const problems: Problem[] = [];
  for (const [index, raw] of rawTasks.entries()) {
    if (!isRecord(raw) || typeof raw.type !== 'string' || !Object.hasOwn(taskTypes, raw.type)) continue;
    const type = taskTypes[raw.type]!;
    const settings = type.checkPlace && readSettings(raw, type);
    if (settings === undefined) continue;
    const names = (nodes: readonly number[]) => new Set(nodes.map((node) => graph.names[node]!));
    const place: TaskPlace = {
      workflow: workflowName,
      task: graph.names[index]!,
      tasks: graph.indexOf,
      before: names(graph.predecessors[index]!),
      after: names(graph.successors[index]!),
      suggest,
    };
    for (const { path, message } of type.checkPlace!(settings, place))
      problems.push({ path: path === '' ? `tasks[${index}]` : `tasks[${index}].${path}`, message });
  }
  return problems;
}

/** The settings alone, so that a mistake in a common key hides nothing. Undefined when they are not readable themselves. */
function readSettings(raw: JsonRecord, { schema }: TaskType): JsonRecord | undefined {
  const written = Object.fromEntries(Object.keys(schema.shape).map((key) => [key, raw[key]]));
  const result = schema.safeParse(written);
  return result.success ? result.data : undefined;
}

function suggestions({ indexOf }: LogicalGraph): TaskPlace['suggest'] {
  let left = MAX_HINTS;
  return (name, known = indexOf.keys()) => {
    if (left === 0) return '';
    left -= 1;
    const meant = closestName(name, known);
    return meant === undefined ? '' : ` Did you mean "${meant}"?`;
  };
}
