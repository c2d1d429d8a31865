/** One task of a document: the common keys, and beside them the settings of its type. */
import * as z from 'zod';
import type { Problem } from '../errors/app-error.ts';
import { didYouMean } from '../errors/did-you-mean.ts';
import { looseTaskSchema, type TaskInput, taskShape } from './document-schema.ts';
import type { JsonRecord } from './json-tree.ts';
import { labelValuesAsText } from './label-values.ts';
import { checkNames, checkParams, paramValuesAsText } from './param-problems.ts';
import { checkShape } from './shape-problems.ts';
import type { TaskTypes } from './task-types/registry.ts';
import type { TaskType } from './task-types/task-type.ts';

export interface ReadTask {
  /** As written, without defaults. */
  readonly document: JsonRecord;
  readonly task: TaskInput;
  /** Settings of the type as they are run. */
  readonly config: JsonRecord;
}

interface TaskPlace {
  readonly path: string;
  readonly problems: Problem[];
  readonly taskTypes: TaskTypes;
}

export function readTask(raw: JsonRecord, place: TaskPlace): ReadTask | undefined {
  const { path, problems } = place;
  const type =
    typeof raw.type === 'string' && Object.hasOwn(place.taskTypes, raw.type) ? place.taskTypes[raw.type] : undefined;
  const supported = withoutUnsupported(raw, type?.unsupported ?? {}, place);
  const written = { ...supported, ...paramsAsText(supported, place), ...labelsAsText(supported, place) };
  const task =
    type === undefined ? readLoosely(written, place) : checkShape(schemaWith(type), written, { path, problems });
  if (task === undefined) return undefined;
  checkParams(task.params ?? [], { path: `${path}.params`, problems });
  checkNames(task.outputs ?? [], { path: `${path}.outputs`, problems });
  if (type === undefined) return undefined;
  const settings = Object.fromEntries(Object.entries(task).filter(([key]) => !Object.hasOwn(taskShape, key)));
  const outputs = (task.outputs ?? []).map(({ name, type = 'string' as const }) => ({ name, type }));
  for (const { path: at, message } of type.check?.(settings, outputs) ?? [])
    problems.push({ path: `${path}.${at}`, message });
  return { document: written, task, config: type.compile?.(settings) ?? settings };
}

/** The type is unknown or missing: say so, and still judge the common keys. */
function readLoosely(raw: JsonRecord, { path, problems, taskTypes }: TaskPlace): TaskInput | undefined {
  if (typeof raw.type === 'string') problems.push({ path: `${path}.type`, message: refusedType(raw.type, taskTypes) });
  return checkShape(looseTaskSchema, raw, { path, problems });
}

function refusedType(type: string, taskTypes: TaskTypes): string {
  const known = Object.keys(taskTypes);
  return `There is no task type "${type}".${didYouMean(type, known)} Known: ${known.join(', ')}.`;
}

function withoutUnsupported(
  raw: JsonRecord,
  refused: Readonly<Record<string, string>>,
  { path, problems }: TaskPlace,
): JsonRecord {
  const kept: [string, unknown][] = [];
  for (const [key, value] of Object.entries(raw)) {
    if (Object.hasOwn(refused, key)) problems.push({ path: `${path}.${key}`, message: refused[key]! });
    else kept.push([key, value]);
  }
  return Object.fromEntries(kept);
}

function paramsAsText(raw: JsonRecord, { path, problems }: TaskPlace): JsonRecord {
  return raw.params === undefined
    ? {}
    : { params: paramValuesAsText(raw.params, { path: `${path}.params`, problems }) };
}

function labelsAsText(raw: JsonRecord, { path, problems }: TaskPlace): JsonRecord {
  return raw.workerLabels === undefined
    ? {}
    : { workerLabels: labelValuesAsText(raw.workerLabels, { path: `${path}.workerLabels`, problems }) };
}

const schemas = new WeakMap<TaskType, z.ZodObject<typeof taskShape>>();

/** Common keys and settings in one strict object, so that an unknown key is looked for among both. Made once per type. */
function schemaWith(type: TaskType): z.ZodObject<typeof taskShape> {
  let schema = schemas.get(type);
  if (schema === undefined) {
    schema = z.strictObject({ ...type.schema.shape, ...taskShape });
    schemas.set(type, schema);
  }
  return schema;
}
