/**
 * One pass of the janitor: removes what has served its time, in small units with a pause after each.
 *
 * J1 Rows go first, in a unit that fails when a run is needed after all; logs and files go when the unit is durable.
 * J2 A unit removes about `rowsAtOnce` rows. A run with more is marked, thinned unit by unit, and its own row goes last.
 * J3 Interrupted, it leaves nothing half that the next pass would not find: what is marked is taken up again.
 */
import {
  type Clock,
  type Epoch,
  type TaskInstanceId,
  toAppError,
  type WorkflowId,
  type WorkflowInstanceId,
} from '@vaquita/core';
import {
  type DueFamily,
  dueFamilies,
  type FileStore,
  type LogStore,
  PURGED,
  type Purged,
  type Removed,
  type RetentionStore,
  type RunHead,
} from '@vaquita/store';
import type { Logger } from '../settings.ts';
import { type CleaningCounts, COUNT_OF } from './report.ts';
import { type JanitorSettings, KEEP_FIRINGS_MS, KEEP_RECORDS_MS, KEEP_THINGS_MS } from './settings.ts';

export interface PassDeps {
  readonly store: RetentionStore;
  readonly epoch: Epoch;
  readonly logs: Pick<LogStore, 'delete' | 'size' | 'owners'>;
  readonly files: Pick<FileStore, 'removeRuns' | 'owners'> | null;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Logger;
  readonly settings: JanitorSettings;
  readonly counts: readonly CleaningCounts[];
  readonly isWatched: (id: WorkflowId) => boolean;
  /** Waits between two units. False: the term is over. */
  readonly pause: () => Promise<boolean>;
}

/** @throws AppError when the database does not do what it should; `fenced`. */
export async function cleanUp(deps: PassDeps): Promise<void> {
  const { store, epoch, clock, settings, pause } = deps;
  const now = clock.now();
  let batch: RunHead[] = [];
  let rows = 0;

  const add = (what: Parameters<CleaningCounts['add']>[0], count: number) => {
    for (const counts of deps.counts) counts.add(what, count);
  };

  async function take({ members }: DueFamily): Promise<void> {
    const weights = await store.weigh(
      members.map(({ id }) => id),
      settings.rowsAtOnce,
    );
    const total = weights.reduce((sum, weight) => sum + weight.rows + 1, 0);
    if (rows + total > settings.rowsAtOnce) await removeBatch();
    if (total > settings.rowsAtOnce) {
      await removeLarge(members, new Map(weights.map((weight) => [weight.id, weight.rows])));
      return;
    }
    batch.push(...members);
    rows += total;
  }

  async function removeBatch(): Promise<void> {
    const runs = batch;
    batch = [];
    rows = 0;
    if (runs.length > 0) await remove(runs.map(({ id }) => id));
  }

  /** One run of them being needed again must not keep the others. */
  async function remove(ids: readonly WorkflowInstanceId[]): Promise<void> {
    if (await tryTo(() => store.remove(epoch, ids), ids)) return;
    if (ids.length === 1) add('left', 1);
    else for (const id of ids) await remove([id]);
  }

  /** @returns false when a run is needed after all. */
  async function tryTo(work: () => Promise<Removed>, ids: readonly WorkflowInstanceId[]): Promise<boolean> {
    try {
      await forget(await work(), ids);
      return true;
    } catch (error) {
      if (toAppError(error).code !== 'conflict') throw error;
      return false;
    } finally {
      await pause();
    }
  }

  /** J1 */
  async function forget({ runs, tasks, events }: Removed, ids: readonly WorkflowInstanceId[]): Promise<void> {
    add('runs', runs);
    add('taskInstances', tasks.length);
    add('events', events);
    await removeLogs(deps, tasks);
    if (runs === 0) return;
    try {
      await deps.files?.removeRuns(ids);
    } catch (error) {
      deps.log.warn('Files of a run that is gone could not be removed.', { error: toAppError(error).message });
    }
  }

  /** J2 */
  async function removeLarge(members: readonly RunHead[], rowsOf: ReadonlyMap<string, number>): Promise<void> {
    for (const member of members) {
      if ((rowsOf.get(member.id) ?? 0) > settings.rowsAtOnce && !(await thin(member))) {
        add('left', 1);
        return;
      }
      batch.push(member);
      rows += Math.min(rowsOf.get(member.id) ?? 0, settings.rowsAtOnce) + 1;
      if (rows > settings.rowsAtOnce) await removeBatch();
    }
    await removeBatch();
  }

  async function thin({ id }: RunHead): Promise<boolean> {
    try {
      await store.beginRemoval(epoch, id, now);
    } catch (error) {
      if (toAppError(error).code === 'conflict') return false;
      throw error;
    }
    for (;;) {
      const removed = await store.thin(epoch, id, settings.rowsAtOnce);
      await forget(removed, []);
      if (!(await pause())) return false;
      if (removed.tasks.length < settings.rowsAtOnce && removed.events < settings.rowsAtOnce) return true;
    }
  }

  function keepMsOf(what: Purged): number | null {
    const keepMs = settings.policy.keepMs ?? KEEP_RECORDS_MS;
    if (what === 'firings') return Math.max(keepMs, KEEP_FIRINGS_MS);
    if (what === 'watchers' || what === 'things') return Math.max(keepMs, KEEP_THINGS_MS);
    return what === 'audit' ? settings.keepAuditMs : keepMs;
  }

  async function purge(): Promise<void> {
    for (const what of PURGED) {
      const keepMs = keepMsOf(what);
      if (keepMs === null) continue;
      for (let after: string | null = null; ; ) {
        const limit = Math.min(settings.rowsAtOnce, 500);
        const page: { readonly removed: number; readonly next: string | null } = await store.purge(epoch, what, {
          ...{ after, limit, before: now - keepMs },
        });
        add(COUNT_OF[what], page.removed);
        if (page.next === null || !(await pause())) break;
        after = page.next;
      }
    }
  }

  /** Gives free pages back, but for what the next days will fill again. */
  async function shrink(): Promise<void> {
    for (;;) {
      const before = await store.space();
      const spare = before.freeBytes - before.bytes * KEPT_FREE;
      if (!before.canShrink || spare <= MIN_SPARE_BYTES) return;
      await store.shrink(settings.pagesAtOnce);
      const after = await store.space();
      if (after.bytes >= before.bytes) return;
      add('freedBytes', before.bytes - after.bytes);
      if (!(await pause())) return;
    }
  }

  const walk = { policy: settings.policy, now, isWatched: deps.isWatched, between: pause };
  for await (const family of dueFamilies(store, walk)) await take(family);
  await removeBatch();
  await purge();
  await shrink();
}

/** One log that cannot be removed does not keep the others. */
export async function removeLogs(
  { logs, counts, log }: Pick<PassDeps, 'logs' | 'counts' | 'log'>,
  tasks: readonly TaskInstanceId[],
): Promise<void> {
  for (const id of tasks) {
    try {
      const size = await logs.size(id);
      if (size === 0) continue;
      await logs.delete([id]);
      for (const count of counts) {
        count.add('logs', 1);
        count.add('logBytes', size);
      }
    } catch (error) {
      log.warn('The log of a task that is gone could not be removed.', { task: id, error: toAppError(error).message });
    }
  }
}

/** Of the database. */
const KEPT_FREE = 0.1;
const MIN_SPARE_BYTES = 1024 * 1024;
