/** Listeners on this machine: where their plugins run, and where packages of plugins come from. */
import { fileURLToPath } from 'node:url';
import type { Clock, ListenerEngineStore, ListenerHost, ListenerPackages } from '@vaquita/core';
import { chooseProxies, createGuard, createOutboundHttp, createPluginPackages } from '@vaquita/runtime/node/server';
import { readOutbound } from '../outbound.ts';
import type { Environment, ServerSettings } from '../settings.ts';
import { createServerListenerHost } from './listener-host.ts';
import { type ListenerLogs, openListenerLogs } from './listener-logs.ts';

export interface OpenedListeners {
  readonly host: ListenerHost;
  readonly packages: ListenerPackages;
  /** Where their events are kept. */
  openLogs(store: Pick<ListenerEngineStore, 'enabled'>): ListenerLogs;
}

export interface ListenerMeans {
  readonly clock: Clock;
  readonly env: Environment;
  readonly version: string;
}

/** @throws AppError `bad_settings`. */
export async function openListeners(
  settings: ServerSettings,
  { clock, env, version }: ListenerMeans,
): Promise<OpenedListeners> {
  const { dataDir, pluginRegistry, listenerEventsUrl } = settings;
  const { allow, proxy, trust } = await readOutbound(settings, env);
  const builtIn = { version, outboundAllow: allow, outboundProxy: proxy, trust, folder: `${dataDir}/listener-logs` };
  return {
    host: createServerListenerHost({ clock, dataDir, builtIn }),
    openLogs: (store) => openListenerLogs({ listenerEventsUrl, trust }, store),
    packages: createPluginPackages({
      beside: fileURLToPath(new URL('.', import.meta.url)),
      http: createOutboundHttp({ guard: createGuard(allow), proxyFor: chooseProxies(proxy), trust }),
      registry: pluginRegistry?.replace(/\/+$/, '') ?? null,
    }),
  };
}
