/** What is done now and then: claims of nobody go back to the queue (E5), and what is over and old is removed. */
import { type AlertDeliveryId, type Epoch, toAppError } from '@vaquita/core';
import type { AlertCounts } from './counts.ts';
import type { AlertEngineDeps } from './ports.ts';
import type { AlertEngineSettings } from './settings.ts';

export interface UpkeepDeps extends Pick<AlertEngineDeps, 'queue' | 'clock' | 'log' | 'claimer' | 'recovered'> {
  readonly epoch: Epoch;
  readonly counts: AlertCounts;
  readonly settings: AlertEngineSettings;
  /** What is being sent. */
  readonly held: () => readonly AlertDeliveryId[];
}

export interface Upkeep {
  /** Does what is due, a bounded piece. @throws AppError `fenced`, and what the database throws. */
  whenDue(): Promise<void>;
  readonly dueAt: number;
}

export function createUpkeep({
  queue,
  epoch,
  clock,
  log,
  claimer,
  counts,
  settings,
  held,
  recovered,
}: UpkeepDeps): Upkeep {
  /** Nothing was claimed in this term yet: all that is claimed is of terms that are over. */
  let isFirst = true;
  let dueAt = Number.NEGATIVE_INFINITY;

  async function takeBack(): Promise<boolean> {
    const now = clock.now();
    const found = await queue.reclaim(epoch, {
      alive: isFirst ? [] : [claimer],
      held: held(),
      claimedBefore: now - settings.timeoutMs - settings.marginMs,
      ...{ now, limit: settings.upkeepAtOnce },
    });
    const { claims, unreachable } = found;
    if (claims.length > 0 || unreachable > 0) {
      counts.add('recovered', claims.length);
      counts.add('failed', unreachable);
      log.warn('Alerts that nobody was sending were taken back.', { claims: claims.length, unreachable });
      await tell(found.claims, unreachable);
    }
    return Math.max(claims.length, unreachable) < settings.upkeepAtOnce;
  }

  async function tell(...found: [Parameters<NonNullable<typeof recovered>>[1], number]): Promise<void> {
    try {
      await recovered?.(epoch, ...found);
    } catch (error) {
      log.warn('It could not be put on record that alerts were taken back.', { error: toAppError(error).message });
    }
  }

  async function purge(): Promise<boolean> {
    if (settings.keepMs === null) return true;
    const options = { before: clock.now() - settings.keepMs, limit: settings.upkeepAtOnce };
    const removed = await queue.purge(epoch, options);
    counts.add('purged', removed);
    return removed < settings.upkeepAtOnce;
  }

  return {
    get dueAt() {
      return dueAt;
    },
    async whenDue() {
      if (clock.now() < dueAt && dueAt <= clock.now() + settings.upkeepMs) return;
      const tookAll = await takeBack();
      if (tookAll) isFirst = false;
      const removedAll = await purge();
      dueAt = clock.now() + (tookAll && removedAll ? settings.upkeepMs : settings.lookMs);
    },
  };
}
