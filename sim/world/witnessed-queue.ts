/** The queue of alerts, with everything that it applies told to the model in the same moment. */
import type { AlertQueue, AlertRecords, Epoch } from '@vaquita/core';
import type { Writer } from '../model/alert-facts.ts';
import type { SimProcess } from './process.ts';
import type { Watch } from './witnessed.ts';

export function witnessedQueue(
  queue: AlertQueue & AlertRecords,
  process: SimProcess,
  { model, guard, say, elapsed }: Watch,
): AlertQueue {
  const { alerts } = model;

  function wrote(epoch: Epoch, tell: (by: Writer) => void): void {
    const by = { process: process.name, epoch, at: elapsed() };
    guard(() => {
      model.writes(epoch, process.name);
      tell(by);
    });
  }

  /** Those of the alerts that are over which are not there any more. */
  async function missing(): Promise<string[]> {
    const ids: string[] = [];
    for (const { id, removed } of alerts.alerts.values()) {
      if (!removed && (await queue.find(id)) === undefined) ids.push(id);
    }
    return ids;
  }

  return {
    async waiting(after, limit) {
      const rows = await queue.waiting(after, limit);
      for (const row of rows) guard(() => alerts.waits(row));
      return rows;
    },
    groups() {
      alerts.looked(process.name);
      return queue.groups();
    },
    channels: queue.channels,
    async takeUp(epoch, intake) {
      await queue.takeUp(epoch, intake);
      const { folds, taken } = intake;
      say(`${process.name} takes up ${taken.length} alerts and folds ${folds.flatMap(({ ids }) => ids).length}`);
      wrote(epoch, (by) => alerts.takeUp(by, intake));
    },
    async claim(epoch, request) {
      const claims = await queue.claim(epoch, request);
      if (claims.length === 0) return claims;
      say(`${process.name} claims ${claims.map(({ id, attempt }) => `${id} (${attempt})`).join(', ')}`);
      wrote(epoch, (by) => alerts.claimed(by, claims));
      return claims;
    },
    async finish(epoch, result) {
      await queue.finish(epoch, result);
      say(`${process.name} writes that ${result.id} (${result.attempt}) is ${result.status}`);
      wrote(epoch, (by) => alerts.finished(by, result));
    },
    nextAt: queue.nextAt,
    async release(epoch, claimer, claims, now) {
      await queue.release(epoch, claimer, claims, now);
      if (claims.length === 0) return;
      say(`${process.name} gives back ${claims.map(({ id }) => id).join(', ')}`);
      wrote(epoch, (by) => alerts.released(by, claims));
    },
    async reclaim(epoch, request) {
      const found = await queue.reclaim(epoch, request);
      if (found.claims.length + found.unreachable === 0) return found;
      say(
        `${process.name} takes back ${found.claims.map(({ id }) => id).join(', ')}; ${found.unreachable} have no channel`,
      );
      wrote(epoch, (by) => alerts.reclaimed(by, found));
      return found;
    },
    async purge(epoch, options) {
      const removed = await queue.purge(epoch, options);
      if (removed === 0) return removed;
      const ids = await missing();
      say(`${process.name} removes ${removed} alerts`);
      wrote(epoch, () => alerts.purged(ids));
      return removed;
    },
    figures: queue.figures,
  };
}
