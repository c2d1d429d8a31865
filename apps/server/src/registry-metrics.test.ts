import { createMetricsRegistry } from '@vaquita/api';
import { expect, it } from 'vitest';
import { registerRegistryMetrics } from './registry-metrics.ts';

it('tells who is there, what is kept, who is behind, and how long heartbeats take', async () => {
  const metrics = createMetricsRegistry();
  let reads = 0;
  const { beaten } = registerRegistryMetrics(metrics, {
    async figures() {
      reads += 1;
      return {
        clients: { server: 2, worker: 7 },
        rows: { clients: 9, data: 10, locks: 2, events: 1234, subscribers: 3 },
        lagIds: 5,
        lagMs: 1_500,
      };
    },
  });
  beaten(4);
  beaten(40);
  const text = await metrics.render();
  expect(reads).toBe(1);
  for (const line of [
    'vaquita_registry_clients{kind="server"} 2',
    'vaquita_registry_clients{kind="worker"} 7',
    'vaquita_registry_rows{table="events"} 1234',
    'vaquita_registry_rows{table="subscribers"} 3',
    'vaquita_registry_event_lag 5',
    'vaquita_registry_event_lag_seconds 1.5',
    'vaquita_registry_heartbeat_seconds_bucket{le="0.005"} 1',
    'vaquita_registry_heartbeat_seconds_count 2',
  ])
    expect(text).toContain(`${line}\n`);
});
