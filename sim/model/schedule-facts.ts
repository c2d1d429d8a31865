/** What the model is told of schedules, and its own reckoning of when they fire. */
import type { CommandRow, ScheduleFireRow, ScheduleRemainsRow, ScheduleRow, WorkflowInstanceRow } from '@vaquita/core';
import type { CalendarSpec, PlanSpec, ScheduleSpec } from '../scenario/scenario.ts';
import type { NewRunFact } from './facts.ts';

/** What a unit writes about one schedule. */
export interface ScheduleStepFact {
  readonly schedule: Pick<ScheduleRow, 'id' | 'revision' | 'cursorAt'>;
  readonly cursorAt: number;
  readonly fires: readonly ScheduleFireRow[];
  readonly dequeued: readonly ScheduleFireRow[];
  readonly runs: readonly NewRunFact[];
  readonly stops: readonly CommandRow[];
}

/** What a unit writes about the fire times that a change has left undecided. */
export interface SettledFact {
  readonly remains: Pick<ScheduleRemainsRow, 'scheduleId' | 'upTo' | 'afterAt'>;
  readonly fires: readonly ScheduleFireRow[];
  /** Null: all of them. */
  readonly afterAt: number | null;
}

/** What the wall clocks of zones show before UTC, in minutes. */
export type ZoneOffsets = Readonly<Record<PlanSpec['timezone'], number>>;

/** A schedule as people have made it, and how far it has come. Times are epoch milliseconds. */
export interface ScheduleFacts {
  readonly id: string;
  readonly spec: ScheduleSpec;
  readonly workflowId: string;
  plan: PlanSpec;
  online: boolean;
  deleted: boolean;
  pausedUntil: number | null;
  revision: number;
  cursorAt: number;
  /** It has begun anew then: put online, or with another plan. */
  begunAt: number;
  /** Where the cursor lay from then on. */
  begunCursorAt: number;
  /** By fire time. */
  readonly records: Map<number, ScheduleFireRow>;
  /** Fire times that changes have left undecided, by the moment of the change. */
  readonly remains: Map<number, { readonly plan: PlanSpec; after: number }>;
}

/** A step, and what it is about. */
export interface ScheduleChange {
  readonly schedule: ScheduleFacts;
  readonly step: ScheduleStepFact;
  /** Ms since the world began. */
  readonly at: number;
  /** Runs that the schedule has started before, in their state before this step. */
  readonly runs: readonly StartedRun[];
}

export interface StartedRun {
  readonly id: string;
  readonly state: WorkflowInstanceRow['state'];
  readonly isOpen: boolean;
  /** A person has had it go on after its end. */
  readonly revived: boolean;
  /** When it ended, in ms since the world began. */
  readonly endedAt: number | null;
  readonly toldToStop: boolean;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

/** After the one and up to the other, both in epoch milliseconds. */
export interface Stretch {
  readonly after: number;
  readonly upTo: number;
}

export interface Almanac {
  firesIn(plan: PlanSpec, stretch: Stretch): readonly number[];
  /** Whether the calendars of the plan let a fire time through. */
  isFree(plan: PlanSpec, fireAt: number): boolean;
}

export function createAlmanac(
  calendars: readonly CalendarSpec[],
  { startedAt, zones }: { readonly startedAt: number; readonly zones: ZoneOffsets },
): Almanac {
  function holds(name: string, at: number): boolean {
    const { spans } = calendars.find((one) => one.name === name) ?? { spans: [] };
    return spans.some(([from, to]) => at >= startedAt + from && at < startedAt + to);
  }

  function windowOf({ from, to }: PlanSpec, { after, upTo }: Stretch): Stretch {
    const first = from === null ? after : Math.max(after, startedAt + from - 1);
    return { after: first, upTo: to === null ? upTo : Math.min(upTo, startedAt + to - 1) };
  }

  return {
    firesIn(plan, stretch) {
      const { after, upTo } = windowOf(plan, stretch);
      const fires: number[] = [];
      if (plan.times.kind === 'interval') {
        const { everyMs, anchor } = plan.times;
        const first = startedAt + anchor;
        const passed = Math.max(0, Math.floor((after - first) / everyMs) + 1);
        for (let at = first + passed * everyMs; at <= upTo; at += everyMs) if (at > after) fires.push(at);
        return fires;
      }
      const { seconds, minutes } = plan.times;
      for (let minute = Math.floor(after / MINUTE_MS); minute * MINUTE_MS <= upTo; minute++) {
        if (!minutes.includes((((minute + zones[plan.timezone]) % 60) + 60) % 60)) continue;
        for (const second of seconds) {
          const at = minute * MINUTE_MS + second * SECOND_MS;
          if (at > after && at <= upTo) fires.push(at);
        }
      }
      return fires.sort((a, b) => a - b);
    },
    isFree: ({ include, exclude }, at) =>
      (include === null || holds(include, at)) && (exclude === null || !holds(exclude, at)),
  };
}
