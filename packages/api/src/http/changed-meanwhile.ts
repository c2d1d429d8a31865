/** The refusal of a change that was made from something that is not the newest any more, with what now is. */
import { AppError } from '@vaquita/core';

export interface NewestVersion {
  readonly version: number;
  readonly changedBy: string;
  /** Milliseconds since 1970. */
  readonly changedAt: number;
}

export class ChangedMeanwhile extends AppError {
  readonly newest: NewestVersion;

  /** @param what as a sentence names it: `The workflow “nightly”` */
  constructor(what: string, base: number, newest: NewestVersion) {
    const { version, changedBy, changedAt } = newest;
    super(
      'changed_meanwhile',
      `${what} was changed by ${changedBy} at ${new Date(changedAt).toISOString()}: its newest version is ${version}, not ${base}. Nothing was saved. Look at version ${version}, then save with it as the base.`,
    );
    this.newest = newest;
  }
}
