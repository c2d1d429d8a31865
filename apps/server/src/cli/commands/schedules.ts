/** `schedules …`: when workflows start by themselves, and what became of it. */
import type { FireTimeView, FireView, ScheduleView } from '@vaquita/client';
import { type Command, type CommandIo, EXIT, UsageError } from '../command.ts';
import { CONNECTION_OPTIONS, connect } from '../connection.ts';
import { findSchedule, scheduleName } from '../find-schedule.ts';
import { table } from '../format.ts';
import { parseWorkflowName } from '../names.ts';
import { wholeNumber } from '../schedule-options.ts';

const SCHEDULE = 'project/workflow/schedule';
const DEFAULT_FIRES = 20;

const listCommand: Command = {
  name: 'schedules list',
  summary: 'List schedules, what they say and when they fire next',
  args: [],
  options: {
    project: { type: 'string', value: 'project', help: 'Those of one project' },
    workflow: { type: 'string', value: 'project/workflow', help: 'Those of one workflow' },
    online: { type: 'boolean', help: 'Those that are switched on' },
    offline: { type: 'boolean', help: 'Those that are switched off' },
    json: { type: 'boolean', help: 'One JSON object per line instead of a table' },
    ...CONNECTION_OPTIONS,
  },
  examples: ['vaquita schedules list --workflow etl/daily'],
  async run({ options }, io) {
    if (options.online === true && options.offline === true) {
      throw new UsageError('Give --online or --offline, not both.', listCommand);
    }
    const online = options.online === true ? true : options.offline === true ? false : undefined;
    const scope =
      options.workflow !== undefined
        ? parseWorkflowName(String(options.workflow))
        : options.project === undefined
          ? {}
          : { project: String(options.project) };
    const rows: string[][] = [];
    for await (const schedule of connect(options, io).schedules.all({ ...scope, online })) {
      if (options.json === true) io.print(JSON.stringify(schedule));
      rows.push([scheduleName(schedule), statusOf(schedule), nextOf(schedule), schedule.summary.en]);
    }
    if (rows.length === 0) io.note(online === undefined ? 'There is no schedule.' : 'There is no such schedule.');
    else if (options.json !== true)
      for (const line of table(['SCHEDULE', 'STATUS', 'NEXT', 'WHEN'], rows)) io.print(line);
    return EXIT.ok;
  },
};

const showCommand: Command = {
  name: 'schedules show',
  summary: 'Show a schedule, its policies and its next fire times',
  args: [SCHEDULE],
  options: { json: { type: 'boolean', help: 'As one JSON object' }, ...CONNECTION_OPTIONS },
  examples: ['vaquita schedules show etl/daily/nightly'],
  async run({ args, options }, io) {
    const schedule = await findSchedule(connect(options, io), args[0]!);
    if (options.json === true) io.print(JSON.stringify(schedule));
    else printSchedule(schedule, io);
    return EXIT.ok;
  },
};

const firesCommand: Command = {
  name: 'schedules fires',
  summary: 'List what became of the fire times of a schedule, newest first',
  args: [SCHEDULE],
  options: {
    limit: { type: 'string', value: 'n', help: `How many at most (default: ${DEFAULT_FIRES})` },
    json: { type: 'boolean', help: 'One JSON object per line instead of a table' },
    ...CONNECTION_OPTIONS,
  },
  examples: ['vaquita schedules fires etl/daily/nightly --limit 100'],
  async run({ args, options }, io) {
    const limit = wholeNumber(options.limit, 'limit', firesCommand) ?? DEFAULT_FIRES;
    const client = connect(options, io);
    const { id } = await findSchedule(client, args[0]!);
    const rows: string[][] = [];
    for await (const fire of client.schedules.allFires(id)) {
      if (options.json === true) io.print(JSON.stringify(fire));
      rows.push(fireRow(fire));
      if (rows.length >= limit) break;
    }
    if (rows.length === 0) io.note('It has not come to a fire time yet.');
    else if (options.json !== true)
      for (const line of table(['FIRE TIME', 'OUTCOME', 'RUN', 'REASON'], rows)) io.print(line);
    return EXIT.ok;
  },
};

function verbCommand(verb: 'online' | 'offline', summary: string): Command {
  return {
    name: `schedules ${verb}`,
    summary,
    args: [SCHEDULE],
    options: CONNECTION_OPTIONS,
    examples: [`vaquita schedules ${verb} etl/daily/nightly`],
    async run({ args, options }, io) {
      const client = connect(options, io);
      const { id } = await findSchedule(client, args[0]!);
      printSchedule(await client.schedules[verb](id), io);
      return EXIT.ok;
    },
  };
}

