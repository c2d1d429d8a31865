/**
 * A schedule as it is kept. It is a cursor over its fire times and never a chain in which each fire makes the next: what comes after
 * the cursor is worked out anew each time, so nothing that fails once can silence it.
 *
 * Times are epoch milliseconds.
 */
import type { CalendarId } from '../calendars/rows.ts';
import type { Id, ProjectId, WorkflowId, WorkflowInstanceId } from '../identity/ids.ts';
import type { StartChoices } from '../machine/start-choices.ts';
import type { DstPolicy } from './zoned-search.ts';

export type ScheduleId = Id<'schedule'>;

/** What is done about fire times that nobody could act on in time: none of them, only the last, or all up to `limit`, the newest. */
export const MISFIRE_POLICIES = ['none', 'last', 'all'] as const;
export type MisfirePolicy = (typeof MISFIRE_POLICIES)[number];

/**
 * What is done about a fire time while a run of the same schedule has not ended: start another one beside it, leave it out, let it wait
 * until the one before has ended, or stop that and start.
 */
export const OVERLAP_POLICIES = ['parallel', 'skip', 'queue', 'cancel_old'] as const;
export type OverlapPolicy = (typeof OVERLAP_POLICIES)[number];

export interface SchedulePlan {
  readonly times:
    | { readonly kind: 'cron'; readonly expression: string; readonly dst: DstPolicy }
    | { readonly kind: 'interval'; readonly everyMs: number; readonly anchorAt: number };
  /** IANA name. Days of calendars, and the time expressions of a run, are those of this zone. */
  readonly timezone: string;
  /** The window: `from` is in it, `to` is not; null is open. */
  readonly from: number | null;
  readonly to: number | null;
  /** Each fire time is acted on up to so much later, always the same for one fire time. */
  readonly jitterMs: number;
  readonly calendars: {
    /** When there are any: only days that one of these holds. */
    readonly include: readonly CalendarId[];
    /** Never what one of these holds. */
    readonly exclude: readonly CalendarId[];
  };
  readonly misfire: {
    readonly policy: MisfirePolicy;
    /** Of `all`: how many at most. */
    readonly limit: number;
    /** Up to so much after its time a fire is late, and acted on; later it is a misfire. */
    readonly graceMs: number;
  };
  readonly overlap: {
    readonly policy: OverlapPolicy;
    /** Of `queue`: how many fire times may wait. Of `parallel`: how many runs at once. Null: no limit of its own. */
    readonly limit: number | null;
  };
}

export interface ScheduleProblem {
  /** A sentence. */
  readonly text: string;
  /** Since when it is so. */
  readonly since: number;
}

export interface ScheduleRow {
  readonly id: ScheduleId;
  readonly projectId: ProjectId;
  readonly workflowId: WorkflowId;
  /** Unique within its workflow. */
  readonly name: string;
  readonly description: string;
  readonly plan: SchedulePlan;
  readonly start: StartChoices;
  readonly online: boolean;
  /** While it lies ahead, fire times before it are skipped, with this as the reason. */
  readonly pausedUntil: number | null;
  /** Grows with each change by a person. Whoever acts on a fire time names the one he has read. */
  readonly revision: number;
  /** Every fire time up to here has its record. Going online sets it to that moment, so that enabling never fires by itself. */
  readonly cursorAt: number;
  /** When it last began: was put online, got another plan, or its workflow was put online. Nothing before is decided because of it. */
  readonly begunAt: number;
  /** Where the cursor lay from then on. Further ahead than `begunAt` where a clock had been ahead: nothing is decided in between. */
  readonly begunCursorAt: number;
  /** When the leader looks at it next; null: never, because it is offline or over. */
  readonly dueAt: number | null;
  /** Why the leader cannot deal with it, and so has it rest for a while between tries; null: it can. */
  readonly problem: ScheduleProblem | null;
  readonly createdBy: string;
  readonly createdAt: number;
  readonly updatedBy: string;
  readonly updatedAt: number;
}

/** `queued` waits for the run before it; it ends as `run` or `skipped`. */
export const FIRE_OUTCOMES = ['run', 'queued', 'skipped', 'missed'] as const;
export type FireOutcome = (typeof FIRE_OUTCOMES)[number];

/** Why a fire time did not become a run of its own. */
export const FIRE_REASONS = [
  'calendar',
  'paused',
  'overlap',
  'queue_full',
  'misfire',
  'queued',
  'definition',
  'schedule_changed',
] as const;
export type FireReasonCode = (typeof FIRE_REASONS)[number];

/** What became of one fire time; the only record of it. */
export interface ScheduleFireRow {
  readonly scheduleId: ScheduleId;
  /** With the schedule it is the key. */
  readonly fireAt: number;
  readonly projectId: ProjectId;
  readonly workflowId: WorkflowId;
  /**
   * The last fire time that this record stands for, and how many there are: `fireAt` and 1, unless very many were missed in one go, of
   * which the oldest are told of together.
   */
  readonly throughAt: number;
  readonly fires: number;
  readonly outcome: FireOutcome;
  /** Null for a run. */
  readonly reasonCode: FireReasonCode | null;
  /** A sentence; null for a run. */
  readonly reason: string | null;
  readonly workflowInstanceId: WorkflowInstanceId | null;
  /** When it was to be acted on: the fire time and its jitter. */
  readonly actAt: number;
  /** When it was decided. */
  readonly decidedAt: number;
}

/**
 * Fire times of a schedule that had come up and were not decided when somebody changed it. They do not run any more; the leader has
 * yet to write their records.
 */
export interface ScheduleRemainsRow {
  readonly scheduleId: ScheduleId;
  /** The last moment of them, when the change was made; with the schedule it is the key. */
  readonly upTo: number;
  /** Those after this moment have no record yet. */
  readonly afterAt: number;
  readonly projectId: ProjectId;
  readonly workflowId: WorkflowId;
  /** As it was before the change. */
  readonly plan: SchedulePlan;
  /** The reason that their records give, a sentence. */
  readonly why: string;
}
