/** The options that say which runs are meant, for every command that takes many. */
import type { BulkRequest } from '@vaquita/client';
import { RUN_ORIGINS } from '@vaquita/core';
import { type Command, type OptionSpec, type OptionValues, UsageError } from './command.ts';
import { momentOf } from './moments.ts';
import { parseWorkflowName } from './names.ts';

export type RunFilter = NonNullable<BulkRequest['filter']>;

export const FILTER_OPTIONS = {
  project: { type: 'string', value: 'name', help: 'Runs of this project' },
  workflow: { type: 'string', value: 'project/workflow', help: 'Runs of this workflow' },
  state: { type: 'string', multiple: true, value: 'state', help: 'Runs in this state; may be repeated' },
  origin: {
    type: 'string',
    value: 'id|kind',
    help: 'Started by this schedule, backfill or trigger, or by one of a kind',
  },
  since: {
    type: 'string',
    value: 'time',
    help: 'Created from then on: a moment (ISO 8601), or how long ago, such as 2h',
  },
  until: { type: 'string', value: 'time', help: 'Created before then' },
} as const satisfies Readonly<Record<string, OptionSpec>>;

/** Undefined when no option was given. A workflow is named with its project, so it names the project too. @throws UsageError */
export function filterOf(options: OptionValues, command: Command): RunFilter | undefined {
  const { project, workflow, state, origin, since, until } = options;
  if (Object.keys(FILTER_OPTIONS).every((name) => options[name] === undefined)) return undefined;
  if (project !== undefined && workflow !== undefined) {
    throw new UsageError('--workflow names the project already; leave --project out.', command);
  }
  // The server checks the states; it names the ones it knows.
  const states = (state as readonly string[] | undefined)?.flatMap((text) => text.split(','));
  return {
    ...(workflow === undefined ? {} : parseWorkflowName(String(workflow))),
    ...(project === undefined ? {} : { project: String(project) }),
    ...(states === undefined ? {} : { states: states as NonNullable<RunFilter['states']> }),
    ...(origin === undefined ? {} : originOf(String(origin))),
    ...(since === undefined ? {} : { since: momentOf('since', String(since), command) }),
    ...(until === undefined ? {} : { until: momentOf('until', String(until), command) }),
  };
}

function originOf(text: string): Pick<RunFilter, 'origin' | 'originKind'> {
  const kind = RUN_ORIGINS.find((one) => one === text);
  return kind === undefined ? { origin: text } : { originKind: kind };
}
