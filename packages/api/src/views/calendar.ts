/** Bodies of /calendars. */
import { MAX_CALENDAR_ENTRIES } from '@vaquita/core';
import * as z from 'zod';
import { pageOf, Timestamp } from './page.ts';
import { ProjectName } from './project.ts';

const Description = z.string().max(2000);

export const CalendarEntryView = z
  .object({
    title: z.string().trim().min(1).max(200),
    from: z.string().meta({ description: 'A day, or a time of the wall clock', example: '2026-12-24' }),
    to: z.string().meta({
      description: 'A last day, which is in it, or a time at which it ends; of the same form as `from`',
      example: '2026-12-26',
    }),
    yearly: z.boolean().default(false).meta({ description: 'The year does not count, and `to` may lie in the next' }),
  })
  .meta({ id: 'CalendarEntry' });
export type CalendarEntryView = z.output<typeof CalendarEntryView>;

const Weekdays = z
  .array(z.number().int().min(0).max(6))
  .max(7)
  .meta({ description: 'Days of the week that are in it whatever the entries say: 0 is Sunday' });

export const CalendarView = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    entryCount: z.number().int(),
    weekdays: Weekdays,
    schedules: z.number().int().meta({ description: 'How many schedules use it' }),
    revision: z.number().int(),
    createdBy: z.string(),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  })
  .meta({ id: 'Calendar' });
export type CalendarView = z.infer<typeof CalendarView>;
export const CalendarPage = pageOf(CalendarView).meta({ id: 'CalendarPage' });
export type CalendarPage = z.infer<typeof CalendarPage>;

export const CalendarDetail = CalendarView.extend({
  entries: z.array(CalendarEntryView),
  usedBy: z
    .array(z.object({ id: z.string(), name: z.string(), project: z.string(), workflow: z.string() }))
    .meta({ description: 'The first 20 schedules that use it' }),
}).meta({ id: 'CalendarDetail' });
export type CalendarDetail = z.infer<typeof CalendarDetail>;

const Entries = z.array(CalendarEntryView).meta({ description: `At most ${MAX_CALENDAR_ENTRIES}` });

export const CalendarCreate = z
  .strictObject({
    name: ProjectName.refine((name) => name !== 'import', 'This name is taken by the import of calendars'),
    description: Description.default(''),
    entries: Entries.default([]),
    weekdays: Weekdays.default([]),
  })
  .meta({
    id: 'CalendarCreate',
    example: {
      name: 'holidays',
      entries: [{ title: 'Christmas', from: '2026-12-25', to: '2026-12-26', yearly: true }],
    },
  });
export type CalendarCreate = z.input<typeof CalendarCreate>;

export const CalendarChange = z
  .strictObject({
    name: CalendarCreate.shape.name.optional(),
    description: Description.optional(),
    entries: Entries.optional().meta({ description: 'All of them' }),
    weekdays: Weekdays.optional(),
    revision: z.number().int().optional().meta({
      description: 'That of the calendar as it was read; the header If-Match says the same. Left out: whatever it is',
    }),
  })
  .refine(
    ({ revision: _, ...change }) => Object.values(change).some((value) => value !== undefined),
    'Give a name, description, entries or weekdays',
  )
  .meta({ id: 'CalendarChange', example: { weekdays: [0, 6], revision: 2 } });
export type CalendarChange = z.input<typeof CalendarChange>;

export const CalendarImport = z
  .strictObject({
    calendar: CalendarCreate.shape.name.meta({ description: 'Name or id; one that is not there is made' }),
    ics: z.string().min(1, 'The file is empty').meta({ description: 'The text of the file (RFC 5545)' }),
    mode: z.enum(['replace', 'add']).default('replace').meta({ description: 'Of a calendar that is there already' }),
    timezone: z.string().default('UTC').meta({
      description:
        'Where times of the file are given in UTC or in other zones, they are written down as clocks here show them',
    }),
    from: z.iso.date().optional().meta({
      description:
        'Events that end before this day are left out, and those that recur go on for five years from it; left out: today',
    }),
    dryRun: z.boolean().default(false).meta({ description: 'Tells what would be taken and changes nothing' }),
  })
  .meta({ id: 'CalendarImport' });
export type CalendarImport = z.input<typeof CalendarImport>;

export const CalendarImported = z
  .object({
    dryRun: z.boolean(),
    calendar: CalendarView.nullable().meta({
      description: 'As it is now; null: in a dry run, of one that is not there',
    }),
    entries: z.array(CalendarEntryView).meta({ description: 'What the calendar has then, or would have' }),
    taken: z.number().int().meta({ description: 'How many entries came from the file' }),
    notTaken: z
      .array(z.object({ title: z.string(), line: z.number().int().nullable(), reason: z.string() }))
      .meta({ description: 'Events of the file that were left out or cut short, with the reason; the first 200' }),
    notTakenCount: z.number().int(),
  })
  .meta({ id: 'CalendarImported' });
export type CalendarImported = z.infer<typeof CalendarImported>;
