export { checkAgainstCroner } from './check-croner.ts';
export { checkFireTimes } from './check-fire-times.ts';
export * from './manual-clock.ts';
export { type WanderStep, wander } from './random-run.ts';
export * from './run-fixture.ts';
export { schedulePlan, scheduleRow } from './schedules.ts';
export * from './seeded-random.ts';
