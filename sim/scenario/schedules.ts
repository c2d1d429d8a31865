/** What starts runs by itself in a world, as plain data. Times are ms since the world began. */
import type { MisfirePolicy, OverlapPolicy } from '@vaquita/core';

export interface ScheduleSpec {
  readonly name: string;
  readonly workflow: string;
  readonly plan: PlanSpec;
  /** Another one, for whoever edits it. */
  readonly otherPlan: PlanSpec;
  /** It starts from a task that is not there: no fire time can become a run. */
  readonly broken: boolean;
  /** How it is when it is made. */
  readonly online: boolean;
}

export interface PlanSpec {
  readonly times: TimesSpec;
  readonly timezone: ZoneName;
  readonly from: number | null;
  readonly to: number | null;
  readonly jitterMs: number;
  /** A calendar that is included, and one that is excluded. */
  readonly include: string | null;
  readonly exclude: string | null;
  readonly misfire: { readonly policy: MisfirePolicy; readonly limit: number; readonly graceMs: number };
  readonly overlap: { readonly policy: OverlapPolicy; readonly limit: number | null };
}

/** Cron expressions that fire in each hour, at these seconds of these minutes. */
export type TimesSpec =
  | { readonly kind: 'cron'; readonly seconds: readonly number[]; readonly minutes: readonly number[] }
  | { readonly kind: 'interval'; readonly everyMs: number; readonly anchor: number };

/** Zones whose clocks are not moved while a world lasts, and what they show before UTC. */
export const ZONES = { UTC: 0, 'Europe/Berlin': 60, 'Asia/Kolkata': 330, 'America/St_Johns': -210 } as const;
export type ZoneName = keyof typeof ZONES;

/** Spans of the wall clock in UTC; schedules that use it are of that zone. Whole minutes. */
export interface CalendarSpec {
  readonly name: string;
  readonly spans: readonly (readonly [from: number, to: number])[];
}

/** What people do about schedules. */
export type ScheduleOperation =
  | {
      readonly do: 'schedule';
      readonly schedule: string;
      readonly what: 'create' | 'enable' | 'disable' | 'delete' | 'describe' | 'replan';
    }
  /** Null: not any more. */
  | { readonly do: 'pause_schedule'; readonly schedule: string; readonly until: number | null }
  | { readonly do: 'switch_workflow'; readonly workflow: string; readonly online: boolean };
