/**
 * Global failover: what a new leader does about the open runs of those who led before. It reads them by pages and builds
 * each from its rows, a few at a time; until a run's page has come, whatever concerns the run (a command, a worker's
 * report) brings it into memory by itself.
 *
 * F1 Open runs are read page by page; one that cannot be built is told to `setAside` and the others go on.
 * F2 Work begins with the first page.
 * F3 Taking over goes on where it was interrupted: what is in memory already is not read again. Nothing of it is kept
 *    anywhere but in memory: the next leader starts from the rows, and what was taken over before is no different then.
 * F4 Runs whose rows do not come now wait for the others, and are tried last.
 */
import { type AppError, type Clock, toAppError, type WorkflowInstanceId } from '@vaquita/core';
import type { MasterStore } from '@vaquita/store';
import type { RunRegistry } from '../bus/run-registry.ts';
import type { Logger } from '../settings.ts';
import { isPassing } from './durable-commit.ts';

export interface TakingOver {
  /** Brings every open run into memory. Called again after it has failed, it goes on where it was. @throws AppError */
  recover(): Promise<void>;
  /** Every open run has been taken over, or been tried. */
  readonly sawAll: boolean;
  /** Its rows have not come yet; it will be tried again. */
  isAfter(id: WorkflowInstanceId): boolean;
  status(): TakingOverStatus;
}

export interface TakingOverStatus {
  readonly done: boolean;
  /** Pages of open runs that have been read. */
  readonly pages: number;
  /** Runs that have been brought into memory, or set aside. */
  readonly taken: number;
  /** Of the pages that were read, runs that are still to be taken. */
  readonly left: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
}

export interface TakingOverDeps {
  readonly store: Pick<MasterStore, 'openInstances'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Logger;
  readonly runs: Pick<RunRegistry, 'withBus'>;
  /** Open runs per page. */
  readonly page: number;
  /** Runs that are built at a time: what memory holds of rows that are not runs yet. */
  readonly atOnce: number;
  readonly isOver: () => boolean;
  /** Open runs can be read: the term is open for work. */
  readonly opened: () => void;
  /** The run cannot be built, and `why`. */
  readonly setAside: (id: WorkflowInstanceId, why: string) => Promise<void>;
}

/** Runs in a row whose rows do not come, after which the others are not tried for a while: it is not they, it is the database. */
const MAX_FAILURES = 3;

export function createTakingOver(deps: TakingOverDeps): TakingOver {
  const { store, clock, log, runs } = deps;
  /** Of the page that was read last. */
  let left: WorkflowInstanceId[] = [];
  /** Their rows did not come. */
  let later: WorkflowInstanceId[] = [];
  let after: string | null = null;
  let isLast = false;
  let sawAll = false;
  let pages = 0;
  let taken = 0;
  let startedAt: number | null = null;
  let endedAt: number | null = null;

  async function readPage(): Promise<void> {
    const page = await store.openInstances({ after, limit: deps.page });
    left = [...page.items];
    after = page.next;
    isLast = page.next === null;
    pages += 1;
    deps.opened();
  }

  /** Returns why it has to wait for the others, if its rows did not come. */
  async function take(id: WorkflowInstanceId): Promise<AppError | undefined> {
    try {
      const found = await runs.withBus(id, () => {});
      if (found.kind === 'impossible') await deps.setAside(id, found.why);
    } catch (thrown) {
      const error = toAppError(thrown);
      if (isPassing(error.code)) {
        later.push(id);
        return error;
      }
      await deps.setAside(id, error.message);
    }
    taken += 1;
    return undefined;
  }

  async function takeAll(): Promise<void> {
    let inARow = 0;
    let failure: AppError | undefined;
    while (!deps.isOver()) {
      if (left.length > 0) {
        const some = left.splice(0, deps.atOnce);
        const errors = (await Promise.all(some.map(take))).filter((error) => error !== undefined);
        failure = errors.at(-1) ?? failure;
        inARow = errors.length === some.length ? inARow + errors.length : 0;
        if (failure && inARow >= MAX_FAILURES) throw failure;
      } else if (!isLast) {
        await readPage();
      } else if (later.length > 0) {
        left = later;
        later = [];
        sawAll = true;
        if (failure) throw failure;
      } else return;
    }
  }

  return {
    async recover() {
      startedAt ??= clock.now();
      await takeAll();
      if (deps.isOver() || endedAt !== null) return;
      sawAll = true;
      endedAt = clock.now();
      if (taken > 0) log.info('Open runs have been taken over.', { runs: taken, pages, ms: endedAt - startedAt });
    },
    get sawAll() {
      return sawAll;
    },
    isAfter: (id) => left.includes(id) || later.includes(id),
    status: () => ({ done: endedAt !== null, pages, taken, left: left.length + later.length, startedAt, endedAt }),
  };
}
