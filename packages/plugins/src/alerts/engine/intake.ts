/** One look at the alerts that wait: folds them, and makes rows of who is told of those whose time has come. */
import type {
  AlertChannelId,
  AlertGroupRow,
  AlertId,
  AlertQueue,
  AlertRow,
  Clock,
  Epoch,
  IdSource,
  TakenAlert,
} from '@vaquita/core';
import { audienceOf, groupsOf } from './audience.ts';
import type { AlertCounts } from './counts.ts';
import { type FoldPlan, foldKey, planFolds } from './fold.ts';
import type { AlertLog } from './ports.ts';
import type { AlertEngineSettings } from './settings.ts';

export interface IntakeDeps {
  readonly queue: AlertQueue;
  readonly epoch: Epoch;
  readonly clock: Pick<Clock, 'now'>;
  readonly ids: IdSource;
  readonly log: AlertLog;
  readonly counts: AlertCounts;
  readonly settings: AlertEngineSettings;
}

export interface AlertIntakePass {
  /**
   * @returns when the next alert goes out that waits now; null: none does.
   * @throws AppError `fenced`, and what the database throws: then what is left is found by the next look.
   */
  look(): Promise<number | null>;
}

/** So many lines are held in memory; the rest has its turn in the next look. */
const MAX_LINES = 5_000;

export function createIntakePass({ queue, epoch, clock, ids, log, counts, settings }: IntakeDeps): AlertIntakePass {
  /** When one of a key went out last; a new leader begins with none, which costs one more message of a storm. */
  const takenAt = new Map<string, number>();

  /** Everything that waits, page by page; what has been folded is written page by page. */
  async function fold(): Promise<{ readonly plan: FoldPlan; readonly isWhole: boolean }> {
    const plan = planFolds((key) => takenAt.get(key), settings);
    let after: AlertId | null = null;
    while (plan.size < MAX_LINES) {
      const page: readonly AlertRow[] = await queue.waiting(after, settings.pageSize);
      const folds = plan.add(page);
      if (folds.length > 0) await queue.takeUp(epoch, { folds, taken: [], now: clock.now() });
      counts.add(
        'folded',
        folds.reduce((sum, { ids: folded }) => sum + folded.length, 0),
      );
      after = page.at(-1)?.id ?? null;
      if (page.length < settings.pageSize) return { plan, isWhole: true };
    }
    return { plan, isWhole: false };
  }

  async function takeUp(alerts: readonly AlertRow[], groups: readonly AlertGroupRow[]): Promise<void> {
    const channelIds = new Set<AlertChannelId>(
      alerts.flatMap((alert) => groupsOf(alert, groups).flatMap(({ channels }) => channels)),
    );
    const channels = new Map((await queue.channels([...channelIds])).map((row) => [row.id, row]));
    const taken = alerts.map((alert): TakenAlert => {
      const audience = audienceOf(alert, groups, channels);
      const deliveries = audience.channels.map(({ id, name }) => ({
        ...{ id: ids.next<'alert-delivery'>(), channelId: id, channelName: name },
      }));
      return { id: alert.id, deliveries, reason: audience.reason };
    });
    const now = clock.now();
    await queue.takeUp(epoch, { folds: [], taken, now });
    const untold = taken.filter(({ deliveries }) => deliveries.length === 0);
    const toNobody = new Set(untold.map(({ id }) => id));
    // What nobody was told holds nothing up: who makes somebody to tell has it sent again, and waits for it.
    for (const alert of alerts) if (!toNobody.has(alert.id)) takenAt.set(foldKey(alert), now);
    counts.add('taken', taken.length);
    counts.add('untold', untold.length);
    for (const { id, reason } of untold) log.warn('Nobody is told of an alert.', { alert: id, reason });
  }

  function forgetOld(now: number): void {
    for (const [key, at] of takenAt) if (at + settings.windowMs <= now || at > now) takenAt.delete(key);
  }

  return {
    async look() {
      forgetOld(clock.now());
      const { plan, isWhole } = await fold();
      const { alerts, nextAt } = plan.due(clock.now());
      if (alerts.length > 0) {
        const groups = await queue.groups();
        for (let from = 0; from < alerts.length; from += settings.pageSize) {
          await takeUp(alerts.slice(from, from + settings.pageSize), groups);
        }
      }
      return isWhole ? nextAt : clock.now();
    },
  };
}
