/** Where listener events are kept: in the database of everything else, or in the Redis that the operator has named. */
import type { ListenerEngineStore, ListenerLog } from '@vaquita/core';
import { createRedisConnection, createRedisListenerLog, parseRedisUrl } from '@vaquita/runtime/node/server';

export interface ListenerLogs {
  /** The log of one term; null: the store's own. */
  readonly openLog: ((epoch: number) => ListenerLog) | null;
  close(): void;
}

export interface ListenerLogOptions {
  readonly listenerEventsUrl: string | null;
  /** PEM of authorities that are trusted beside those of the system. */
  readonly trust: readonly string[];
}

/** Connects with the first use. @throws AppError `bad_settings` when the address is none. */
export function openListenerLogs(
  { listenerEventsUrl, trust }: ListenerLogOptions,
  store: Pick<ListenerEngineStore, 'enabled'>,
): ListenerLogs {
  if (listenerEventsUrl === null) return { openLog: null, close: () => undefined };
  const { prefix, ...access } = parseRedisUrl(listenerEventsUrl);
  const redis = createRedisConnection(access, trust);
  const enabledInstances = () => store.enabled();
  return {
    openLog: (epoch) => createRedisListenerLog({ redis, prefix, epoch, enabledInstances }),
    close: () => redis.close(),
  };
}
