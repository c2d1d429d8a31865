/** How often and how much the reconciler looks. Durations in milliseconds. */
export interface ReconcilerSettings {
  /** Begin of a round to the begin of the next, unless a round takes longer. */
  readonly roundMs: number;
  /** Pause between two steps of a round. */
  readonly stepMs: number;
  /** Open runs per step. */
  readonly page: number;
  /** From the first look at something to the second. */
  readonly patienceMs: number;
  /** A command is asked after when it has been pending for so long. */
  readonly commandPatienceMs: number;
}

export const RECONCILER_DEFAULTS: ReconcilerSettings = Object.freeze({
  roundMs: 30_000,
  stepMs: 2_000,
  page: 100,
  patienceMs: 5_000,
  commandPatienceMs: 60_000,
});
