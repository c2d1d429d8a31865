export * from './manual-clock.ts';
export { type WanderStep, wander } from './random-run.ts';
export * from './run-fixture.ts';
export * from './seeded-random.ts';
