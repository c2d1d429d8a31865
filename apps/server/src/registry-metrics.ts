/** What the registry tells at /metrics: who is there, how long heartbeats take, how far subscribers are behind, how much is kept. */
import type { MetricsRegistry } from '@vaquita/api';
import type { RegistryInspection } from '@vaquita/registry';
import { sharedRead } from './shared-read.ts';

const HEARTBEAT_BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

export interface RegistryObserver {
  /** A heartbeat of this server's clients was written, after so long. */
  beaten(tookMs: number): void;
}

export function registerRegistryMetrics(
  metrics: MetricsRegistry,
  { figures }: Pick<RegistryInspection, 'figures'>,
): RegistryObserver {
  const read = sharedRead(figures);
  metrics.gauge(
    'vaquita_registry_clients',
    'Servers and workers that the registry knows to be alive, by kind.',
    async () => {
      const { clients } = await read();
      return Object.entries(clients).map(([kind, value]) => ({ labels: { kind }, value }));
    },
  );
  metrics.gauge('vaquita_registry_rows', 'Rows of the registry, by table.', async () => {
    const { rows } = await read();
    return Object.entries(rows).map(([table, value]) => ({ labels: { table }, value }));
  });
  metrics.gauge(
    'vaquita_registry_event_lag',
    'Events that the slowest subscriber of all servers has not handled yet.',
    async () => [{ value: (await read()).lagIds }],
  );
  metrics.gauge(
    'vaquita_registry_event_lag_seconds',
    'Age of the oldest event that some subscriber has not handled yet.',
    async () => [{ value: (await read()).lagMs / 1000 }],
  );
  const heartbeats = metrics.histogram(
    'vaquita_registry_heartbeat_seconds',
    'Time until the heartbeats of this server and of the workers connected to it were written; one write for all of them.',
    HEARTBEAT_BUCKETS_S,
  );
  return { beaten: (tookMs) => heartbeats.observe({}, tookMs / 1000) };
}
