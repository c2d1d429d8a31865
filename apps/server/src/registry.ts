/** This server in the registry: its own client, under which it is known to the others and may lead, and what operators see. */
import type { MetricsRegistry } from '@vaquita/api';
import type { IdSource } from '@vaquita/core';
import type { Membership } from '@vaquita/master';
import {
  type ClientId,
  type ClusterReader,
  createRegistryServer,
  createSqlCluster,
  createSqlInspection,
  createSqlRegistryStore,
  type RegistryClient,
  type RegistryInspection,
  type RegistryServer,
} from '@vaquita/registry';
import type { SqlDriver } from '@vaquita/store';
import type { Listening, ServerHost } from './host.ts';
import { announceServer } from './own-node.ts';
import { registerRegistryMetrics } from './registry-metrics.ts';
import { type ServerListener, watchServers } from './server-watch.ts';
import type { ServerSettings } from './settings.ts';
import { createWorkerMembership } from './worker-membership.ts';

export interface JoinedRegistry {
  readonly self: RegistryClient;
  readonly inspection: RegistryInspection;
  readonly cluster: ClusterReader;
  /** The workers that are connected here. */
  readonly membership: Membership;
  /** Calls back when another server has come or changed, and when one is gone. */
  watchServers(listener: ServerListener): Promise<void>;
  /** What this server holds is free at once. Workers are left to the server to which they go. */
  close(): Promise<void>;
}

export interface JoinOptions {
  readonly driver: SqlDriver;
  readonly host: Pick<ServerHost, 'clock' | 'log' | 'hostName' | 'privateFiles'>;
  readonly ids: IdSource;
  readonly metrics: MetricsRegistry;
  readonly settings: ServerSettings;
  readonly listening: Pick<Listening, 'port'>;
  readonly version: string;
  /** Where others reach this server; null: nowhere, as far as it knows. */
  readonly url: string | null;
  /** By which others know what it says. */
  readonly publicKey: string;
}

/** Beats in a session timeout: three may be lost before this server has to step down. */
const BEATS_PER_TIMEOUT = 4;

export async function joinRegistry(options: JoinOptions): Promise<JoinedRegistry> {
  const { driver, host, settings, version, url, publicKey } = options;
  const { clock, log } = host;
  const inspection = createSqlInspection(driver);
  const cluster = createSqlCluster(driver);
  const registry = createRegistryServer({
    store: createSqlRegistryStore(driver),
    clock,
    ids: options.ids,
    log,
    settings: { keepMs: settings.registryEventKeepMs, keepAtMostMs: settings.registryEventKeepAtMostMs },
    beaten: registerRegistryMetrics(options.metrics, inspection).beaten,
  });
  await registry.start();
  try {
    const self = await connectSelf(registry, options);
    const startedAt = new Date(clock.now()).toISOString();
    const node = { name: self.name, url, version, startedAt, publicKey };
    const stopTelling = await announceServer({ self, cluster, clock, log, node });
    const membership = createWorkerMembership({ registry, serverId: self.id, log });
    return {
      self,
      inspection,
      cluster,
      membership,
      watchServers: (listener) => watchServers(self, listener),
      async close() {
        await stopTelling();
        await membership.settled();
        await registry.close();
      },
    };
  } catch (error) {
    await registry.close();
    throw error;
  }
}

async function connectSelf(registry: RegistryServer, options: JoinOptions): Promise<RegistryClient> {
  const { host, settings, listening, version } = options;
  const name = `${host.hostName}:${listening.port}`;
  const memory = rememberClient(options);
  const self = await registry.connect({
    name,
    kind: 'server',
    heartbeatIntervalMs: Math.floor(settings.sessionTimeoutMs / BEATS_PER_TIMEOUT),
    sessionTimeoutMs: settings.sessionTimeoutMs,
    config: { version },
    predecessor: await memory.predecessor(),
  });
  await memory.remember(self.id);
  return self;
}

/**
 * Which client had this address on this machine before, with this data folder. It cannot be alive, since the port is ours: what a
 * killed server held need not wait for its session timeout.
 */
function rememberClient({ host, settings, listening }: JoinOptions) {
  const files = host.privateFiles(settings);
  const place = encodeURIComponent(`${host.hostName}-${settings.host}`);
  const file = `registry-client-${place}-${listening.port}`;
  return {
    predecessor: async () => ((await files.read(file)) ?? null) as ClientId | null,
    remember: (id: ClientId) => files.write(file, id),
  };
}
