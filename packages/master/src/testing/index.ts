export * from './bench.ts';
export type { TestWorker } from './bench-worker.ts';
