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

/** How the duty on triggers of the kind `file` works. Nobody needs to set it but tests. */
export interface FileDutySettings {
  /** Triggers are read when somebody tells of a change, and so often in any case. */
  readonly pollMs: number;
  /** They are read no sooner than this after they were read last. */
  readonly rereadMs: number;
  /** Files told of in one answer; at most 1000. */
  readonly page: number;
  /** Files that are looked at in one look of one worker. */
  readonly files: number;
  /** Workers that are asked in one look. */
  readonly workers: number;
  /** Records that are written in one look: runs, and refusals that are new. The rest come with the next look. */
  readonly fires: number;
  /** Looks of triggers that are under way at once. */
  readonly parallel: number;
  /** When there is a rest, or something has to settle, or a look failed, the next look comes no sooner than this. */
  readonly soonestMs: number;
  /** How long the end of a term waits for looks that hang. */
  readonly graceMs: number;
}

export const FILE_DUTY_DEFAULTS: FileDutySettings = Object.freeze({
  pollMs: 5_000,
  rereadMs: 1_000,
  page: 1_000,
  files: 100_000,
  workers: 16,
  fires: 100,
  parallel: 8,
  soonestMs: 10_000,
  graceMs: 2_000,
});
