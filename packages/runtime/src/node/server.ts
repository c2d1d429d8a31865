/** What a server is made of on Node. */
export type { OutboundSettings } from './alerts/messages.ts';
export { type AlertSender, openAlertSender } from './alerts/sender.ts';
export { openPrivateFiles, type PrivateFiles, prepareDataFolder, preparePrivateFile } from './data-folder.ts';
export { openFileStore } from './file-store.ts';
export { type HttpServer, type HttpServerOptions, peerAddress, startHttpServer } from './http-server.ts';
export { createListenerHost, type ListenerHostOptions } from './listeners/listener-host.ts';
export { createPluginPackages, type PluginPackagesOptions } from './listeners/plugin-packages.ts';
export {
  createRedisConnection,
  parseRedisUrl,
  type RedisConnection,
  type RedisTarget,
} from './listeners/redis-connection.ts';
export { createRedisListenerLog, type RedisLogOptions } from './listeners/redis-log.ts';
export { type FileLogStore, openFileLogStore } from './log-store.ts';
export { createLogger, LOG_LEVELS, type Logger, type LogLevel } from './logger.ts';
export { createGuard, type Guard } from './outbound/guard.ts';
export { createOutboundHttp, type HttpClient } from './outbound/http-client.ts';
export { createMailSender } from './outbound/mail-sender.ts';
export { chooseProxies, type ProxySettings, proxyFromEnvironment } from './outbound/proxy-settings.ts';
export { openStaticFiles, type StaticFiles } from './static-files.ts';
export { defer, systemClock, systemRandom } from './system.ts';
export { createWorkerSockets, type WorkerSockets } from './worker-sockets.ts';
