/** `calendars …`: named sets of days that schedules include or leave out. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CalendarChange, CalendarDetail, CalendarEntryView } from '@vaquita/client';
import { type Command, type CommandIo, EXIT, type OptionSpec, type OptionValues, UsageError } from '../command.ts';
import { CONNECTION_OPTIONS, connect } from '../connection.ts';
import { table } from '../format.ts';

const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const CONTENT_OPTIONS = {
  entry: {
    type: 'string',
    multiple: true,
    value: 'from[/to][=title]',
    help: 'A day or a span: 2026-12-24, 2026-12-24/2026-12-26=Christmas, 2026-12-24T18:00/2026-12-25T06:00; may be repeated',
  },
  yearly: {
    type: 'string',
    multiple: true,
    value: 'from[/to][=title]',
    help: 'Likewise, in each year; may be repeated',
  },
  weekday: { type: 'string', multiple: true, value: 'mon…sun|none', help: 'A weekday that is in it; may be repeated' },
  description: { type: 'string', value: 'text', help: 'What it is for' },
} as const satisfies Record<string, OptionSpec>;

const listCommand: Command = {
  name: 'calendars list',
  summary: 'List calendars',
  args: [],
  options: CONNECTION_OPTIONS,
  examples: ['vaquita calendars list'],
  async run({ options }, io) {
    const rows: string[][] = [];
    for await (const { name, entryCount, weekdays, schedules, description } of connect(options, io).calendars.all()) {
      rows.push([name, String(entryCount), weekdayNames(weekdays), String(schedules), description]);
    }
    for (const line of table(['NAME', 'ENTRIES', 'WEEKDAYS', 'SCHEDULES', 'DESCRIPTION'], rows)) io.print(line);
    return EXIT.ok;
  },
};

const showCommand: Command = {
  name: 'calendars show',
  summary: 'Show a calendar, its entries and who uses it',
  args: ['calendar'],
  options: CONNECTION_OPTIONS,
  examples: ['vaquita calendars show holidays'],
  async run({ args, options }, io) {
    printCalendar(await connect(options, io).calendars.get(args[0]!), io);
    return EXIT.ok;
  },
};

const createCommand: Command = {
  name: 'calendars create',
  summary: 'Create a calendar',
  args: ['calendar'],
  options: { ...CONTENT_OPTIONS, ...CONNECTION_OPTIONS },
  examples: [
    'vaquita calendars create holidays --yearly 2026-12-25/2026-12-26=Christmas',
    'vaquita calendars create weekend --weekday sat --weekday sun',
  ],
  async run({ args, options }, io) {
    const body = { name: args[0]!, ...contentOf(options, createCommand) };
    const idempotencyKey = crypto.randomUUID();
    printCalendar(await connect(options, io).calendars.create(body, { idempotencyKey }), io);
    return EXIT.ok;
  },
};

const editCommand: Command = {
  name: 'calendars edit',
  summary: 'Change a calendar; entries and weekdays are given as a whole',
  args: ['calendar'],
  options: { ...CONTENT_OPTIONS, name: { type: 'string', value: 'name', help: 'Another name' }, ...CONNECTION_OPTIONS },
  examples: ['vaquita calendars edit weekend --weekday none'],
  async run({ args, options }, io) {
    const name = options.name === undefined ? {} : { name: String(options.name) };
    const change = { ...contentOf(options, editCommand), ...name };
    if (Object.keys(change).length === 0) throw new UsageError('Give an option that changes something.', editCommand);
    printCalendar(await connect(options, io).calendars.update(args[0]!, change), io);
    return EXIT.ok;
  },
};

const importCommand: Command = {
  name: 'calendars import',
  summary: 'Take the events of an ICS file as entries; a calendar that is not there is made',
  args: ['calendar', 'file'],
  options: {
    add: { type: 'boolean', help: 'Keep what the calendar has' },
    timezone: { type: 'string', value: 'zone', help: 'Whose clocks times are written for (default: UTC)' },
    from: { type: 'string', value: 'day', help: 'Leave out what ends before it (default: today)' },
    'dry-run': { type: 'boolean', help: 'Tell what would be taken and change nothing' },
    ...CONNECTION_OPTIONS,
  },
  examples: ['vaquita calendars import holidays germany.ics --dry-run'],
  async run({ args, options }, io) {
    const path = resolve(io.cwd, args[1]!);
    const done = await connect(options, io).calendars.import({
      calendar: args[0]!,
      ics: readText(path, importCommand),
      mode: options.add === true ? 'add' : 'replace',
      dryRun: options['dry-run'] === true,
      ...(options.timezone === undefined ? {} : { timezone: String(options.timezone) }),
      ...(options.from === undefined ? {} : { from: String(options.from) }),
    });
    io.print(
      `${done.dryRun ? 'would take' : 'taken'}: ${done.taken}; the calendar ${done.dryRun ? 'would have' : 'has'} ${done.entries.length}`,
    );
    if (done.dryRun) for (const line of entryLines(done.entries)) io.print(line);
    for (const { title, line, reason } of done.notTaken) io.note(`line ${line ?? '?'}, ${title}: ${reason}`);
    if (done.notTakenCount > done.notTaken.length) io.note(`and ${done.notTakenCount - done.notTaken.length} more`);
    return EXIT.ok;
  },
};

const deleteCommand: Command = {
  name: 'calendars delete',
  summary: 'Delete a calendar that no schedule uses',
  args: ['calendar'],
  options: CONNECTION_OPTIONS,
  examples: ['vaquita calendars delete holidays'],
  async run({ args, options }, io) {
    await connect(options, io).calendars.delete(args[0]!);
    io.print(`deleted ${args[0]}`);
    return EXIT.ok;
  },
};

export const calendarCommands: readonly Command[] = [
  listCommand,
  showCommand,
  createCommand,
  editCommand,
  importCommand,
  deleteCommand,
];

/** @throws UsageError */
function contentOf(options: OptionValues, command: Command): Omit<CalendarChange, 'revision' | 'name'> {
  const entries = [
    ...((options.entry ?? []) as string[]).map((text) => entryOf(text, false)),
    ...((options.yearly ?? []) as string[]).map((text) => entryOf(text, true)),
  ];
  const weekdays = options.weekday as string[] | undefined;
  return {
    ...(entries.length === 0 ? {} : { entries }),
    ...(weekdays === undefined ? {} : { weekdays: weekdays.flatMap((text) => weekdayOf(text, command)) }),
    ...(options.description === undefined ? {} : { description: String(options.description) }),
  };
}

