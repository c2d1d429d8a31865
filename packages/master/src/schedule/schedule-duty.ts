/**
 * Has schedules fire for as long as this server leads. It keeps nothing that a crash could lose: a cursor in the row of each schedule
 * says up to where its fire times have their records, and the unit that moves it holds the records, the runs and the orders.
 *
 * S1 A fire time is recorded in the unit that moves the cursor past it. So a crash, a failover or an answer that is lost leaves it
 *    either not recorded, and it is decided anew, or recorded, and it is not decided again.
 * S2 What is written names the schedule as it was read: whatever somebody changes meanwhile wins, and the schedule is read again.
 * S3 The times of rows and the clock decide, never how long somebody slept; a schedule is looked at when it is due.
 * S4 A cursor is never left ahead of the clock by more than clocks differ: what a wrong clock has recorded of times that have not
 *    come is taken back, but for runs. So no jump of the clock silences a schedule, and none has it fire twice.
 * S5 Fire times that wait go on soon after the run before them has ended, whoever tells of that, and at the next poll if nobody does.
 * S6 A schedule that nothing can be decided about holds up no other. Its row says why, until something is decided or somebody changes it.
 * S7 Fire times that a change of a schedule finds undecided get their records too: nobody decides about them any more, but they came.
 */
import {
  type Clock,
  type CommandRow,
  type ScheduleFireRow,
  type ScheduleId,
  type ScheduleRow,
  toAppError,
} from '@vaquita/core';
import type { ScheduleQueue, ScheduleStep } from '@vaquita/store';
import { createRounds, type RoundsTerm } from '../duties/rounds.ts';
import type { LeaderDuty } from '../master.ts';
import type { Logger } from '../settings.ts';
import { createAside } from './aside.ts';
import { decidePage } from './decide-page.ts';
import { SCHEDULE_DUTY_DEFAULTS, type ScheduleDutySettings } from './settings.ts';
import { settleRemains } from './settle-remains.ts';
import { isOfTheStore } from './store-troubles.ts';
import { unitsOf } from './units.ts';

export interface ScheduleDutyDeps {
  readonly queue: ScheduleQueue;
  readonly clock: Clock;
  readonly log: Logger;
  /** Commands are durable: the starts of runs, and orders to stop. A hint to whoever carries them out. */
  readonly filed: (commands: readonly CommandRow[]) => void;
  /** A record is durable. */
  readonly recorded?: (fire: ScheduleFireRow, how: RecordedAs) => void;
  readonly settings?: Partial<ScheduleDutySettings>;
}

export interface RecordedAs {
  /** Epoch milliseconds. */
  readonly at: number;
  /** It had a record before, which said that it waits. */
  readonly hasWaited: boolean;
}

export interface ScheduleDuty extends LeaderDuty {
  /** Hint: a schedule, a calendar or a workflow has been changed. */
  nudge(): void;
  /** Hint: something has been recorded, maybe the end of a run. Of no effect while no fire time waits for one. */
  runsChanged(): void;
}

/** A schedule that is changed again and again under our hands is left alone for a while, too. */
const TRIES = 5;

