/**
 * What `data` of each listener event holds. A field may be added without a new version; one that goes or changes its
 * meaning makes a new one. Times are epoch milliseconds.
 */
import * as z from 'zod';
import { LISTENER_EVENT_TYPES, type ListenerEventType } from './event.ts';

const Time = z.int().meta({ description: 'Epoch milliseconds' });
const Words = z
  .object({
    code: z.string().meta({ description: 'A word that programs may branch on, such as `worker_lost`' }),
    text: z.string().meta({ description: 'The same for people' }),
  })
  .meta({ description: 'Why it is so; null when there is nothing to say' });

const Workflow = z
  .object({
    id: z.string(),
    name: z.string(),
    version: z.int().nullable().meta({ description: 'Of the definition; null when it is not known' }),
  })
  .meta({ description: 'The workflow it is about' });

const Run = z
  .object({
    id: z.string(),
    number: z.int().nullable().meta({ description: 'As people see it: the runs of a workflow are counted from 1' }),
    counter: z.int().nullable().meta({ description: '1 for the first time; each rerun, recovery and resume adds 1' }),
    createdBy: z.string().nullable(),
    dryRun: z.boolean(),
    isChild: z.boolean().meta({ description: 'A task of another run has started it' }),
    parent: z
      .object({ runId: z.string(), task: z.string().nullable() })
      .nullable()
      .meta({ description: 'That run and the name of that task' }),
  })
  .meta({ description: 'The run it is about' });

const Task = z.object({ name: z.string(), type: z.string().nullable() });

const WorkflowChanged = z.object({
  workflow: Workflow,
  by: z.string().nullable().meta({ description: 'Who has changed it' }),
});
const WorkflowUpdated = WorkflowChanged.extend({
  change: z
    .enum(['version', 'online', 'offline'])
    .meta({ description: '`version`: there is a new version; `online`, `offline`: runs are allowed, or not any more' }),
  renamedFrom: z.string().nullable().meta({ description: 'Its name before; null: unchanged' }),
});
const TaskChanged = z.object({ workflow: Workflow, task: Task, by: z.string().nullable() });
const RunStarted = z.object({
  workflow: Workflow,
  run: Run,
  state: z.string().meta({ description: 'The state the run has taken' }),
});
const RunOver = RunStarted.extend({
  startedAt: Time.nullable(),
  endedAt: Time,
  reason: Words.nullable(),
});
const Attempt = Task.extend({
  instanceId: z.string().meta({ description: 'Of this attempt' }),
  attempt: z.int().meta({ description: 'Of this task in this run, from 1' }),
});
const TaskStarted = z.object({
  workflow: Workflow,
  run: Run,
  task: Attempt,
  state: z.string().meta({ description: 'The state the attempt has taken' }),
  worker: z.string().nullable().meta({ description: 'Name of the worker; null for tasks that the server does itself' }),
});
const TaskOver = TaskStarted.extend({
  startedAt: Time.nullable(),
  endedAt: Time,
  reason: Words.nullable(),
});

export interface ListenerPayload {
  readonly version: number;
  /** When there is such an event, in a sentence. */
  readonly when: string;
  readonly schema: z.ZodObject;
}

export const LISTENER_PAYLOADS = {
  'server.down': {
    version: 1,
    when: 'A server of the cluster is gone without having said so.',
    schema: z.object({
      server: z.object({ id: z.string(), name: z.string() }),
      host: z.string().nullable().meta({ description: 'Where it ran, if that is known' }),
    }),
  },
  'workflow.added': { version: 1, when: 'A workflow has been created.', schema: WorkflowChanged },
  'workflow.updated': {
    version: 1,
    when: 'A workflow has a new version, or has been put online or offline.',
    schema: WorkflowUpdated,
  },
  'workflow.removed': { version: 1, when: 'A workflow has been deleted.', schema: WorkflowChanged },
  'workflow.started': {
    version: 1,
    when: 'A run has its turn and begins; again after a resume, a recovery or a rerun.',
    schema: RunStarted,
  },
  'workflow.ended': {
    version: 1,
    when: 'A run has ended with `success`, or somebody has forced its success.',
    schema: RunOver,
  },
  'workflow.failed': { version: 1, when: 'A run has ended with `failure` or `stopped`.', schema: RunOver },
  'task.added': { version: 1, when: 'A task has come into a workflow, or its workflow has.', schema: TaskChanged },
  'task.updated': {
    version: 1,
    when: 'A new version of a workflow says something else of a task.',
    schema: TaskChanged,
  },
  'task.removed': { version: 1, when: 'A task has gone from a workflow, or with its workflow.', schema: TaskChanged },
  'task.started': { version: 1, when: 'An attempt of a task is known to run.', schema: TaskStarted },
  'task.ended': {
    version: 1,
    when: 'An attempt of a task has ended with `success`, or somebody has forced its success.',
    schema: TaskOver,
  },
  'task.failed': {
    version: 1,
    when: 'An attempt of a task has ended with `failure` or `killed`: each attempt, also one that is followed by a retry.',
    schema: TaskOver,
  },
} as const satisfies Record<ListenerEventType, ListenerPayload>;

export type ListenerPayloadOf<Type extends ListenerEventType> = z.output<(typeof LISTENER_PAYLOADS)[Type]['schema']>;

export interface ListenerEventTypeInfo {
  readonly type: ListenerEventType;
  readonly version: number;
  readonly when: string;
  /** JSON Schema (2020-12) of `data`. */
  readonly schema: Readonly<Record<string, unknown>>;
}

/** Every type with the JSON Schema of its data, in order. */
export function listenerEventTypes(): readonly ListenerEventTypeInfo[] {
  return LISTENER_EVENT_TYPES.map((type) => {
    const { version, when, schema } = LISTENER_PAYLOADS[type];
    return { type, version, when, schema: z.toJSONSchema(schema, { reused: 'inline' }) };
  });
}
