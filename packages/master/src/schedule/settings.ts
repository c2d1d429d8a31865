/** How the duty on schedules works. Nobody needs to set it but tests. */

export interface ScheduleDutySettings {
  /** Schedules that are due are looked at when they are; besides, it is looked so often whether one is. */
  readonly pollMs: number;
  /** Schedules read and decided together. */
  readonly page: number;
  /** Schedules written in one unit. */
  readonly unit: number;
  /** Rows of one unit, where it is of more than one schedule. */
  readonly unitRows: number;
  /** Fire times that wait are looked at after a change no sooner than this after the last look. */
  readonly queueEveryMs: number;
  /** How far a cursor may lie ahead of the clock: clocks of servers differ. Beyond it the clock was wrong. */
  readonly aheadMs: number;
  /** How often cursors are held against the clock, besides at the beginning of a term and when the clock goes back. */
  readonly clockCheckMs: number;
  /** A schedule that cannot be dealt with is left alone for so long. */
  readonly asideMs: number;
}

export const SCHEDULE_DUTY_DEFAULTS: ScheduleDutySettings = Object.freeze({
  pollMs: 5_000,
  page: 500,
  unit: 100,
  unitRows: 2_000,
  queueEveryMs: 200,
  aheadMs: 60_000,
  clockCheckMs: 600_000,
  asideMs: 30_000,
});
