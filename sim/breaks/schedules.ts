/** Known defects of schedules: how fire times are read, decided and written. */
import type { ScheduleQueue, ScheduleStep, ScheduleStore } from '@vaquita/store';
import type { Breakage } from './breakage.ts';
import { everyNth } from './tools.ts';

/** A queue whose steps are changed before they are written. */
function stepping(change: (step: ScheduleStep) => ScheduleStep): Pick<Breakage, 'schedulePort'> {
  return {
    schedulePort: (queue) => ({ ...queue, advance: (epoch, steps) => queue.advance(epoch, steps.map(change)) }),
  };
}

/** Schedules begin a minute before they are put online or get another plan. */
function early(people: ScheduleStore): ScheduleStore {
  const before = <Changed extends { readonly at: number }>(changed: Changed) => ({
    ...changed,
    at: changed.at - 60_000,
  });
  return {
    ...people,
    create: (row) => people.create({ ...row, cursorAt: row.cursorAt - 60_000, updatedAt: row.updatedAt - 60_000 }),
    update: (row, change) => people.update(row, before(change)),
    setOnline: (id, online, changed) => people.setOnline(id, online, before(changed)),
  };
}

/** What is written names the schedule as it is now, whatever was read. */
function asItIs(queue: ScheduleQueue, find: ScheduleStore['find']): ScheduleQueue {
  return {
    ...queue,
    async advance(epoch, steps) {
      const now = await Promise.all(
        steps.map(async (step) => ({ ...step, schedule: (await find(step.schedule.id)) ?? step.schedule })),
      );
      return queue.advance(epoch, now);
    },
  };
}

export const SCHEDULE_BREAKAGES: readonly (() => Breakage)[] = [
  () => {
    const due = everyNth(6);
    return {
      name: 'record-first',
      what: 'Every sixth unit of a schedule is two, and somebody dies between its records and its runs.',
      scheduleQueue: (queue) => ({
        ...queue,
        advance: (epoch, steps) =>
          queue.advance(
            epoch,
            steps.map((step) => (step.runs.length > 0 && due() ? { ...step, runs: [] } : step)),
          ),
      }),
    };
  },
  () => ({
    name: 'any-schedule',
    what: 'What was decided about a schedule is written whatever has become of it since.',
    scheduleQueue: (queue, { schedules }) => asItIs(queue, schedules.find),
  }),
  () => ({
    name: 'fires-on-enabling',
    what: 'Schedules that are put online or changed begin a minute before that.',
    schedulePeople: early,
  }),
  () => ({
    name: 'lost-misfires',
    what: 'Fire times that were missed are passed without a record.',
    ...stepping((step) => ({ ...step, fires: step.fires.filter(({ outcome }) => outcome !== 'missed') })),
  }),
  () => ({
    name: 'eager-cursor',
    what: 'The cursor of a schedule is moved to when it is due next.',
    ...stepping((step) => ({ ...step, cursorAt: Math.max(step.cursorAt, step.dueAt ?? 0) })),
  }),
  () => ({
    name: 'forgotten-queue',
    what: 'Fire times that wait for a run to end are never looked at again.',
    schedulePort: (queue) => ({ ...queue, unblocked: async () => [] }),
  }),
  () => ({
    name: 'blind-to-runs',
    what: 'A schedule is told of no run that it has started.',
    schedulePort: (queue) => ({
      ...queue,
      surroundings: async (schedules) => ({ ...(await queue.surroundings(schedules)), open: [] }),
    }),
  }),
  () => ({
    name: 'lost-stops',
    what: 'Runs that are to make room for a new one are not told to stop.',
    ...stepping((step) => ({ ...step, stops: [] })),
  }),
  () => ({
    name: 'blind-to-records',
    what: 'After a clock was put back nobody asks which fire times have their run.',
    schedulePort: (queue) => ({
      ...queue,
      surroundings: async (schedules) => ({ ...(await queue.surroundings(schedules)), recorded: [] }),
    }),
  }),
  () => ({
    name: 'no-taking-back',
    what: 'A clock that was ahead has schedules rest until it is as late as it said.',
    schedulePort: (queue) => ({ ...queue, takeBack: async () => 0 }),
  }),
  () => ({
    name: 'blind-to-calendars',
    what: 'A schedule is told of no calendar.',
    schedulePort: (queue) => ({
      ...queue,
      surroundings: async (schedules) => ({ ...(await queue.surroundings(schedules)), calendars: [] }),
    }),
  }),
  () => {
    const due = everyNth(3);
    const seen = new Set<string>();
    const hidden = new Set<string>();
    return {
      name: 'overlooked-schedule',
      what: 'Every third schedule is left out whenever those that are due are read.',
      schedulePort: (queue) => ({
        ...queue,
        async due(by, limit) {
          const rows = await queue.due(by, limit);
          for (const { id } of rows) if (!seen.has(id) && seen.add(id) && due()) hidden.add(id);
          return rows.filter(({ id }) => !hidden.has(id));
        },
      }),
    };
  },
];
