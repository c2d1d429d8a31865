/** The listeners that are built in, in the order in which they are offered. */
import type { BuiltInListener } from './built-in-listener.ts';
import { asPlugin } from './built-in-listener.ts';
import { kafka } from './kafka/kafka.ts';
import type { ListenerPlugin } from './listener-plugin.ts';
import { logFile } from './log-file/log-file.ts';
import { nats } from './nats/nats.ts';
import type { ListenerPorts } from './ports.ts';
import { redisStreams } from './redis-streams/redis-streams.ts';
import { webhook } from './webhook/webhook.ts';

export const BUILT_IN_LISTENERS: readonly BuiltInListener[] = [logFile, webhook, kafka, nats, redisStreams];

/** Null when there is none of that name. `version` is that of the server. */
export function builtInListener(name: string): BuiltInListener | null {
  return BUILT_IN_LISTENERS.find((listener) => listener.name === name) ?? null;
}

export function builtInPlugin(name: string, ports: ListenerPorts, version: string): ListenerPlugin | null {
  const listener = builtInListener(name);
  return listener && asPlugin(listener, ports, version);
}
