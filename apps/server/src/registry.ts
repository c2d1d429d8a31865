/** This server in the registry: its own client, under which it is known to the others and may lead, and what operators see. */
import type { MetricsRegistry } from '@vaquita/api';
import type { IdSource } from '@vaquita/core';
import {
  createRegistryServer,
  createSqlInspection,
  createSqlRegistryStore,
  formatServerNode,
  type RegistryClient,
  type RegistryInspection,
  serverNodeKey,
} from '@vaquita/registry';
import type { SqlDriver } from '@vaquita/store';
import type { Listening, ServerHost } from './host.ts';
import { registerRegistryMetrics } from './registry-metrics.ts';
import type { ServerSettings } from './settings.ts';

export interface JoinedRegistry {
  readonly self: RegistryClient;
  readonly inspection: RegistryInspection;
  /** What this server holds is free at once. */
  close(): Promise<void>;
}

export interface JoinOptions {
  readonly driver: SqlDriver;
  readonly host: Pick<ServerHost, 'clock' | 'log' | 'hostName'>;
  readonly ids: IdSource;
  readonly metrics: MetricsRegistry;
  readonly settings: ServerSettings;
  readonly listening: Pick<Listening, 'port'>;
  readonly version: string;
}

/** Beats in a session timeout: three may be lost before this server has to step down. */
const BEATS_PER_TIMEOUT = 4;

export async function joinRegistry(options: JoinOptions): Promise<JoinedRegistry> {
  const { driver, host, settings, listening, version } = options;
  const { clock, log } = host;
  const inspection = createSqlInspection(driver);
  const registry = createRegistryServer({
    store: createSqlRegistryStore(driver),
    clock,
    ids: options.ids,
    log,
    settings: { keepMs: settings.registryEventKeepMs, keepAtMostMs: settings.registryEventKeepAtMostMs },
    beaten: registerRegistryMetrics(options.metrics, inspection).beaten,
  });
  await registry.start();
  const name = `${host.hostName}:${listening.port}`;
  try {
    const self = await registry.connect({
      name,
      kind: 'server',
      heartbeatIntervalMs: Math.floor(settings.sessionTimeoutMs / BEATS_PER_TIMEOUT),
      sessionTimeoutMs: settings.sessionTimeoutMs,
      config: { version },
    });
    const startedAt = new Date(clock.now()).toISOString();
    const about = formatServerNode({ name, url: settings.advertiseUrl, version, startedAt });
    await self.put(serverNodeKey(self.id), about, { ephemeral: true });
    return { self, inspection, close: registry.close };
  } catch (error) {
    await registry.close();
    throw error;
  }
}
