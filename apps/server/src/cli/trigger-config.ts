/** What a trigger waits for, as it is said in options, and as the server is asked for it. */
import type { TriggerConfigInput, TriggerView } from '@vaquita/client';
import { type Command, type OptionValues, UsageError } from './command.ts';
import { parseAssignments, parseWorkflowName } from './names.ts';

export const MAPPING = {
  map: {
    type: 'string',
    multiple: true,
    value: 'param=source',
    help: 'A parameter out of a path into the body, such as day=$.order.day, an output of the run before, or path, name, folder, size, modified, etag or worker of a file',
  },
} as const;
export const WEBHOOK = {
  tolerance: { type: 'string', value: 'duration', help: 'How far the signed time may be off (default: 5m)' },
  github: { type: 'boolean', help: 'Also take deliveries signed by GitHub' },
} as const;
export const AFTER = {
  on: { type: 'string', value: 'success|failure|end', help: 'Which ends count (default: success)' },
  backfills: { type: 'boolean', help: 'Runs of backfills count, too' },
} as const;
export const FILE = {
  file: { type: 'string', value: 'path|address', help: 'Start for each new file there, such as "/in/*.csv"' },
  group: { type: 'string', value: 'worker group', help: 'With --file: whose workers look (default: default)' },
  every: { type: 'string', value: 'duration', help: 'With --file: time between two looks (default: 1m)' },
  settled: { type: 'string', value: 'duration', help: 'With --file: how long one must stay as it is (default: 30s)' },
} as const;

/** Words are checked by the server, which names the ones it knows. */
type Words = Record<string, unknown>;

function mappingOf({ map }: OptionValues): Words {
  return map === undefined ? {} : { mapping: parseAssignments(map as string[], '--map') };
}

const OPTIONS_OF = {
  webhook: Object.keys(WEBHOOK),
  after: Object.keys(AFTER),
  file: Object.keys(FILE),
} as const;

export function configOf(options: OptionValues, command: Command): TriggerConfigInput {
  if (options.after !== undefined && options.file !== undefined) {
    throw new UsageError('--after and --file are two triggers: make one for each.', command);
  }
  const kind = options.after !== undefined ? 'after' : options.file !== undefined ? 'file' : 'webhook';
  for (const [other, names] of Object.entries(OPTIONS_OF)) {
    const stray = names.find((name) => other !== kind && options[name] !== undefined);
    if (stray === undefined) continue;
    const goes = other === 'webhook' ? 'a webhook, without --after and --file' : `--${other}`;
    throw new UsageError(`--${stray} goes with ${goes}.`, command);
  }
  const { tolerance, github, on, backfills, file, group, every, settled } = options;
  const config: Readonly<Record<typeof kind, Words>> = {
    webhook: { kind: 'webhook', tolerance, github },
    after: {
      kind: 'after_workflow',
      ...(kind === 'after' ? parseWorkflowName(String(options.after)) : {}),
      on,
      backfills,
    },
    file: { kind: 'file', path: file, workerGroup: group, every, settled },
  };
  return { ...config[kind], ...mappingOf(options) } as Words as TriggerConfigInput;
}

export function changedConfig({ config }: TriggerView, options: OptionValues): TriggerConfigInput {
  const { tolerance, github, on, backfills, file: path, group: workerGroup, every, settled } = options;
  const all = { tolerance, github, on, backfills, path, workerGroup, every, settled };
  const given = Object.entries(all).filter(([, value]) => value !== undefined);
  const change = { ...Object.fromEntries(given), ...mappingOf(options) };
  switch (config.kind) {
    case 'webhook': {
      const { path: _, ...before } = config;
      return { ...before, ...change } as TriggerConfigInput;
    }
    case 'after_workflow': {
      const { workflow, ...before } = config;
      const named = { workflow: workflow.id, ...(workflow.projectId === null ? {} : { project: workflow.projectId }) };
      return { ...before, ...named, ...change } as TriggerConfigInput;
    }
    case 'file':
      return { ...config, ...change } as TriggerConfigInput;
  }
}
