/** The whole schema: what drizzle-kit turns into the SQL of migrations/. */
export * from './alerts.ts';
export * from './backfills.ts';
export * from './commands.ts';
export * from './environments.ts';
export * from './instances.ts';
export * from './listeners.ts';
export * from './projects.ts';
export * from './registry.ts';
export * from './requests.ts';
export * from './schedules.ts';
export * from './task-groups.ts';
export * from './triggers.ts';
export * from './users.ts';
export * from './worker-groups.ts';
export * from './workers.ts';
export * from './workflows.ts';
