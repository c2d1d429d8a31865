/** What whoever starts runs by itself (schedule, backfill, trigger) decides once for all of its runs. */
import type { AlertChoice } from '../alerts/alert.ts';
import type { FailureStrategy, Priority, Scope } from '../definition/definition.ts';

export interface StartChoices {
  /** Start parameters as text; they override the defaults of the definition. */
  readonly params: Readonly<Record<string, string>>;
  readonly startTasks: readonly string[];
  readonly scope: Scope;
  /** Null: as the definition says when the run starts. */
  readonly failureStrategy: FailureStrategy | null;
  readonly priority: Priority;
  readonly workerGroup: string | null;
  /** For tasks that name none themselves; not there in what was chosen before there were environments. */
  readonly environment?: string | null;
  readonly alertOn: AlertChoice | null;
  /** By name. */
  readonly alertGroup: string | null;
  readonly dryRun: boolean;
  /** Overrides the definition's workflow timeout when not null; milliseconds. */
  readonly timeoutMs: number | null;
  /** A version of the workflow to stay with; null: the newest at the time of each start. */
  readonly version: number | null;
}
