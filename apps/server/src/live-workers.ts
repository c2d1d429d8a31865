/**
 * Workers as this server knows them: where it leads, with the figures of heartbeats that the database has not been told yet.
 * Elsewhere they are what the leader wrote last.
 */
import type { Master } from '@vaquita/master';
import type { WorkerControl, WorkerReader, WorkerRow } from '@vaquita/store';

export function withLiveFigures(
  workers: WorkerReader & WorkerControl,
  figures: Master['figures'],
): WorkerReader & WorkerControl {
  function withFigures(row: WorkerRow): WorkerRow {
    const live = figures(row.id);
    return live === undefined ? row : { ...row, lastHeartbeatAt: live.at, stats: live.stats };
  }

  return {
    decide: workers.decide,
    list: async () => (await workers.list()).map(withFigures),
    async get(id) {
      const row = await workers.get(id);
      return row && withFigures(row);
    },
  };
}
