/** The duty of backfills in this server: what it is given, and what it tells about itself at /metrics. */
import type { MetricsRegistry } from '@vaquita/api';
import type { Clock, CommandRow, IdSource } from '@vaquita/core';
import { type BackfillDuty, createBackfillDuty } from '@vaquita/master';
import type { BackfillFigures, Store } from '@vaquita/store';
import type { HostLog } from './host.ts';
import type { ServerSettings } from './settings.ts';
import { sharedRead } from './shared-read.ts';

export interface BackfillsDeps {
  readonly store: Pick<Store, 'backfillQueue' | 'master'>;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly log: HostLog;
  readonly metrics: MetricsRegistry;
  readonly settings: Pick<ServerSettings, 'maxBackfillRuns'>;
  /** A run has been filed, with this command. */
  readonly filed: (command: CommandRow) => void;
  readonly waitingForRoom: () => number;
  readonly announce: () => void;
}

/** Idle until this server leads. */
export function startBackfills(deps: BackfillsDeps): BackfillDuty {
  const { store, clock, ids, log, metrics, filed, waitingForRoom } = deps;
  const duty = createBackfillDuty({
    ...{ queue: store.backfillQueue, workflows: store.master.others, clock, ids, log, filed, waitingForRoom },
    changed: deps.announce,
    settings: { maxRunning: deps.settings.maxBackfillRuns },
  });

  metrics.total('vaquita_backfill_items_total', 'Items of backfills, by what became of them.', () => {
    const { done: _, ...counts } = duty.status().counts;
    return Object.entries(counts).map(([what, value]) => ({ labels: { what }, value }));
  });
  metrics.total('vaquita_backfills_done_total', 'Backfills that have come to their end.', () => [
    { value: duty.status().counts.done },
  ]);
  const figures = sharedRead(() => store.backfillQueue.figures());
  const gauge = (name: string, help: string, read: (figures: BackfillFigures) => number) =>
    metrics.gauge(name, help, async () => [{ value: read(await figures()) }]);
  gauge('vaquita_backfill_runs', 'Runs of backfills that have not ended.', ({ itemsRunning }) => itemsRunning);
  gauge('vaquita_backfill_items_waiting', 'Items of backfills that wait for their turn.', (read) => read.itemsWaiting);
  metrics.gauge('vaquita_backfills', 'Backfills that have not ended, by state.', async () => {
    const { running, paused } = await figures();
    return [
      { labels: { state: 'running' }, value: running },
      { labels: { state: 'paused' }, value: paused },
    ];
  });
  return duty;
}
