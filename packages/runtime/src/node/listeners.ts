/** What listeners are given on Node, apart from the server's own parts: a thread that runs one loads no database. */
export { createKafkaDialer } from './brokers/kafka.ts';
export { createNatsDialer } from './brokers/nats.ts';
export { type NatsClient, openNats } from './brokers/nats-client.ts';
export { openRedis, type RedisClient } from './brokers/redis-client.ts';
export { createRedisDialer } from './brokers/redis-streams.ts';
export { createLineFiles } from './listeners/line-files.ts';
export { createGuard, type Guard } from './outbound/guard.ts';
export { createOutboundHttp } from './outbound/http-client.ts';
export { chooseProxies, type ProxySettings } from './outbound/proxy-settings.ts';
export { systemClock } from './system.ts';
