export * from './definition/definition.ts';
export * from './errors/app-error.ts';
export * from './errors/codes.ts';
export * from './errors/did-you-mean.ts';
export * from './graph/logical-graph.ts';
export * from './identity/ids.ts';
export * from './machine/effects.ts';
export * from './machine/events.ts';
export { allInputs } from './machine/inputs.ts';
export {
  DEFAULT_WORKER_GROUP,
  MACHINE_DEFAULTS,
  type MachineSettings,
  type RunChangeSet,
  type TransitionContext,
  takeChanges,
} from './machine/ledger.ts';
export * from './machine/rows.ts';
export { type NodeOutcome, type Run, type RunNode, rebuildRun } from './machine/run.ts';
export * from './machine/states.ts';
export { TASK_TABLE } from './machine/task-machine.ts';
export { quarantineReason, resumeRun, type TransitionResult, transition } from './machine/transition.ts';
export { WORKFLOW_TABLE, whyRefused } from './machine/workflow-machine.ts';
export * from './params/built-ins.ts';
export * from './params/env.ts';
export * from './params/outputs.ts';
export * from './params/placeholder.ts';
export * from './params/precedence.ts';
export * from './params/start-params.ts';
export * from './params/time-expression.ts';
export * from './params/values.ts';
export { isTimezone } from './params/wall-time.ts';
export * from './time/clock.ts';
export * from './time/duration.ts';
export * from './time/random.ts';
