export * from './manual-clock.ts';
export * from './run-fixture.ts';
export * from './seeded-random.ts';
