/** Schedules in this server: the duty that has them fire, and what it tells about itself at /metrics. */
import type { MetricsRegistry } from '@vaquita/api';
import type { Clock, CommandRow } from '@vaquita/core';
import { createScheduleDuty, type ScheduleDuty } from '@vaquita/master';
import type { ScheduleFigures, Store } from '@vaquita/store';
import type { HostLog } from './host.ts';
import { sharedRead } from './shared-read.ts';

export interface SchedulesDeps {
  readonly store: Pick<Store, 'scheduleQueue'>;
  readonly clock: Clock;
  readonly log: HostLog;
  readonly metrics: MetricsRegistry;
  /** Commands are durable. */
  readonly filed: (commands: readonly CommandRow[]) => void;
}

/** Seconds. A schedule on time is within the first few; what a server made up for after an outage is in the last. */
const LATENESS_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 600, 3_600] as const;

/** Idle until this server leads. */
export function startSchedules({ store, clock, log, metrics, filed }: SchedulesDeps): ScheduleDuty {
  const fires = metrics.counter('vaquita_schedule_fires_total', 'Fire times of schedules, by what became of them.');
  const lateness = metrics.histogram(
    'vaquita_schedule_lateness_seconds',
    'How long after its time a fire time was durably a run; those that waited for the run before are left out.',
    LATENESS_BUCKETS,
  );
  const figures = sharedRead(() => store.scheduleQueue.figures());
  const gauge = (name: string, help: string, read: (figures: ScheduleFigures) => number) =>
    metrics.gauge(name, help, async () => [{ value: read(await figures()) }]);
  gauge('vaquita_schedules', 'Schedules that there are.', ({ total }) => total);
  gauge('vaquita_schedules_active', 'Schedules that have a fire time ahead.', ({ active }) => active);
  gauge(
    'vaquita_schedules_failing',
    'Schedules that the leader cannot deal with; each says why.',
    ({ failing }) => failing,
  );
  gauge('vaquita_schedule_fires_queued', 'Fire times that wait for the run before to end.', ({ queued }) => queued);
  return createScheduleDuty({
    ...{ queue: store.scheduleQueue, clock, log, filed },
    recorded({ outcome, reasonCode, actAt, fires: count }, { at, hasWaited }) {
      fires.add({ outcome, reason: reasonCode ?? '' }, count);
      if (outcome === 'run' && !hasWaited) lateness.observe({}, Math.max(0, at - actAt) / 1_000);
    },
  });
}
