/** `backfill …`: plan, start and steer runs of many business times. */
import type { BackfillItemView, BackfillRequest, BackfillTimesInput, BackfillView } from '@vaquita/client';
import { BACKFILL_ITEM_STATES, BACKFILL_STATES, PRIORITIES } from '@vaquita/core';
import { planLines } from '../backfill-plan.ts';
import { type Command, type CommandInput, EXIT, type OptionSpec, type OptionValues, UsageError } from '../command.ts';
import { CONNECTION_OPTIONS, connect } from '../connection.ts';
import { table } from '../format.ts';

const PARALLELISM: OptionSpec = { type: 'string', value: 'n', help: 'Runs at once, 1 unless told' };
const REQUEST_OPTIONS = {
  from: { type: 'string', value: 'time', help: 'First business time: 2026-03-01, 2026-03-01T06:00 or with an offset' },
  to: { type: 'string', value: 'time', help: 'The first moment that is not in it any more' },
  every: { type: 'string', value: 'step', help: 'hour, day, week, month, or a duration such as 15m' },
  timezone: { type: 'string', value: 'zone', help: 'IANA name; that of the workflow unless told' },
  time: { type: 'string', value: 'time', multiple: true, help: 'A single business time; may be given many times' },
  schedule: { type: 'string', value: 'name', help: 'Fire times of this schedule, with --from and --to' },
  gaps: { type: 'boolean', help: 'With --schedule: only fire times without a run that succeeded' },
  dependents: { type: 'boolean', help: 'Also all that depends on it, and on that' },
  newest: { type: 'boolean', help: 'The newest first' },
  parallelism: PARALLELISM,
  again: { type: 'boolean', help: 'Also what has succeeded already' },
  description: { type: 'string', value: 'text', help: 'What it is for' },
  param: { type: 'string', short: 'p', multiple: true, value: 'name=value', help: 'A start parameter' },
  priority: { type: 'string', value: 'priority', help: `Of its runs: ${PRIORITIES.join(', ')}; lowest unless told` },
  group: { type: 'string', value: 'group', help: 'Worker group for tasks that name none' },
  environment: { type: 'string', value: 'name', help: 'Environment for tasks that name none' },
} as const satisfies Readonly<Record<string, OptionSpec>>;

const planCommand: Command = {
  name: 'backfill plan',
  summary: 'Show what a backfill would run, skip and cost; starts nothing',
  args: ['project/workflow'],
  options: { ...REQUEST_OPTIONS, ...CONNECTION_OPTIONS },
  examples: [
    'vaquita backfill plan etl/orders --from 2026-01-01 --to 2026-02-01 --every day --dependents',
    'vaquita backfill plan etl/orders --schedule nightly --gaps --from 2026-01-01 --to 2026-02-01',
  ],
  async run(input, io) {
    const plan = await connect(input.options, io).backfills.plan(requestOf(input, planCommand));
    for (const line of planLines(plan)) io.print(line);
    return EXIT.ok;
  },
};

const startCommand: Command = {
  name: 'backfill start',
  summary: 'Start a backfill; takes what plan takes',
  args: ['project/workflow'],
  options: { ...REQUEST_OPTIONS, ...CONNECTION_OPTIONS },
  examples: [
    'vaquita backfill start etl/orders --from 2026-01-01 --to 2026-02-01 --every day --dependents --parallelism 4',
  ],
  async run(input, io) {
    const body = requestOf(input, startCommand);
    const idempotencyKey = crypto.randomUUID();
    const backfill = await connect(input.options, io).backfills.start(body, { idempotencyKey });
    io.print(backfill.id);
    io.note(lineOf(backfill));
    return EXIT.ok;
  },
};

const listCommand: Command = {
  name: 'backfill list',
  summary: 'List backfills, the newest first',
  args: [],
  options: {
    project: { type: 'string', value: 'project', help: 'Only of this project' },
    workflow: { type: 'string', value: 'workflow', help: 'Only of this workflow of the project' },
    state: { type: 'string', value: 'state', help: BACKFILL_STATES.join(', ') },
    ...CONNECTION_OPTIONS,
  },
  examples: ['vaquita backfill list --state running'],
  async run({ options }, io) {
    const query = {
      ...(options.project === undefined ? {} : { project: String(options.project) }),
      ...(options.workflow === undefined ? {} : { workflow: String(options.workflow) }),
      ...(options.state === undefined ? {} : { state: oneOf(BACKFILL_STATES, 'state', options.state, listCommand) }),
    };
    const { items } = await connect(options, io).backfills.list({ limit: 100, ...query });
    const rows = items.map((row) => [
      ...[row.id, `${row.projectName}/${row.workflowName}`, row.state, percent(row), String(row.items)],
      ...[row.createdBy, row.description],
    ]);
    for (const line of table(['ID', 'WORKFLOW', 'STATE', 'DONE', 'ITEMS', 'BY', 'DESCRIPTION'], rows)) io.print(line);
    return EXIT.ok;
  },
};

