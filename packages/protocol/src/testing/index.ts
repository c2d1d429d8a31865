export * from './samples.ts';
export * from './wire-pair.ts';