export function createScheduleDuty(deps: ScheduleDutyDeps): ScheduleDuty {
  const { queue, clock, log } = deps;
  const settings: ScheduleDutySettings = Object.freeze({ ...SCHEDULE_DUTY_DEFAULTS, ...deps.settings });
  const aside = createAside({ queue, clock, log, asideMs: settings.asideMs });
  /** Some fire time may wait for a run to end. */
  let maybeQueued = true;
  let queueLookedAt = Number.NEGATIVE_INFINITY;
  let queueWanted = true;
  let lastNow = Number.POSITIVE_INFINITY;
  let clockCheckAt = Number.NEGATIVE_INFINITY;

  const rounds = createRounds({
    ...{ clock, log, what: 'Schedules', pollMs: settings.pollMs, round },
    begun() {
      aside.clear();
      maybeQueued = true;
      queueWanted = true;
      queueLookedAt = Number.NEGATIVE_INFINITY;
      lastNow = Number.POSITIVE_INFINITY;
    },
  });

  async function round(term: RoundsTerm): Promise<number> {
    await checkClock(term);
    const lookedAt = await serveDue(term);
    await serveQueues(term);
    await settleRemains({ queue, clock, log, page: settings.page }, term);
    if (term.isOver()) return Number.POSITIVE_INFINITY;
    const due = (await queue.nextDueAt(lookedAt)) ?? Number.POSITIVE_INFINITY;
    const queueAt = queueWanted && maybeQueued ? queueLookedAt + settings.queueEveryMs : Number.POSITIVE_INFINITY;
    return Math.min(due, queueAt);
  }

  /** S4. */
  async function checkClock(term: RoundsTerm): Promise<void> {
    const now = clock.now();
    const wentBack = now < lastNow;
    lastNow = now;
    if (!wentBack && now < clockCheckAt) return;
    clockCheckAt = now + settings.clockCheckMs;
    await takeBack(term, now);
  }

  function isAhead({ cursorAt }: ScheduleRow, now: number): boolean {
    return cursorAt > now + settings.aheadMs;
  }

  /** S4. @returns how many. */
  async function takeBack({ epoch, isOver }: RoundsTerm, now: number): Promise<number> {
    const limit = settings.page;
    let total = 0;
    for (let taken = limit; taken === limit && !isOver(); total += taken) {
      taken = await queue.takeBack(epoch, { now, toleranceMs: settings.aheadMs, limit });
    }
    if (total > 0) log.warn('The clock was ahead; schedules begin again where it is now.', { schedules: total });
    return total;
  }

  /** @returns up to when everything that was due has been dealt with. */
  async function serveDue(term: RoundsTerm): Promise<number> {
    const tries = new Map<ScheduleId, number>();
    for (;;) {
      const now = clock.now();
      const read = await queue.due(now, settings.page + aside.size);
      const due = read.filter((row) => !aside.holds(row, now));
      if (due.length === 0 || term.isOver()) return now;
      // It was offline when cursors were held against the clock.
      if (due.some((row) => isAhead(row, now)) && (await takeBack(term, now)) > 0) continue;
      for (const row of await serve(due, term)) {
        const count = (tries.get(row.id) ?? 0) + 1;
        tries.set(row.id, count);
        if (count >= TRIES) await aside.put(row, { why: 'It was changed at each try.', whateverItIs: true }, term);
      }
    }
  }

  /** S5. */
  async function serveQueues(term: RoundsTerm): Promise<void> {
    const now = clock.now();
    if (!maybeQueued || (now < queueLookedAt + settings.queueEveryMs && now >= queueLookedAt)) return;
    queueWanted = false;
    queueLookedAt = now;
    let after: string | null = null;
    for (;;) {
      const rows: readonly ScheduleRow[] = await queue.unblocked(after, settings.page);
      await serve(
        rows.filter((row) => !aside.holds(row, now)),
        term,
      );
      if (rows.length < settings.page || term.isOver()) break;
      after = rows.at(-1)!.id;
    }
    maybeQueued = (await queue.figures()).queued > 0;
  }

  /** @returns those that were not as they were read. */
  async function serve(schedules: readonly ScheduleRow[], term: RoundsTerm): Promise<readonly ScheduleRow[]> {
    if (schedules.length === 0) return [];
    const around = await queue.surroundings(schedules);
    const { steps, failed } = decidePage(schedules, around, clock.now());
    for (const { schedule, why } of failed) await aside.put(schedule, { why }, term);
    const units = unitsOf(steps, { steps: settings.unit, rows: settings.unitRows });
    const conflicts = await Promise.all(units.map((unit) => write(unit, term)));
    return conflicts.flat();
  }

  /** All of them, else each by itself. @returns those that were not as they were read (S2). */
  async function write(steps: readonly ScheduleStep[], term: RoundsTerm): Promise<readonly ScheduleRow[]> {
    if (term.isOver()) return [];
    try {
      await queue.advance(term.epoch, steps);
    } catch (error) {
      const { code, message } = toAppError(error);
      if (isOfTheStore(code)) throw error;
      if (steps.length === 1) {
        const { schedule } = steps[0]!;
        if (code === 'conflict') return [schedule];
        await aside.put(schedule, { why: message }, term);
        return [];
      }
      const conflicts: ScheduleRow[] = [];
      for (const step of steps) conflicts.push(...(await write([step], term)));
      return conflicts;
    }
    tell(steps);
    return [];
  }

  function tell(steps: readonly ScheduleStep[]): void {
    const at = clock.now();
    const commands = steps.flatMap(({ stops, runs }) => [...stops, ...runs.map(({ command }) => command)]);
    if (commands.length > 0) deps.filed(commands);
    for (const { fires, dequeued } of steps) {
      for (const fire of dequeued) deps.recorded?.(fire, { at, hasWaited: true });
      for (const fire of fires) {
        if (fire.outcome === 'queued') maybeQueued = true;
        deps.recorded?.(fire, { at, hasWaited: false });
      }
    }
  }

  return {
    begin: rounds.begin,
    end: rounds.end,
    nudge: rounds.nudge,
    runsChanged() {
      if (!maybeQueued || queueWanted) return;
      queueWanted = true;
      rounds.nudge();
    },
  };
}
