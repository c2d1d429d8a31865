export type { LockHolder, RegistryClient, RegistryStore } from './registry-store.ts';
export {
  createServerSession,
  SERVER_HEARTBEAT_MS,
  SERVER_SESSION_TIMEOUT_MS,
  type ServerSession,
  type ServerSessionOptions,
  type SessionState,
} from './server-session.ts';
export { createSqlRegistryStore } from './sql-registry-store.ts';

/** The lock whose holder leads. The commit guard of the store looks at the same row. */
export const LEADER_LOCK = '/lock/leader';
