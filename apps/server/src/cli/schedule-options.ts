/** Options that say when a schedule fires and how its runs are started. The server checks the words; it names those it knows. */
import type { SchedulePlanRequest, SchedulePlanView, StartChoicesInput, StartChoicesView } from '@vaquita/client';
import { type Command, type OptionSpec, type OptionValues, UsageError } from './command.ts';
import { parseAssignments } from './names.ts';

export const PLAN_OPTIONS = {
  cron: { type: 'string', value: 'expression', help: 'Five, six or seven fields, or a nickname such as @daily' },
  every: { type: 'string', value: 'duration', help: 'In the place of --cron: a fixed interval such as 15m' },
  anchor: { type: 'string', value: 'time', help: 'Of --every: the first fire time (default: --from, or now)' },
  timezone: { type: 'string', value: 'zone', help: 'IANA name, such as Europe/Berlin (default: UTC)' },
  dst: { type: 'string', value: 'skip|run_once|run_both', help: 'Of times that moved clocks jump over or show twice' },
  from: { type: 'string', value: 'time', help: 'Begin of its window, in UTC; none: open' },
  to: { type: 'string', value: 'time', help: 'End of its window, which is not in it; none: open' },
  jitter: { type: 'string', value: 'duration', help: 'Each fire time is acted on up to so much later' },
  include: {
    type: 'string',
    multiple: true,
    value: 'calendar',
    help: 'Only what it holds; may be repeated; none: no such',
  },
  exclude: {
    type: 'string',
    multiple: true,
    value: 'calendar',
    help: 'Never what it holds; may be repeated; none: no such',
  },
  misfire: { type: 'string', value: 'none|last|all', help: 'Of fire times nobody could act on (default: last)' },
  'misfire-limit': { type: 'string', value: 'n', help: 'Of all: how many at most (default: 10)' },
  grace: { type: 'string', value: 'duration', help: 'Up to so much after its time it is acted on (default: 1m)' },
  overlap: {
    type: 'string',
    value: 'parallel|skip|queue|cancel_old',
    help: 'While a run has not ended (default: parallel)',
  },
  'overlap-limit': { type: 'string', value: 'n', help: 'How many may wait, or run at once; none: no limit' },
} as const satisfies Record<string, OptionSpec>;

export const CHOICE_OPTIONS = {
  param: { type: 'string', multiple: true, value: 'name=value', help: 'A start parameter; may be repeated' },
  'worker-group': { type: 'string', value: 'name', help: 'For tasks that name no group themselves' },
  priority: { type: 'string', value: 'highest|high|medium|low|lowest', help: 'Default: medium' },
  'failure-strategy': { type: 'string', value: 'continue|end', help: 'Default: as the definition says' },
  'alert-on': { type: 'string', value: 'none|success|failure|all', help: 'Default: as the definition says' },
  'alert-group': { type: 'string', value: 'name', help: 'Default: as the definition says' },
  timeout: { type: 'string', value: 'duration', help: 'Overrides that of the definition' },
  version: { type: 'string', value: 'n', help: 'A version to stay with; newest: the newest at each start' },
} as const satisfies Record<string, OptionSpec>;

/** Undefined when no option says anything of the plan. What is not said stays as it was. @throws UsageError */
export function planOf(
  options: OptionValues,
  command: Command,
  before?: SchedulePlanView,
): SchedulePlanRequest | undefined {
  if (!Object.keys(PLAN_OPTIONS).some((name) => options[name] !== undefined)) return undefined;
  const text = (name: string) => (options[name] === undefined ? undefined : String(options[name]));
  const list = (name: string) => (options[name] as string[] | undefined)?.filter((calendar) => calendar !== 'none');
  const number = (name: string) => wholeNumber(options[name], name, command);
  const clearable = (name: string) => (text(name) === 'none' ? null : text(name));
  if (text('cron') !== undefined && text('every') !== undefined) {
    throw new UsageError('Give --cron or --every, not both.', command);
  }
  const times =
    text('cron') !== undefined
      ? { cron: text('cron'), every: null, anchorAt: null, dst: before?.cron === null ? null : before?.dst }
      : text('every') !== undefined
        ? { cron: null, every: text('every'), dst: null }
        : {};
  const said = {
    dst: text('dst'),
    anchorAt: text('anchor'),
    timezone: text('timezone'),
    from: clearable('from'),
    to: clearable('to'),
    jitter: text('jitter'),
  };
  return {
    ...before,
    ...times,
    ...withoutUndefined(said),
    calendars: { ...before?.calendars, ...withoutUndefined({ include: list('include'), exclude: list('exclude') }) },
    misfire: {
      ...before?.misfire,
      ...withoutUndefined({ policy: text('misfire'), limit: number('misfire-limit'), grace: text('grace') }),
    },
    overlap: {
      ...before?.overlap,
      ...withoutUndefined({
        policy: text('overlap'),
        limit: text('overlap-limit') === 'none' ? null : number('overlap-limit'),
      }),
    },
  } as SchedulePlanRequest;
}

/** Likewise of how its runs are started. @throws UsageError */
export function choicesOf(
  options: OptionValues,
  command: Command,
  before?: StartChoicesView,
): StartChoicesInput | undefined {
  if (!Object.keys(CHOICE_OPTIONS).some((name) => options[name] !== undefined)) return undefined;
  const given = options.param as string[] | undefined;
  const version = options.version === 'newest' ? null : wholeNumber(options.version, 'version', command);
  return {
    ...before,
    ...withoutUndefined({
      params: given === undefined ? undefined : { ...before?.params, ...parseAssignments(given) },
      workerGroup: options['worker-group'],
      priority: options.priority,
      failureStrategy: options['failure-strategy'],
      alertOn: options['alert-on'],
      alertGroup: options['alert-group'],
      timeout: options.timeout,
      version,
    }),
  } as StartChoicesInput;
}

/** @throws UsageError */
export function wholeNumber(value: OptionValues[string], name: string, command: Command): number | undefined {
  if (value === undefined) return undefined;
  if (/^[1-9]\d{0,8}$/.test(String(value))) return Number(value);
  throw new UsageError(`--${name} "${String(value)}" is not a whole number from 1 on.`, command);
}

function withoutUndefined<Values extends object>(values: Values): Partial<Values> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<Values>;
}
