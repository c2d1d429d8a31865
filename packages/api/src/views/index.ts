/** Every body of the API, as schemas and as the types that clients import. */
export * from './access.ts';
export * from './action.ts';
export * from './event.ts';
export * from './history.ts';
export * from './instance.ts';
export * from './operation.ts';
export * from './page.ts';
export * from './project.ts';
export * from './reason.ts';
export * from './registry.ts';
export * from './task-group.ts';
export * from './task-instance.ts';
export * from './upkeep.ts';
export * from './worker.ts';
export * from './worker-control.ts';
export * from './worker-group.ts';
export * from './workflow.ts';
