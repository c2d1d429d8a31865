export { type CheckReport, checkRegistry, FINDING_TEXTS } from './check-registry.ts';
export type { Lock, LockOptions, WaitOptions } from './client/locks.ts';
export type { ChangeOptions, PutOptions, RegistryClient } from './client/registry-client.ts';
export type { Listener, SubscribeOptions, Subscription } from './client/subscriptions.ts';
export type * from './cluster.ts';
export type * from './inspection.ts';
export { isRegistryPath, LEADER_LOCK } from './keys.ts';
export type * from './registry-store.ts';
export type { EventsMissed, RegistryNews } from './server/follower.ts';
export {
  type ConnectOptions,
  createRegistryServer,
  type RegistryServer,
  type RegistryServerDeps,
} from './server/registry-server.ts';
export type { ConnectionState, StateListener } from './server/session.ts';
export {
  formatServerNode,
  parseServerNode,
  SERVER_NODES,
  type ServerNode,
  serverNodeKey,
  serverOfKey,
} from './server-node.ts';
export { REGISTRY_DEFAULTS, type RegistryLog, type RegistrySettings } from './settings.ts';
export { createSqlCluster } from './sql/cluster.ts';
export { createSqlInspection } from './sql/inspection.ts';
export { createSqlRegistryStore, type SqlRegistryOptions } from './sql-registry-store.ts';