function entryOf(text: string, yearly: boolean): CalendarEntryView {
  const at = text.indexOf('=');
  const span = at < 0 ? text : text.slice(0, at);
  const [from = '', to = from] = span.split('/', 2);
  return { title: at < 0 ? span : text.slice(at + 1), from, to, yearly };
}

function weekdayOf(text: string, command: Command): readonly number[] {
  if (text === 'none') return [];
  const weekday = WEEKDAYS.indexOf(text.slice(0, 3).toLowerCase());
  if (weekday < 0)
    throw new UsageError(`--weekday must be none or one of ${WEEKDAYS.join(', ')}, not "${text}".`, command);
  return [weekday];
}

function weekdayNames(weekdays: readonly number[]): string {
  return weekdays.map((weekday) => WEEKDAYS[weekday]).join(',') || '-';
}

function readText(path: string, command: Command): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (thrown) {
    throw new UsageError(`${path} cannot be read: ${(thrown as Error).message}`, command);
  }
}

function entryLines(entries: readonly CalendarEntryView[]): readonly string[] {
  const rows = entries.map(({ title, from, to, yearly }) => [from, to, yearly ? 'yearly' : '', title]);
  return rows.length === 0 ? [] : table(['FROM', 'TO', '', 'TITLE'], rows);
}

function printCalendar(
  { name, description, weekdays, entries, usedBy, schedules }: CalendarDetail,
  io: CommandIo,
): void {
  io.print(`${name}${description === '' ? '' : `: ${description}`}`);
  if (weekdays.length > 0) io.print(`weekdays: ${weekdayNames(weekdays)}`);
  for (const line of entryLines(entries)) io.print(line);
  const users = usedBy.map((schedule) => `${schedule.project}/${schedule.workflow}/${schedule.name}`);
  if (schedules > 0) io.print(`used by: ${users.join(', ')}${schedules > users.length ? ' and others' : ''}`);
}
