/**
 * What a run page offers, by the state of the run. The server decides; this only keeps a page from offering what would
 * be refused. A test holds the table to the state machine of the engine.
 */
import type { InstanceView, TaskInstanceView, WorkflowState } from '@vaquita/client';

export const RUN_VERBS = ['pause', 'resume', 'recover', 'rerun', 'signal', 'retry', 'stop'] as const;
export type RunVerb = (typeof RUN_VERBS)[number];

const OFFERED: Readonly<Record<WorkflowState, readonly RunVerb[]>> = {
  submitted: ['pause', 'stop'],
  serial_wait: ['pause', 'stop'],
  running: ['pause', 'signal', 'stop'],
  ready_pause: ['stop'],
  ready_stop: [],
  failover: ['stop'],
  paused: ['resume', 'recover', 'rerun', 'stop'],
  stopped: ['resume', 'recover', 'rerun'],
  failure: ['recover', 'rerun'],
  success: ['rerun'],
};

type RunLike = Pick<InstanceView, 'state'> & { readonly quarantine: unknown };
type TaskLike = Pick<TaskInstanceView, 'state' | 'current' | 'logic'>;

/** In the order of their buttons. What the engine has set aside can only be tried again or stopped. */
export function verbsFor({ state, quarantine }: RunLike, tasks: readonly TaskLike[]): readonly RunVerb[] {
  const offered = offeredIn(state);
  if (quarantine !== null) return ['retry', ...offered.filter((verb) => verb === 'stop')];
  const isUseful: Partial<Record<RunVerb, boolean>> = {
    signal: signalsOf(tasks).length > 0,
    recover: tasks.some((task) => task.current && (task.state === 'failure' || task.state === 'killed')),
  };
  return offered.filter((verb) => isUseful[verb] ?? true);
}

/** What the state alone allows; nothing for a state that a newer server has. */
export function offeredIn(state: WorkflowState): readonly RunVerb[] {
  return OFFERED[state] ?? [];
}

/** Tasks can be done again from one of them on. */
export function canRerunFrom({ state, quarantine }: RunLike): boolean {
  return quarantine === null && offeredIn(state).includes('rerun');
}

/** Names of the signals that tasks of the run wait for now. */
export function signalsOf(tasks: readonly TaskLike[]): readonly string[] {
  const names = tasks.flatMap(({ state, current, logic }) =>
    current && state === 'running' && logic?.kind === 'wait' && logic.signal !== null ? [logic.signal] : [],
  );
  return [...new Set(names)];
}