const showCommand: Command = {
  name: 'backfill show',
  summary: 'Show how far a backfill is, and when it will end',
  args: ['backfill'],
  options: CONNECTION_OPTIONS,
  examples: ['vaquita backfill show 01kb3…'],
  async run({ args, options }, io) {
    const backfill = await connect(options, io).backfills.get(args[0]!);
    io.print(lineOf(backfill));
    for (const { level, projectName, workflowName, version } of backfill.members) {
      io.print(`  level ${level}: ${projectName}/${workflowName}, version ${version}`);
    }
    if (backfill.hold !== null) io.print(`  nothing is started now: ${backfill.hold.text}`);
    if (backfill.expectedEnd !== null) io.print(`  expected to end at ${backfill.expectedEnd}`);
    return EXIT.ok;
  },
};

const itemsCommand: Command = {
  name: 'backfill items',
  summary: 'List the items of a backfill in the order of starting',
  args: ['backfill'],
  options: {
    state: { type: 'string', value: 'state', help: BACKFILL_ITEM_STATES.join(', ') },
    ...CONNECTION_OPTIONS,
  },
  examples: ['vaquita backfill items 01kb3… --state failure'],
  async run({ args, options }, io) {
    const state = options.state;
    const query = state === undefined ? {} : { state: oneOf(BACKFILL_ITEM_STATES, 'state', state, itemsCommand) };
    const rows: string[][] = [];
    for await (const item of connect(options, io).backfills.allItems(args[0]!, query)) rows.push(itemRow(item));
    for (const line of table(['ITEM', 'WORKFLOW', 'BUSINESS TIME', 'STATE', 'RUN', 'REASON'], rows)) io.print(line);
    return EXIT.ok;
  },
};

const historyCommand: Command = {
  name: 'backfill history',
  summary: 'List who did what with a backfill, newest first',
  args: ['backfill'],
  options: CONNECTION_OPTIONS,
  examples: ['vaquita backfill history 01kb3…'],
  async run({ args, options }, io) {
    const rows: string[][] = [];
    for await (const { at, by, did } of connect(options, io).backfills.allActs(args[0]!)) rows.push([at, by, did]);
    for (const line of table(['AT', 'BY', 'DID'], rows)) io.print(line);
    return EXIT.ok;
  },
};

const cancelCommand: Command = {
  name: 'backfill cancel',
  summary: 'Cancel a backfill; what runs goes on to its end unless --stop-runs is given',
  args: ['backfill'],
  options: {
    'stop-runs': { type: 'boolean', help: 'Also stop the runs that it has started' },
    ...CONNECTION_OPTIONS,
  },
  examples: ['vaquita backfill cancel 01kb3… --stop-runs'],
  async run({ args, options }, io) {
    const body = { stopRuns: options['stop-runs'] === true };
    io.print(lineOf(await connect(options, io).backfills.cancel(args[0]!, body)));
    return EXIT.ok;
  },
};

const parallelismCommand: Command = {
  name: 'backfill parallelism',
  summary: 'Change how many runs of a backfill there are at once, also while it works',
  args: ['backfill', 'n'],
  options: CONNECTION_OPTIONS,
  examples: ['vaquita backfill parallelism 01kb3… 8'],
  async run({ args, options }, io) {
    const parallelism = wholeNumber(args[1]!, parallelismCommand);
    io.print(lineOf(await connect(options, io).backfills.update(args[0]!, { parallelism })));
    return EXIT.ok;
  },
};

/** @throws UsageError */
function itemNumber(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new UsageError(
    `--item "${text}" is not the number of an item, as \`backfill items\` lists them.`,
    retryCommand,
  );
}

const retryCommand: Command = {
  name: 'backfill retry',
  summary: 'Have what failed, and what that blocked, run again',
  args: ['backfill'],
  options: {
    item: {
      type: 'string',
      value: 'n',
      multiple: true,
      help: 'Only this one, by its number in `backfill items`; may be given many times',
    },
    ...CONNECTION_OPTIONS,
  },
  examples: ['vaquita backfill retry 01kb3…', 'vaquita backfill retry 01kb3… --item 3 --item 7'],
  async run({ args, options }, io) {
    const items = ((options.item ?? []) as readonly string[]).map(itemNumber);
    io.print(lineOf(await connect(options, io).backfills.retry(args[0]!, items.length === 0 ? {} : { items })));
    return EXIT.ok;
  },
};

