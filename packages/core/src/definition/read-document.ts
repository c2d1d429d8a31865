/** From unknown to a sound document: every problem is gathered before any is reported. */
import { AppError, type Problem } from '../errors/app-error.ts';
import { buildGraph } from '../graph/logical-graph.ts';
import type { WorkflowDocument } from './definition.ts';
import { type WorkflowInput, workflowSchema } from './document-schema.ts';
import { inKeyOrder } from './format.ts';
import { findTreeProblems, isRecord, type JsonRecord } from './json-tree.ts';
import { labelValuesAsText } from './label-values.ts';
import { checkCycles, checkParams, paramValuesAsText } from './param-problems.ts';
import { placeProblems } from './place-problems.ts';
import { type ReadTask, readTask } from './read-task.ts';
import { checkShape } from './shape-problems.ts';
import { TASK_TYPES, type TaskTypes } from './task-types/registry.ts';

export interface DefinitionOptions {
  /** Those of this version by default. */
  readonly taskTypes?: TaskTypes;
}

export interface ReadDefinition {
  readonly document: WorkflowDocument;
  readonly workflow: WorkflowInput;
  readonly tasks: readonly ReadTask[];
}

/** @throws AppError `bad_definition` with every problem */
export function readDefinition(input: unknown, { taskTypes = TASK_TYPES }: DefinitionOptions = {}): ReadDefinition {
  const treeProblems = findTreeProblems(input);
  if (treeProblems.length > 0) throw badDefinition(treeProblems);
  if (!isRecord(input)) {
    throw badDefinition([{ path: '', message: 'A workflow definition is a map with the keys name and tasks.' }]);
  }
  const problems: Problem[] = [];
  const { tasks: rawTasks, ...head } = input;
  const workflow = readHead(head, problems);
  const tasks = readTasks(rawTasks, { taskTypes, problems });
  problems.push(...graphProblems(rawTasks, head.name, taskTypes));
  if (workflow === undefined || problems.length > 0) throw badDefinition(problems);
  const sound = tasks.filter((task) => task !== undefined);
  const document = inKeyOrder({ ...workflow, tasks: sound.map((task) => task.document) });
  return { document: document as WorkflowDocument, workflow, tasks: sound };
}

function readHead(head: JsonRecord, problems: Problem[]): WorkflowInput | undefined {
  const place = { path: 'params', problems };
  const labels = { path: 'workerLabels', problems };
  const withText = {
    ...head,
    ...(head.params === undefined ? {} : { params: paramValuesAsText(head.params, place) }),
    ...(head.workerLabels === undefined ? {} : { workerLabels: labelValuesAsText(head.workerLabels, labels) }),
  };
  const workflow = checkShape(workflowSchema, withText, { path: '', problems });
  if (workflow?.params !== undefined) {
    checkParams(workflow.params, place);
    checkCycles(workflow.params, place);
  }
  problems.push(...boundProblems(head));
  return workflow;
}

/** Serial types have one place by their nature. */
function boundProblems({ execution, maxParallelRuns }: JsonRecord): readonly Problem[] {
  if (maxParallelRuns === undefined || typeof execution !== 'string' || !execution.startsWith('serial_')) return [];
  const message = `Only parallel runs can be bounded; ${execution} runs are one at a time. Remove this key, or set execution to parallel.`;
  return [{ path: 'maxParallelRuns', message }];
}

function readTasks(
  raw: unknown,
  { taskTypes, problems }: { readonly taskTypes: TaskTypes; readonly problems: Problem[] },
): (ReadTask | undefined)[] {
  if (!Array.isArray(raw) || raw.length === 0) {
    problems.push({ path: 'tasks', message: 'Give a list of at least one task.' });
    return [];
  }
  return raw.map((task: unknown, index) => {
    const path = `tasks[${index}]`;
    if (isRecord(task)) return readTask(task, { path, problems, taskTypes });
    problems.push({ path, message: 'A task is a map with the keys name and type.' });
    return undefined;
  });
}

/** Names, edges and what follows from them are judged wherever they can be read, also beside other problems. */
function graphProblems(raw: unknown, workflow: unknown, taskTypes: TaskTypes): readonly Problem[] {
  if (!Array.isArray(raw)) return [];
  const tasks = raw.map((task: unknown, index) => {
    const { name, dependsOn }: JsonRecord = isRecord(task) ? task : {};
    const edges = Array.isArray(dependsOn) && dependsOn.every((edge) => typeof edge === 'string') ? dependsOn : [];
    // A name that cannot be read gets one that no document can hold, so that places stay right.
    return { name: typeof name === 'string' && name !== '' ? name : `\0${index}`, dependsOn: edges };
  });
  const { graph, problems } = buildGraph(tasks);
  return [...problems, ...placeProblems(raw, { workflow, graph, taskTypes })];
}

/** A person reads a few of them; an answer of many megabytes helps nobody. */
const MAX_REPORTED = 1_000;

function badDefinition(problems: readonly Problem[]): AppError {
  const first = problems[0]!;
  const where = first.path === '' ? '' : `${first.path}: `;
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
  const rest = problems.length > MAX_REPORTED ? ` The first ${MAX_REPORTED} are listed.` : '';
  const message = `The workflow definition has ${count}. ${problems.length > 1 ? 'The first: ' : ''}${where}${first.message}${rest}`;
  return new AppError('bad_definition', message, { problems: problems.slice(0, MAX_REPORTED) });
}
