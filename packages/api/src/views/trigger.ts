/** Bodies of /triggers: what starts a workflow when something happens, and what it has noticed. */
import { AFTER_CONDITIONS, FILE_FIELDS, FIRING_OUTCOMES, MAX_FILE_PATH, TRIGGER_KINDS } from '@vaquita/core';
import * as z from 'zod';
import { WorkflowStateName } from './instance.ts';
import { Duration, PageQuery, pageOf, Timestamp } from './page.ts';
import { ProjectName } from './project.ts';
import { StartChoicesInput, StartChoicesView } from './start-choices.ts';

const Description = z.string().max(2000);
const NameOrId = z.string().min(1).max(200);
const Mapping = z.record(z.string().min(1).max(200), z.string().min(1).max(500));

const PayloadMapping = Mapping.meta({
  description:
    'Parameter → path into the JSON body, such as `$.order.id` or `$.items[0]["unit price"]`. A mapped parameter must be there; nothing else of the body is read',
  example: { order: '$.order.id' },
});
const OutputMapping = Mapping.meta({
  description: 'Parameter → name of an output of the run that ended; one that it has not put out refuses the start',
  example: { file: 'exported_file' },
});
const After = z.enum(AFTER_CONDITIONS).meta({
  id: 'TriggerAfterCondition',
  description: '`end`: success, failure or a stop. A pause is no end',
});
const Backfills = z.boolean().meta({ description: 'Whether runs that a backfill has started count' });
const Github = z.boolean().meta({
  description:
    'Also take deliveries that are signed as GitHub signs them (`x-hub-signature-256`). These carry no time, so the same body is never taken twice as long as its record is kept',
});
const FileMapping = Mapping.meta({
  description: `Parameter → what of the file it is given: one of ${FILE_FIELDS.map((field) => `\`${field}\``).join(', ')}. \`modified\` is a time in ISO 8601, \`etag\` only objects have, \`worker\` is the name of who has found it`,
  example: { file: 'path' },
});
const FilePath = z.string().min(1).max(MAX_FILE_PATH).meta({
  description:
    'An absolute path on the workers, the parts of which may hold `*` and `?` and be `**` for any folders between; or the http(s) address of one object',
  example: '/in/*.csv',
});
const FileGroup = z.string().min(1).max(128).meta({ description: 'The worker group whose workers look' });
const Every = Duration.meta({ description: 'Time between two looks; `10s` to `1d`' });
const Settled = Duration.meta({
  description:
    'How long a file must have been as it is before it is acted on, so that none is taken that is still written; `0s` to `1h`',
});
export const TriggerConfigView = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('webhook'),
      path: z.string().meta({ description: 'Where it is called by POST, below the address of any server' }),
      tolerance: Duration,
      github: Github,
      mapping: PayloadMapping,
    }),
    z.object({
      kind: z.literal('after_workflow'),
      workflow: z.object({
        id: z.string(),
        name: z.string().nullable().meta({ description: 'Null: it has been deleted' }),
        projectId: z.string().nullable(),
        projectName: z.string().nullable(),
      }),
      on: After,
      backfills: Backfills,
      mapping: OutputMapping,
    }),
    z.object({
      kind: z.literal('file'),
      path: FilePath,
      workerGroup: FileGroup,
      every: Every,
      settled: Settled,
      mapping: FileMapping,
    }),
  ])
  .meta({ id: 'TriggerConfig' });
export type TriggerConfigView = z.infer<typeof TriggerConfigView>;

const Problem = z.object({ code: z.string(), text: z.string() });

export const TriggerWatcherView = z
  .object({
    workerId: z
      .string()
      .nullable()
      .meta({ description: 'Null: the group as a whole, which looks at an object in turns' }),
    name: z
      .string()
      .nullable()
      .meta({ description: 'Of the worker; null: it is not known any more, or it is the group' }),
    connected: z
      .boolean()
      .meta({ description: 'Whether the worker is there to look; of the group, whether one of it is' }),
    firstLookAt: Timestamp.nullable().meta({
      description:
        'When its first look was over: what was there by then is known and starts nothing. Null: it has had none yet',
    }),
    problem: Problem.nullable().meta({ description: 'What was wrong in its last look; null: nothing' }),
  })
  .meta({ id: 'TriggerWatcher', description: 'Who looks for a trigger of the kind `file`' });
export type TriggerWatcherView = z.infer<typeof TriggerWatcherView>;

/** Things are counted no further. */
export const MAX_COUNTED_THINGS = 10_000;

export const TriggerWatchView = z
  .object({
    watchers: z
      .array(TriggerWatcherView)
      .meta({ description: 'At most 100, in the order in which they began to look' }),
    moreWatchers: z.boolean(),
    things: z
      .number()
      .int()
      .meta({
        description: `How many files are known, those that have started a run and those that were there before; counted up to ${MAX_COUNTED_THINGS}`,
      }),
  })
  .meta({ id: 'TriggerWatch' });
