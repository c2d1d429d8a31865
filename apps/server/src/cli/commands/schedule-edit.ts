/** `schedules create`, `schedules edit` and `schedules preview`: what a schedule says. */
import type { ScheduleSaved } from '@vaquita/client';
import { type Command, type CommandIo, EXIT, UsageError } from '../command.ts';
import { CONNECTION_OPTIONS, connect } from '../connection.ts';
import { findSchedule } from '../find-schedule.ts';
import { parseWorkflowName } from '../names.ts';
import { CHANGE_OPTIONS, CHOICE_OPTIONS, choicesOf, PLAN_OPTIONS, planOf, wholeNumber } from '../schedule-options.ts';
import { fireTimeLines, printSchedule } from './schedules.ts';

const DESCRIPTION = { type: 'string', value: 'text', help: 'What it is for' } as const;

const createCommand: Command = {
  name: 'schedules create',
  summary: 'Create a schedule of a workflow',
  args: ['project/workflow', 'name'],
  options: {
    ...PLAN_OPTIONS,
    ...CHOICE_OPTIONS,
    description: DESCRIPTION,
    online: { type: 'boolean', help: 'Let it fire from now on' },
    ...CONNECTION_OPTIONS,
  },
  examples: [
    'vaquita schedules create etl/daily nightly --cron "30 2 * * *" --timezone Europe/Berlin --exclude holidays --online',
    'vaquita schedules create etl/poll often --every 15m --overlap skip --online',
  ],
  async run({ args, options }, io) {
    const { project, workflow } = parseWorkflowName(args[0]!);
    const plan = planOf(options, createCommand);
    if (plan === undefined) throw new UsageError('Say when it fires: --cron or --every.', createCommand);
    const body = {
      ...{ name: args[1]!, plan, online: options.online === true },
      ...(options.description === undefined ? {} : { description: String(options.description) }),
      start: choicesOf(options, createCommand) ?? {},
    };
    const { schedules } = connect(options, io);
    printSaved(await schedules.create(project, workflow, body, { idempotencyKey: crypto.randomUUID() }), io);
    return EXIT.ok;
  },
};

const editCommand: Command = {
  name: 'schedules edit',
  summary: 'Change what a schedule says; what is not given stays',
  args: ['project/workflow/schedule'],
  options: {
    ...PLAN_OPTIONS,
    ...CHANGE_OPTIONS,
    name: { type: 'string', value: 'name', help: 'Another name' },
    description: DESCRIPTION,
    ...CONNECTION_OPTIONS,
  },
  examples: [
    'vaquita schedules edit etl/daily/nightly --cron "0 3 * * *"',
    'vaquita schedules edit etl/daily/nightly --to none',
  ],
  async run({ args, options }, io) {
    const client = connect(options, io);
    const before = await findSchedule(client, args[0]!);
    const plan = planOf(options, editCommand, before.plan);
    const start = choicesOf(options, editCommand, before.start);
    const change = {
      ...(options.name === undefined ? {} : { name: String(options.name) }),
      ...(options.description === undefined ? {} : { description: String(options.description) }),
      ...(plan === undefined ? {} : { plan }),
      ...(start === undefined ? {} : { start }),
    };
    if (Object.keys(change).length === 0) throw new UsageError('Give an option that changes something.', editCommand);
    // Nobody overwrites what somebody else has changed meanwhile.
    printSaved(await client.schedules.update(before.id, { ...change, revision: before.revision }), io);
    return EXIT.ok;
  },
};

const previewCommand: Command = {
  name: 'schedules preview',
  summary: 'Show when a plan, or a schedule, would fire; nothing is kept',
  args: [],
  more: 'project/workflow/schedule',
  options: {
    ...PLAN_OPTIONS,
    count: { type: 'string', value: 'n', help: 'How many fire times (default: 5)' },
    after: { type: 'string', value: 'time', help: 'After this moment, in UTC (default: now)' },
    json: { type: 'boolean', help: 'As one JSON object' },
    ...CONNECTION_OPTIONS,
  },
  examples: [
    'vaquita schedules preview --cron "30 2 * * *" --timezone Europe/Berlin --count 10',
    'vaquita schedules preview etl/daily/nightly --exclude holidays',
  ],
  async run({ args, options }, io) {
    const client = connect(options, io);
    if (args.length > 1) throw new UsageError(`"${args[1]}" is one argument too many.`, previewCommand);
    const kept = args[0] === undefined ? undefined : (await findSchedule(client, args[0])).plan;
    const plan = planOf(options, previewCommand, kept) ?? kept;
    if (plan === undefined) throw new UsageError('Name a schedule, or give --cron or --every.', previewCommand);
    const count = wholeNumber(options.count, 'count', previewCommand);
    const seen = await client.schedules.preview({
      plan,
      ...(count === undefined ? {} : { count }),
      ...(options.after === undefined ? {} : { after: String(options.after) }),
    });
    if (options.json === true) io.print(JSON.stringify(seen));
    else if (seen.problems.length === 0) {
      io.print(seen.summary?.en ?? '');
      for (const line of fireTimeLines(seen.fires)) io.print(line);
      if (seen.fires.length === 0) io.note('It does not fire any more.');
      for (const { affected, from, to, policies } of seen.clockChanges.filter(
        (change) => change.affected || change.policies.length > 1,
      )) {
        io.print(`clocks go from ${from} to ${to}${affected ? ':' : ', which changes nothing for it'}`);
        if (affected) {
          for (const { dst, fires } of policies) {
            io.print(`  ${dst ?? ''}`);
            for (const line of fireTimeLines(fires)) io.print(`    ${line}`);
          }
        }
      }
    }
    for (const { path, message } of seen.problems) io.note(`${path}: ${message}`);
    return seen.problems.length === 0 ? EXIT.ok : EXIT.failure;
  },
};

export const scheduleEditCommands: readonly Command[] = [createCommand, editCommand, previewCommand];

function printSaved({ warnings, ...schedule }: ScheduleSaved, io: CommandIo): void {
  printSchedule(schedule, io);
  for (const warning of warnings) io.note(`warning: ${warning}`);
}
