export { type EmbeddedDriverOptions, openEmbeddedDriver } from './drivers/embedded.ts';
export { openThreadDriver, type ThreadDriverOptions } from './drivers/thread.ts';
export { type MigrateOptions, type Migration, migrate } from './migrations/migrate.ts';
export { openStore, type StoreOptions } from './open-store.ts';
export type * from './ports/api.ts';
export type * from './ports/driver.ts';
export type * from './ports/files.ts';
export type * from './ports/master.ts';
export type * from './ports/store.ts';