export type TriggerWatchView = z.infer<typeof TriggerWatchView>;

export const TriggerView = z
  .object({
    id: z.string(),
    projectId: z.string(),
    projectName: z.string(),
    workflowId: z.string(),
    workflowName: z.string(),
    workflowOnline: z.boolean().meta({ description: 'While it is offline its triggers start nothing' }),
    kind: z.enum(TRIGGER_KINDS),
    name: z.string(),
    description: z.string(),
    config: TriggerConfigView,
    start: StartChoicesView,
    online: z.boolean(),
    revision: z.number().int().meta({ description: 'Grows with each change' }),
    problem: z.string().nullable().meta({ description: 'Why it cannot do its work at present; null: it can' }),
    watch: TriggerWatchView.nullable().meta({
      description: 'Of the kind `file`: who looks, and what is known; else null',
    }),
    lastFiring: z
      .object({ at: Timestamp, outcome: z.enum(FIRING_OUTCOMES), workflowInstanceId: z.string().nullable() })
      .nullable()
      .meta({ description: 'The newest thing it noticed' }),
    createdBy: z.string(),
    createdAt: Timestamp,
    updatedBy: z.string(),
    updatedAt: Timestamp,
  })
  .meta({ id: 'Trigger' });
export type TriggerView = z.infer<typeof TriggerView>;
export const TriggerPage = pageOf(TriggerView).meta({ id: 'TriggerPage' });
export type TriggerPage = z.infer<typeof TriggerPage>;

/** The only answers that ever hold the secret. */
export const TriggerCreated = TriggerView.extend({
  secret: z
    .string()
    .nullable()
    .meta({ description: 'Of a webhook: what deliveries are signed with. It is shown this once' }),
}).meta({ id: 'TriggerCreated' });
export type TriggerCreated = z.infer<typeof TriggerCreated>;

export const TriggerQuery = PageQuery.extend({
  project: NameOrId.optional().meta({ description: 'Id or name' }),
  kind: z.enum(TRIGGER_KINDS).optional(),
});
export type TriggerQuery = z.input<typeof TriggerQuery>;

export const TriggerConfigInput = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('webhook'),
      tolerance: Duration.default('5m').meta({
        description: 'How far the signed time of a delivery may be from that of the server; `10s` to `1h`',
      }),
      github: Github.default(false),
      mapping: PayloadMapping.default({}),
    }),
    z.strictObject({
      kind: z.literal('after_workflow'),
      project: NameOrId.optional().meta({ description: 'Id or name; left out: the project of the trigger' }),
      workflow: NameOrId.meta({ description: 'Id or name of the workflow whose ends count' }),
      on: After.default('success'),
      backfills: Backfills.default(false),
      mapping: OutputMapping.default({}),
    }),
    z.strictObject({
      kind: z.literal('file'),
      path: FilePath,
      workerGroup: FileGroup.default('default'),
      every: Every.default('1m'),
      settled: Settled.default('30s'),
      mapping: FileMapping.default({}),
    }),
  ])
  .meta({ id: 'TriggerConfigInput' });
export type TriggerConfigInput = z.input<typeof TriggerConfigInput>;

const Start = StartChoicesInput.meta({ description: 'How its runs are started' });

export const TriggerCreate = z
  .strictObject({
    name: ProjectName,
    description: Description.default(''),
    config: TriggerConfigInput,
    start: Start.prefault({}),
    online: z.boolean().default(true).meta({ description: 'It notices what happens from now on' }),
  })
  .meta({
    id: 'TriggerCreate',
    example: { name: 'orders', config: { kind: 'webhook', mapping: { order: '$.order.id' } } },
  });
export type TriggerCreate = z.input<typeof TriggerCreate>;

export const TriggerChange = z
  .strictObject({
    name: ProjectName.optional(),
    description: Description.optional(),
    config: TriggerConfigInput.optional().meta({ description: 'All of it, and of the same kind' }),
    start: Start.optional().meta({ description: 'All of it' }),
    revision: z
      .int()
      .optional()
      .meta({ description: 'The one that was read: `conflict` when somebody has changed it since' }),
  })
  .refine(
    ({ revision: _, ...change }) => Object.values(change).some((value) => value !== undefined),
    'Give a name, a description, config or start',
  )
  .meta({ id: 'TriggerChange', example: { description: 'Orders of the shop' } });
export type TriggerChange = z.input<typeof TriggerChange>;

export const TriggerRotate = z
  .strictObject({
    keepOldFor: Duration.default('0s').meta({
      description: 'How long deliveries signed with the secret before are still taken; up to `7d`',
    }),
  })
  .meta({ id: 'TriggerRotate', example: { keepOldFor: '1h' } });