function verbCommand(verb: 'pause' | 'resume', summary: string): Command {
  return {
    name: `backfill ${verb}`,
    summary,
    args: ['backfill'],
    options: CONNECTION_OPTIONS,
    examples: [`vaquita backfill ${verb} 01kb3…`],
    async run({ args, options }, io) {
      io.print(lineOf(await connect(options, io).backfills[verb](args[0]!)));
      return EXIT.ok;
    },
  };
}

export const backfillCommands: readonly Command[] = [
  planCommand,
  startCommand,
  listCommand,
  showCommand,
  itemsCommand,
  historyCommand,
  verbCommand('pause', 'Pause a backfill: what runs goes on to its end'),
  verbCommand('resume', 'Have a paused backfill go on'),
  cancelCommand,
  retryCommand,
  parallelismCommand,
];

/** @throws UsageError */
function requestOf({ args, options }: CommandInput, command: Command): BackfillRequest {
  const [project, workflow, ...rest] = args[0]!.split('/');
  if (!project || !workflow || rest.length > 0) throw new UsageError(`Write ${args[0]} as project/workflow.`, command);
  const { parallelism, description, priority, group, environment } = options;
  return {
    ...{ project, workflow, times: timesOf(options, command) },
    ...(options.dependents === true ? { dependents: true } : {}),
    ...(options.newest === true ? { order: 'newest_first' } : {}),
    ...(options.again === true ? { rerunSucceeded: true } : {}),
    ...(parallelism === undefined ? {} : { parallelism: wholeNumber(String(parallelism), command) }),
    ...(description === undefined ? {} : { description: String(description) }),
    start: {
      params: paramsOf(options, command),
      ...(priority === undefined ? {} : { priority: oneOf(PRIORITIES, 'priority', priority, command) }),
      ...(group === undefined ? {} : { workerGroup: String(group) }),
      ...(environment === undefined ? {} : { environment: String(environment) }),
    },
  };
}

/** @throws UsageError unless exactly one way of naming times is taken. */
function timesOf(options: OptionValues, command: Command): BackfillTimesInput {
  const { from, to, every, schedule, gaps } = options;
  const times = (options.time ?? []) as readonly string[];
  const timezone = options.timezone === undefined ? {} : { timezone: String(options.timezone) };
  const ways = [every !== undefined, times.length > 0, schedule !== undefined].filter(Boolean).length;
  if (ways !== 1) {
    throw new UsageError(
      'Give --every for a range, --schedule for its fire times, or --time for single times.',
      command,
    );
  }
  if (times.length > 0) return { kind: 'list', times: [...times], ...timezone };
  if (from === undefined || to === undefined) throw new UsageError('Give --from and --to.', command);
  const window = { from: String(from), to: String(to) };
  if (schedule === undefined) return { kind: 'range', ...window, every: String(every), ...timezone };
  return { kind: 'schedule', schedule: String(schedule), ...window, only: gaps === true ? 'gaps' : 'all' };
}

function paramsOf({ param = [] }: OptionValues, command: Command): Record<string, string> {
  return Object.fromEntries(
    (param as readonly string[]).map((text) => {
      const split = text.indexOf('=');
      if (split < 1) throw new UsageError(`Write --param "${text}" as name=value.`, command);
      return [text.slice(0, split), text.slice(split + 1)];
    }),
  );
}

/** @throws UsageError */
function wholeNumber(text: string, command: Command): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new UsageError(`"${text}" is not a whole number from 1 on.`, command);
}

/** @throws UsageError */
function oneOf<const Names extends readonly string[]>(
  names: Names,
  what: string,
  value: unknown,
  command: Command,
): Names[number] {
  if (names.includes(String(value))) return String(value);
  throw new UsageError(`There is no ${what} "${String(value)}". There are ${names.join(', ')}.`, command);
}

const percent = ({ progress }: BackfillView) => `${Math.floor(progress * 100)}%`;

function lineOf(backfill: BackfillView): string {
  const { id, projectName, workflowName, state, counts, parallelism } = backfill;
  const parts = Object.entries(counts).flatMap(([name, count]) => (count === 0 ? [] : [`${count} ${name}`]));
  return `${id} ${projectName}/${workflowName}: ${state}, ${percent(backfill)} done, ${parts.join(', ')}, at most ${parallelism} at once`;
}

function itemRow({ position, workflowName, businessTime, state, run, reason }: BackfillItemView): string[] {
  const shown = run === null ? '' : run.number === null ? run.id : `${workflowName}#${run.number}`;
  return [String(position), workflowName, businessTime, state, shown, reason ?? ''];
}