const pauseCommand: Command = {
  name: 'schedules pause',
  summary: 'Skip the fire times of a schedule for a while',
  args: [SCHEDULE],
  options: {
    for: { type: 'string', value: 'duration', help: 'From now on, such as 2d' },
    until: { type: 'string', value: 'time', help: 'Until then, in UTC' },
    end: { type: 'boolean', help: 'Let it go on now' },
    ...CONNECTION_OPTIONS,
  },
  examples: ['vaquita schedules pause etl/daily/nightly --for 2d', 'vaquita schedules pause etl/daily/nightly --end'],
  async run({ args, options }, io) {
    const given = ['for', 'until', 'end'].filter((name) => options[name] !== undefined);
    if (given.length !== 1) throw new UsageError('Give one of --for, --until and --end.', pauseCommand);
    const client = connect(options, io);
    const { id } = await findSchedule(client, args[0]!);
    const body =
      options.for !== undefined
        ? { for: String(options.for) }
        : { until: options.end === true ? null : String(options.until) };
    printSchedule(await client.schedules.pause(id, body), io);
    return EXIT.ok;
  },
};

const runCommand: Command = {
  name: 'schedules run',
  summary: 'Start a run now, as the schedule would',
  args: [SCHEDULE],
  options: CONNECTION_OPTIONS,
  examples: ['vaquita schedules run etl/daily/nightly'],
  async run({ args, options }, io) {
    const client = connect(options, io);
    const schedule = await findSchedule(client, args[0]!);
    const { id, state } = await client.schedules.run(schedule.id, { idempotencyKey: crypto.randomUUID() });
    io.print(id);
    io.note(`${schedule.projectName}/${schedule.workflowName} is ${state}`);
    return EXIT.ok;
  },
};

const deleteCommand: Command = {
  name: 'schedules delete',
  summary: 'Delete a schedule; its runs go on',
  args: [SCHEDULE],
  options: CONNECTION_OPTIONS,
  examples: ['vaquita schedules delete etl/daily/nightly'],
  async run({ args, options }, io) {
    const client = connect(options, io);
    const schedule = await findSchedule(client, args[0]!);
    await client.schedules.delete(schedule.id);
    io.print(`deleted ${scheduleName(schedule)}`);
    return EXIT.ok;
  },
};

export const scheduleCommands: readonly Command[] = [
  listCommand,
  showCommand,
  verbCommand('online', 'Let a schedule fire from now on'),
  verbCommand('offline', 'Let a schedule fire no more; its runs go on'),
  pauseCommand,
  runCommand,
  firesCommand,
  deleteCommand,
];

function statusOf({ online, workflowOnline, pausedUntil, problem }: ScheduleView): string {
  if (!online) return 'offline';
  if (!workflowOnline) return 'workflow offline';
  if (problem !== null) return 'does not fire';
  return pausedUntil === null ? 'online' : `paused until ${pausedUntil}`;
}

function nextOf({ nextFires }: ScheduleView): string {
  return nextFires[0]?.local ?? '-';
}

export function printSchedule(schedule: ScheduleView, io: CommandIo): void {
  const { plan, start, summary, nextFires, description, problem } = schedule;
  io.print(`${scheduleName(schedule)}: ${statusOf(schedule)}${description === '' ? '' : `, ${description}`}`);
  if (problem !== null) io.print(`since ${problem.since} it could not be dealt with: ${problem.text}`);
  io.print(`when: ${summary.en}${plan.dst === null ? '' : `, when clocks are moved: ${plan.dst}`}`);
  if (plan.from !== null || plan.to !== null) io.print(`window: ${plan.from ?? 'open'} to ${plan.to ?? 'open'}`);
  if (plan.jitter !== '0s') io.print(`jitter: up to ${plan.jitter}`);
  const { include, exclude } = plan.calendars;
  if (include.length > 0) io.print(`only in: ${include.join(', ')}`);
  if (exclude.length > 0) io.print(`never in: ${exclude.join(', ')}`);
  const { misfire, overlap } = plan;
  const most = misfire.policy === 'all' ? ` up to ${misfire.limit}` : '';
  io.print(`misfire: ${misfire.policy}${most}, later than ${misfire.grace}`);
  io.print(`overlap: ${overlap.policy}${overlap.limit === null ? '' : ` up to ${overlap.limit}`}`);
  const params = Object.entries(start.params).map(([name, value]) => `${name}=${value}`);
  if (params.length > 0) io.print(`params: ${params.join(' ')}`);
  for (const line of fireTimeLines(nextFires)) io.print(line);
}

/** One line each: what clocks show, what is odd about it, and why it will not run. */
export function fireTimeLines(fires: readonly FireTimeView[]): readonly string[] {
  return fires.map(({ local, clocks, skipped }) => {
    const odd = clocks === null ? '' : `  (${CLOCKS[clocks]})`;
    return `${local}${odd}${skipped === null ? '' : `  skipped: ${skipped.text}`}`;
  });
}

const CLOCKS = {
  shifted: 'clocks jump over its time',
  first: 'clocks show this time twice: the first',
  second: 'clocks show this time twice: the second',
} as const;

function fireRow({ fireAt, fires, throughAt, outcome, reason, workflowInstanceId }: FireView): string[] {
  const when = fires === 1 ? fireAt : `${fireAt} to ${throughAt} (${fires})`;
  return [when, outcome, workflowInstanceId ?? '-', reason?.text ?? ''];
}
