/** A built-in listener with the means of this machine: what a thread that runs one instance imports. */
import { builtInPlugin, type ListenerPlugin, type ListenerPorts } from '@vaquita/plugins';
import {
  chooseProxies,
  createGuard,
  createKafkaDialer,
  createLineFiles,
  createNatsDialer,
  createOutboundHttp,
  createRedisDialer,
  type ProxySettings,
  systemClock,
} from '@vaquita/runtime/node/listeners';

/** Plain data: it goes to a thread as it is. */
export interface BuiltInOptions {
  /** Of the server. */
  readonly version: string;
  /** What lies outside the public internet and may be reached all the same (`outboundAllow`). */
  readonly outboundAllow: readonly string[];
  readonly outboundProxy: ProxySettings | null;
  /** PEM of authorities that are trusted beside those of the system. */
  readonly trust: readonly string[];
  /** The one folder log files are written in. */
  readonly folder: string;
}

/** Null when no listener of that name is built in. */
export function createBuiltInPlugin(name: string, options: BuiltInOptions): ListenerPlugin | null {
  return builtInPlugin(name, createListenerPorts(options), options.version);
}

function createListenerPorts({ outboundAllow, outboundProxy, trust, folder }: BuiltInOptions): ListenerPorts {
  const guard = createGuard(outboundAllow);
  return {
    http: createOutboundHttp({ guard, proxyFor: chooseProxies(outboundProxy), trust }),
    clock: systemClock,
    files: createLineFiles(folder),
    kafka: createKafkaDialer({ guard, trust }),
    nats: createNatsDialer({ guard, trust }),
    redis: createRedisDialer({ guard, trust }),
  };
}
