export type * from './ports/api.ts';
export type * from './ports/driver.ts';
export type * from './ports/master.ts';
export type * from './ports/store.ts';
