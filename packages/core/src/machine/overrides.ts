/** What somebody may declare although the machine has decided otherwise: recorded with who did it. */
import { tellOfEnd } from './alerts.ts';
import type { TaskEventOf, TaskSubject } from './dispatch-steps.ts';
import { finishCommand, reason, setTaskState, setWorkflowState, type Transition } from './ledger.ts';
import { breaksRun } from './outcomes.ts';
import { freeReadyNodes, hasSucceeded } from './progress.ts';
import { askForTurn, rederive } from './turn.ts';

/**
 * A failed or killed task counts as a success from now on. A run that is live goes on behind it. One that has ended
 * because of it alone succeeds, or, when something is left to do, asks for its turn and goes on; one that somebody
 * stopped stays stopped until somebody resumes it.
 */
export function forceSuccess(t: Transition, { row }: TaskSubject, event: TaskEventOf<'ForceSuccess'>): void {
  const { instance } = t.run;
  if (instance.state === 'ready_stop') {
    finishCommand(t, event.commandId, 'rejected: the run is stopping; wait until it has');
    return;
  }
  finishCommand(t, event.commandId, 'done');
  const why = reason(t, 'forced_success', `Declared a success by ${event.by}; it had ended as ${row.state}.`, {
    evidence: { by: event.by },
  });
  setTaskState(t, row, 'forced_success', why);
  rederive(t);
  if (instance.state === 'running' || instance.state === 'ready_pause') freeReadyNodes(t);
  else if (instance.state === 'failure' || instance.state === 'stopped') goOnBehind(t, event.by);
}

function goOnBehind(t: Transition, by: string): void {
  const { run } = t;
  if (run.nodes.some((node) => breaksRun(run, node))) return;
  if (hasSucceeded(t)) {
    const text = `${by} declared the tasks that had failed a success.`;
    setWorkflowState(t, 'success', reason(t, 'forced_success', text, { evidence: { by } }));
    tellOfEnd(t);
  } else if (run.instance.state === 'failure') {
    run.instance.runCounter += 1;
    askForTurn(t);
  }
}
