/** What the logic task types have in common: decided by the master, they take no worker, no environment and no slot. */
import * as z from 'zod';
import type { Problem } from '../../errors/app-error.ts';
import { isId } from '../../identity/ids.ts';
import { checkedText } from '../checked-text.ts';
import { checkName } from '../names.ts';
import type { TaskPlace, TaskType } from './task-type.ts';

const NO_WORKER = 'runs on no worker. Remove this key.';

interface LogicType<Schema extends z.ZodObject> {
  readonly name: string;
  readonly description: string;
  readonly schema: Schema;
  readonly checkPlace?: (settings: z.output<Schema>, place: TaskPlace) => Problem[];
  /** To the interface of this type in `logic/configs.ts`. */
  readonly compile: (settings: z.output<Schema>) => object;
}

export function logicType<Schema extends z.ZodObject>(type: LogicType<Schema>): TaskType {
  const { name, description, schema, checkPlace, compile } = type;
  // The settings that come in have passed this very schema.
  const typed = (settings: Readonly<Record<string, unknown>>) => settings as z.output<Schema>;
  return {
    description,
    schema,
    unsupported: {
      workerGroup: `A ${name} task ${NO_WORKER}`,
      workerLabels: `A ${name} task ${NO_WORKER}`,
      environment: `A ${name} task ${NO_WORKER}`,
      taskGroup: `A ${name} task takes no slot of a task group. Remove this key; the tasks around it may have one.`,
    },
    ...(checkPlace && { checkPlace: (settings, place) => checkPlace(typed(settings), place) }),
    compile: (settings) => ({ ...compile(typed(settings)) }),
  };
}

/** A project or workflow by name or id. */
export const reference = checkedText((text) => (isId(text) ? undefined : checkName(text)));

/** The keys that say which workflow is started as a child. */
export const childShape = {
  workflow: reference.meta({ description: 'The workflow to start: name or id.' }),
  project: reference.optional().meta({ description: 'Its project. Left out: the project of this workflow.' }),
  version: z.int().min(1).optional().meta({ description: 'Left out: the newest version.' }),
};

export interface ChildSettings {
  readonly workflow: string;
  readonly project?: string | undefined;
  readonly version?: number | undefined;
}

export function compileChild({ workflow, project, version }: ChildSettings) {
  return { workflow, project: project ?? null, version: version ?? null };
}

/** A workflow that starts itself would do so without end. */
export function checkChild({ workflow, project }: ChildSettings, place: TaskPlace): Problem[] {
  if (project !== undefined || workflow !== place.workflow) return [];
  const message = `"${workflow}" is this workflow itself, which would start itself without end. Name another workflow.`;
  return [{ path: 'workflow', message }];
}
