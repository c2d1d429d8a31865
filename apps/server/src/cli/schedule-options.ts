/** Options that say when a schedule fires and how its runs are started. The server checks the words; it names those it knows. */
import type { SchedulePlanRequest, SchedulePlanView, StartChoicesInput, StartChoicesView } from '@vaquita/client';
import { didYouMean } from '@vaquita/core';
import { type Command, type OptionSpec, type OptionValues, UsageError } from './command.ts';
import { parseAssignments } from './names.ts';

export const PLAN_OPTIONS = {
  cron: { type: 'string', value: 'expression', help: 'Five, six or seven fields, or a nickname such as @daily' },
  every: { type: 'string', value: 'duration', help: 'In the place of --cron: a fixed interval such as 15m' },
  anchor: { type: 'string', value: 'time', help: 'Of --every: the first fire time; none: --from, or now' },
  timezone: { type: 'string', value: 'zone', help: 'IANA name, such as Europe/Berlin (default: UTC)' },
  dst: {
    type: 'string',
    value: 'skip|run_once|run_both',
    help: 'Of times that moved clocks jump over or show twice; usual: as suits the expression',
  },
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
  task: {
    type: 'string',
    multiple: true,
    value: 'name',
    help: 'A start task; may be repeated; "": the whole workflow',
  },
  scope: { type: 'string', value: 'all|upstream|downstream|only', help: 'What to do, seen from the start tasks' },
  'worker-group': { type: 'string', value: 'name', help: 'For tasks that name no group themselves; "": none' },
  environment: { type: 'string', value: 'name', help: 'For tasks that name none themselves; "": none' },
  priority: { type: 'string', value: 'highest|high|medium|low|lowest', help: 'Default: medium' },
  'failure-strategy': { type: 'string', value: 'continue|end', help: 'Default, and "": as the definition says' },
  'alert-on': { type: 'string', value: 'none|success|failure|all', help: 'Default, and "": as the definition says' },
  'alert-group': { type: 'string', value: 'name', help: 'Default, and "": as the definition says' },
  timeout: { type: 'string', value: 'duration', help: 'Overrides that of the definition; "": no more' },
  version: { type: 'string', value: 'n', help: 'A version to stay with; newest: the newest at each start' },
  'dry-run': { type: 'boolean', help: 'Walk the graph without executing anything' },
} as const satisfies Record<string, OptionSpec>;

/** What is only of use where something has been chosen before. */
export const CHANGE_OPTIONS = {
  ...CHOICE_OPTIONS,
  'unset-param': {
    type: 'string',
    multiple: true,
    value: 'name',
    help: 'A parameter back to its default; may be repeated',
  },
  'no-dry-run': { type: 'boolean', help: 'Execute its tasks again' },
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
  const clearable = (name: string, none = 'none') => (text(name) === none ? null : text(name));
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
    dst: clearable('dst', 'usual'),
    anchorAt: clearable('anchor'),
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
  if (!Object.keys(CHANGE_OPTIONS).some((name) => options[name] !== undefined)) return undefined;
  const version = options.version === 'newest' ? null : wholeNumber(options.version, 'version', command);
  const clearable = (name: string) => (options[name] === '' ? null : options[name]);
  if (options['dry-run'] === true && options['no-dry-run'] === true) {
    throw new UsageError('Give --dry-run or --no-dry-run, not both.', command);
  }
  return {
    ...before,
    ...withoutUndefined({
      params: paramsOf(options, command, before?.params),
      startTasks: (options.task as string[] | undefined)?.filter((task) => task !== ''),
      scope: options.scope,
      workerGroup: clearable('worker-group'),
      environment: clearable('environment'),
      priority: options.priority,
      failureStrategy: clearable('failure-strategy'),
      alertOn: clearable('alert-on'),
      alertGroup: clearable('alert-group'),
      timeout: clearable('timeout'),
      version,
      dryRun: options['dry-run'] ?? (options['no-dry-run'] === true ? false : undefined),
    }),
  } as StartChoicesInput;
}

function paramsOf(options: OptionValues, command: Command, before: StartChoicesView['params'] = {}) {
  const given = options.param as string[] | undefined;
  const unset = (options['unset-param'] as string[] | undefined) ?? [];
  if (given === undefined && unset.length === 0) return undefined;
  const unknown = unset.find((name) => !Object.hasOwn(before, name));
  if (unknown !== undefined) {
    const hint = didYouMean(unknown, Object.keys(before));
    throw new UsageError(`--unset-param ${unknown}: The schedule sets no such parameter.${hint}`, command);
  }
  const kept = Object.fromEntries(Object.entries(before).filter(([name]) => !unset.includes(name)));
  return { ...kept, ...parseAssignments(given ?? []) };
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
