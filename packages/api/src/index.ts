export { createApi } from './api.ts';
export { hashPassword, makePassword, PASSWORD_COST, type PasswordCost, verifyPassword } from './auth/passwords.ts';
export { makeToken, TOKEN_PREFIXES, type TokenRequest } from './auth/tokens.ts';
export type { AskOutside } from './data-sources/try-data-source.ts';
export {
  type ApiDeps,
  type ApiLog,
  type ApiSettings,
  type ApiStore,
  DEFAULT_API_SETTINGS,
  type Leadership,
  type ReadinessCheck,
} from './deps.ts';
export { housekeeping } from './housekeeping.ts';
export { createMetricsRegistry, type MetricsRegistry, type Sample } from './metrics/registry.ts';
export { ADMIN_NAME } from './resources/set-up.ts';
export * from './views/index.ts';
