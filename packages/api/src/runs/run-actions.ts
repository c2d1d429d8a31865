/** What can be asked of a run, and whether it can be asked now. The answer is advice: the leader has the last word. */
import {
  type CommandKind,
  isWorkflowTerminal,
  type RunCommand,
  WORKFLOW_STATES,
  WORKFLOW_TABLE,
  type WorkflowInstanceRow,
  type WorkflowState,
  whyRefused,
} from '@vaquita/core';
import { isBeingRemoved } from '@vaquita/store';

export interface RunAction {
  /** As paths and the command line spell it. */
  readonly name: string;
  readonly kind: CommandKind;
  readonly command: RunCommand;
  readonly summary: string;
}

export const RUN_ACTIONS = {
  pause: {
    name: 'pause',
    kind: 'pause',
    command: 'PauseWorkflow',
    summary: 'Pause a run: what runs goes on to its end, nothing new starts',
  },
  resume: {
    name: 'resume',
    kind: 'resume',
    command: 'ResumeWorkflow',
    summary: 'Go on with a paused or stopped run where it was',
  },
  stop: { name: 'stop', kind: 'stop', command: 'StopWorkflow', summary: 'Stop a run: kills every active task' },
  'recover-failed': {
    name: 'recover-failed',
    kind: 'recover_failed',
    command: 'RecoverFailed',
    summary: 'Do the failed and killed tasks again, and what follows them',
  },
  rerun: {
    name: 'rerun',
    kind: 'rerun',
    command: 'RerunWorkflow',
    summary: 'Do everything again, with the same scope and parameters',
  },
  retry: {
    name: 'retry',
    kind: 'retry',
    command: 'RetryWorkflow',
    summary: 'Try again with a run that the engine has set aside',
  },
  'rerun-from': {
    name: 'rerun-from',
    kind: 'rerun_from',
    command: 'RerunFrom',
    summary: 'Do some tasks and everything after them again, with edited parameters if given',
  },
  signal: {
    name: 'signal',
    kind: 'signal',
    command: 'SignalReceived',
    summary: 'Send a signal to the wait tasks of a run',
  },
} as const satisfies Readonly<Record<string, RunAction>>;

/** Actions that need nothing beside the run. */
export const PLAIN_ACTIONS = [
  RUN_ACTIONS.pause,
  RUN_ACTIONS.resume,
  RUN_ACTIONS.stop,
  RUN_ACTIONS['recover-failed'],
  RUN_ACTIONS.rerun,
  RUN_ACTIONS.retry,
] as const;

/** Why the run, as it is now, cannot do this, in a sentence; undefined when it can. */
export function whyRunRefused(instance: WorkflowInstanceRow, action: RunAction): string | undefined {
  const why = refusalOf(instance, action);
  if (why === undefined) return undefined;
  return `A run in the state “${instance.state}” cannot do “${action.name}”: ${why.replace(/\.$/, '')}.`;
}

function refusalOf(instance: WorkflowInstanceRow, { command }: RunAction): string | undefined {
  if (isBeingRemoved(instance)) return 'it is being removed, because it is older than runs are kept';
  const isSetAside = instance.quarantine !== null;
  if (command === 'RetryWorkflow' && !isSetAside) {
    return isWorkflowTerminal(instance.state)
      ? 'it has ended; recover-failed or rerun do it again'
      : 'only a run that the engine has set aside is tried again, and this one has not been';
  }
  if (isSetAside && command !== 'RetryWorkflow' && command !== 'StopWorkflow') {
    return 'the engine has set it aside after an error; only retry and stop are possible';
  }
  return whyRefused(instance.state, command);
}

/** States in which the action does something: not those that refuse it, nor those in which it is done already. */
export function statesFor({ command }: RunAction): readonly WorkflowState[] {
  const states = Object.keys(WORKFLOW_STATES) as WorkflowState[];
  return states.filter((state) => typeof WORKFLOW_TABLE[state][command] === 'function');
}

/** A run as a person would find it. */
export function runSubject({ workflowName, number, id }: WorkflowInstanceRow): string {
  return `${workflowName}#${number ?? id}`;
}
