export { type HangingServer, serveNothing } from './hanging-server.ts';
export { type KafkaBroker, type KafkaBrokerOptions, startKafkaBroker } from './kafka-broker.ts';
export { type LocalServer, type Seen, serve } from './local-servers.ts';
export { type KeptMail, serveMail } from './mail-server.ts';
export { NATS_BINARY, type NatsServerOptions, NO_NATS, startNats } from './nats-server.ts';
export { NO_REDIS, REDIS_BINARY, type RedisServerOptions, startRedis } from './redis-server.ts';
export { selfSigned, type TestCertificate } from './self-signed.ts';
export type { ServerProcess } from './server-process.ts';
