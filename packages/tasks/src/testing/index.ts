export { describeTaskTypes } from './executor-contract.ts';
export { type Attempt, startAttempt } from './run.ts';
