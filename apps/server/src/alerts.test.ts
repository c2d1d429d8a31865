import { createMetricsRegistry } from '@vaquita/api';
import { createManualClock } from '@vaquita/core/testing';
import { expect, it } from 'vitest';
import { registerAlertMetrics } from './alerts.ts';

it('tells what waits, since when, and when each channel took an alert, in one read of the database', async () => {
  const metrics = createMetricsRegistry();
  let reads = 0;
  const alertQueue = {
    async figures() {
      reads += 1;
      const channels = [
        { name: 'ops', lastDeliveredAt: 40_000 },
        { name: 'new', lastDeliveredAt: null },
      ];
      return { waiting: 3, queued: 2, sending: 1, oldestAt: 90_000, channels };
    },
  };
  const counts = {
    taken: 9,
    folded: 4,
    untold: 0,
    sent: 5,
    retried: 2,
    failed: 1,
    stopped: 0,
    recovered: 0,
    purged: 0,
  };
  const status = () => ({ epoch: null, sending: 0, counts });
  registerAlertMetrics({ metrics, clock: createManualClock(100_000), store: { alertQueue } }, { status });
  const text = await metrics.render();
  expect(reads).toBe(1);
  for (const line of [
    'vaquita_alerts_waiting 3',
    'vaquita_alert_deliveries_queued 2',
    'vaquita_alert_deliveries_sending 1',
    'vaquita_alerts_oldest_seconds 10',
    'vaquita_alert_channel_delivered_timestamp_seconds{channel="ops"} 40',
    'vaquita_alert_deliveries_total{result="retry"} 2',
    'vaquita_alerts_total{what="folded"} 4',
  ])
    expect(text).toContain(`${line}\n`);
  expect(text).not.toContain('channel="new"');
  await metrics.render();
  expect(reads).toBe(2);
});