export type TriggerRotate = z.input<typeof TriggerRotate>;

export const TriggerTest = z
  .strictObject({
    body: z.unknown().optional().meta({ description: 'Of a webhook: the JSON body of a delivery' }),
    outputs: z
      .record(z.string(), z.string())
      .optional()
      .meta({ description: 'Of `after_workflow`: what the run that ended has put out' }),
    file: z
      .strictObject({
        path: z.string().min(1).max(4096),
        size: z.int().min(0).default(0),
        modified: Timestamp.nullable().default(null),
        etag: z.string().max(1024).nullable().default(null),
        worker: z.string().max(128).default('worker'),
      })
      .optional()
      .meta({ description: 'Of `file`: a file that is made up. Left out, the workers are asked what is there now' }),
  })
  .meta({ id: 'TriggerTest', example: { body: { order: { id: 'A-1' } } } });
export type TriggerTest = z.input<typeof TriggerTest>;

export const TriggerLookView = z
  .object({
    looked: z.boolean().meta({
      description:
        'False: this server cannot ask workers, because another one leads; `note` says which. What is told is that of earlier looks',
    }),
    note: z.string().nullable().meta({ description: 'What else there is to know about this answer' }),
    workers: z
      .array(
        z.object({
          name: z.string(),
          found: z.number().int().nullable().meta({ description: 'Files found; null: it has not answered' }),
          more: z.boolean().meta({ description: 'There is more than was looked at here' }),
          problem: Problem.nullable(),
        }),
      )
      .meta({ description: 'Who was asked' }),
    files: z
      .array(
        z.object({
          path: z.string(),
          size: z.number(),
          modified: Timestamp.nullable(),
          etag: z.string().nullable(),
          worker: z.string(),
          known: z
            .boolean()
            .meta({ description: 'True: it starts nothing, since it was there before or has started a run' }),
          problem: z.string().nullable().meta({ description: 'Why it could start nothing; null: it could' }),
        }),
      )
      .meta({ description: 'At most 100, those that are new first' }),
    newFiles: z.number().int().meta({ description: 'How many of the files that were looked at are not known' }),
  })
  .meta({ id: 'TriggerLook' });
export type TriggerLookView = z.infer<typeof TriggerLookView>;

export const TriggerTestAnswer = z
  .object({
    starts: z.boolean().meta({ description: 'Whether such an occasion would start a run now. Nothing is started' }),
    params: z.record(z.string(), z.string()).meta({ description: 'The start parameters the run would get' }),
    version: z.number().int().nullable(),
    problems: z.array(z.object({ path: z.string(), message: z.string() })).meta({ description: 'Why not' }),
    look: TriggerLookView.nullable().meta({ description: 'Of `file`, where no file was made up: what is there now' }),
  })
  .meta({ id: 'TriggerTestAnswer' });
export type TriggerTestAnswer = z.infer<typeof TriggerTestAnswer>;

export const TriggerFiringView = z
  .object({
    key: z.string().meta({ description: 'Which thing it was: nothing with the same key is acted on twice' }),
    outcome: z.enum(FIRING_OUTCOMES).meta({
      description: '`seen`: noticed, and nothing was to be done; `refused`: the workflow could not be started',
    }),
    reason: z.string().nullable().meta({ description: 'Why no run was started; null for a run' }),
    workflowInstanceId: z.string().nullable().meta({ description: 'The run that was started' }),
    about: z.record(z.string(), z.string()).meta({
      description:
        'What was noticed: `address` of the sender; `run` that ended, its `workflow`, `number` and `state`; `path` of the file, its `size`, `modified`, `etag`, and the `worker` that has found it; of a first look the `worker` and how many `things` were there',
    }),
    at: Timestamp,
  })
  .meta({ id: 'TriggerFiring' });
export type TriggerFiringView = z.infer<typeof TriggerFiringView>;
export const TriggerFiringPage = pageOf(TriggerFiringView).meta({ id: 'TriggerFiringPage' });
export type TriggerFiringPage = z.infer<typeof TriggerFiringPage>;

export const TriggerFiringQuery = PageQuery.extend({ outcome: z.enum(FIRING_OUTCOMES).optional() });
export type TriggerFiringQuery = z.input<typeof TriggerFiringQuery>;

/** What a delivery to a webhook is answered. */
export const HookAnswer = z
  .object({
    workflowInstanceId: z
      .string()
      .nullable()
      .meta({ description: 'The run that was started; null for a ping of GitHub, which starts none' }),
    state: WorkflowStateName.nullable(),
  })
  .meta({ id: 'HookAnswer' });
export type HookAnswer = z.infer<typeof HookAnswer>;
