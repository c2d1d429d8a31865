/** The task types of this version by name. To add one, write its file beside these and name it here. */
import * as z from 'zod';
import { httpType } from './http.ts';
import { nodeType } from './node.ts';
import { noopType } from './noop.ts';
import { shellType } from './shell.ts';
import { sqlType } from './sql.ts';
import type { TaskType } from './task-type.ts';

export type TaskTypes = Readonly<Record<string, TaskType>>;

export const TASK_TYPES = {
  shell: shellType,
  node: nodeType,
  http: httpType,
  sql: sqlType,
  noop: noopType,
} as const satisfies TaskTypes;

/** Types that steer a run instead of doing work. Their names are taken; this version does not run them. */
export const LOGIC_TYPES = [
  'sub_workflow',
  'switch',
  'conditions',
  'dependent',
  'dynamic',
  'approval',
  'wait',
] as const;

const LOGIC_NAMES: ReadonlySet<string> = new Set(LOGIC_TYPES);

/** True of the types that the master decides itself, without a worker. */
export function isLogicType(type: string): boolean {
  return LOGIC_NAMES.has(type);
}

/** JSON Schema of a type's settings as they are written, for forms and editors. */
export function taskTypeJsonSchema(type: TaskType): Readonly<Record<string, unknown>> {
  return z.toJSONSchema(type.schema, { io: 'input' });
}
