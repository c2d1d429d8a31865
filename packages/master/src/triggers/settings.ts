/** How the duty on triggers works. Nobody needs to set it but tests. */

export interface TriggerDutySettings {
  /** The record is read when somebody tells of a change, and so often in any case. */
  readonly pollMs: number;
  /** It is read no sooner than this after it was read last. */
  readonly lookMs: number;
  /** Events read together; at most 500. */
  readonly page: number;
  /** A cursor that lies so many events behind what has been read is moved on, also when nothing has fired. */
  readonly behindEvents: number;
  /** And so is one that lies behind for so long. */
  readonly behindMs: number;
}

export const TRIGGER_DUTY_DEFAULTS: TriggerDutySettings = Object.freeze({
  pollMs: 5_000,
  lookMs: 200,
  page: 500,
  behindEvents: 5_000,
  behindMs: 30_000,
});
