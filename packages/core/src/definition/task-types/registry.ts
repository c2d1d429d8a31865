/** The task types of this version by name. To add one, write its file beside these and name it here. */
import * as z from 'zod';
import { approvalType } from './approval.ts';
import { conditionsType } from './conditions.ts';
import { dependentType } from './dependent.ts';
import { dynamicType } from './dynamic.ts';
import { httpType } from './http.ts';
import { nodeType } from './node.ts';
import { noopType } from './noop.ts';
import { shellType } from './shell.ts';
import { sqlType } from './sql.ts';
import { subWorkflowType } from './sub-workflow.ts';
import { switchType } from './switch.ts';
import type { TaskType } from './task-type.ts';
import { waitType } from './wait.ts';

export type TaskTypes = Readonly<Record<string, TaskType>>;

/** Types that steer a run instead of doing work: the master decides them, no worker runs them. */
export const LOGIC_TASK_TYPES = {
  sub_workflow: subWorkflowType,
  switch: switchType,
  conditions: conditionsType,
  dependent: dependentType,
  dynamic: dynamicType,
  approval: approvalType,
  wait: waitType,
} as const satisfies TaskTypes;

export const TASK_TYPES = {
  shell: shellType,
  node: nodeType,
  http: httpType,
  sql: sqlType,
  noop: noopType,
  ...LOGIC_TASK_TYPES,
} as const satisfies TaskTypes;

export function isLogicType(type: string): boolean {
  return Object.hasOwn(LOGIC_TASK_TYPES, type);
}

/** JSON Schema of a type's settings as they are written, for forms and editors. */
export function taskTypeJsonSchema(type: TaskType): Readonly<Record<string, unknown>> {
  return z.toJSONSchema(type.schema, { io: 'input' });
}
