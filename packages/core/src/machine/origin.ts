/** What started a run, when it was not a person or a task of another run. */

export const RUN_ORIGINS = ['schedule', 'backfill', 'trigger'] as const;
export type RunOriginKind = (typeof RUN_ORIGINS)[number];

/** Runs of one origin are found by its id. The origin may be gone; its runs keep it. */
export interface RunOrigin {
  readonly kind: RunOriginKind;
  readonly id: string;
}
