/**
 * Tasks that the master runs itself. They hold no worker: while they wait they are `running`, and what they wait for is
 * a decision of a person, a moment, a signal, other runs, or the answer to a question that the master asks for them.
 */

import { decideConditions } from '../logic/conditions.ts';
import type { ApprovalConfig, ConditionsConfig, DependentConfig, SwitchConfig, WaitConfig } from '../logic/configs.ts';
import { combineAnswers, dependencyQuestions } from '../logic/dependent.ts';
import { decideSwitch } from '../logic/switch.ts';
import { waitTarget } from '../logic/wait.ts';
import { literalLookup, resolveText } from '../params/placeholder.ts';
import { refusesWarnings, type TaskEventOf, type TaskSubject } from './dispatch-steps.ts';
import { breakNode, failTask, leave, succeedTask } from './endings.ts';
import { resolveInputs, timeOf } from './inputs.ts';
import { finishCommand, reason, setTaskReason, setTaskState, type Transition, touchTask } from './ledger.ts';
import { beginChildren, lookAtChildren } from './logic-children.ts';
import type { LogicState, Reason, TaskInstanceRow } from './rows.ts';
import type { Row } from './run.ts';
import { logicTimer, startTimer } from './timers.ts';

type Values = Readonly<Record<string, string>>;

/** The task's time has come: it is decided at once, or starts to wait. */
export function beginLogic(t: Transition, subject: TaskSubject): void {
  const { node, row } = subject;
  const { inputs, values, warnings } = resolveInputs(t.run, node, row);
  if (refusesWarnings(t, subject, warnings)) return;
  row.inputs = inputs;
  row.startedAt = t.context.now;
  t.intents.push(...startTimer(node, row, 0));
  switch (row.type) {
    case 'switch':
      beginSwitch(t, subject, values);
      return;
    case 'conditions':
      beginConditions(t, subject);
      return;
    case 'approval':
      beginApproval(t, subject, values);
      return;
    case 'wait':
      beginWait(t, subject, values);
      return;
    case 'dependent':
      beginDependent(t, subject);
      return;
    default:
      beginChildren(t, subject, values);
  }
}

function beginSwitch(t: Transition, { node, row }: TaskSubject, values: Values): void {
  const decided = decideSwitch(node.task.config as unknown as SwitchConfig, values);
  setTaskState(t, row, 'running', null);
  if ('problem' in decided) {
    failTask(t, node, row, reason(t, 'switch_undecided', decided.problem));
    return;
  }
  row.logic = { kind: 'branch', chosen: decided.chosen, why: decided.why };
  succeedTask(t, node, row, reason(t, 'branch_chosen', decided.why));
}

function beginConditions(t: Transition, { node, row }: TaskSubject): void {
  const decided = decideConditions(node.task.config as unknown as ConditionsConfig, (name) => outcomeOf(t, name));
  setTaskState(t, row, 'running', null);
  row.logic = { kind: 'branch', chosen: decided.chosen, why: decided.why };
  succeedTask(t, node, row, reason(t, 'branch_chosen', decided.why));
}

function outcomeOf(t: Transition, name: string): 'success' | 'failure' | 'none' {
  const index = t.run.graph.indexOf.get(name);
  const outcome = index === undefined ? 'pending' : t.run.nodes[index]!.outcome;
  if (outcome === 'passed') return 'success';
  return outcome === 'failed' || outcome === 'killed' ? 'failure' : 'none';
}

function beginApproval(t: Transition, { node, row }: TaskSubject, values: Values): void {
  const { message } = node.task.config as unknown as ApprovalConfig;
  const text = resolveText(message, literalLookup(values), timeOf(t.run)).text;
  row.logic = { kind: 'approval', decision: null, by: null, comment: '' };
  const asked = text === '' ? 'Waiting for somebody to approve it.' : `Waiting for an approval: ${text}`;
  const next = 'it succeeds when somebody approves it, and fails when somebody rejects it';
  setTaskState(t, row, 'running', reason(t, 'waiting_for_approval', asked, { next }));
}

export function decideApproval(
  t: Transition,
  { node, row }: TaskSubject,
  event: TaskEventOf<'ApproveTask' | 'RejectTask'>,
): void {
  if (row.logic?.kind !== 'approval') {
    finishCommand(t, event.commandId, 'rejected: this task waits for no approval');
    return;
  }
  const approved = event.type === 'ApproveTask';
  const { by, comment } = event;
  finishCommand(t, event.commandId, 'done');
  row.logic = { kind: 'approval', decision: approved ? 'approved' : 'rejected', by, comment };
  const text = `${approved ? 'Approved' : 'Rejected'} by ${by}${comment === '' ? '.' : `: ${comment}`}`;
  if (approved) {
    succeedTask(t, node, row, reason(t, 'approved', text));
    return;
  }
  // Somebody's decision is not a failure that another try could mend.
  row.endedAt = t.context.now;
  leave(t, node, row);
  setTaskState(t, row, 'failure', reason(t, 'rejected', text));
  breakNode(t, node, 'failed');
}

function beginWait(t: Transition, { node, row }: TaskSubject, values: Values): void {
  const config = node.task.config as unknown as WaitConfig;
  const time = timeOf(t.run);
  const until = config.until === null ? null : resolveText(config.until, literalLookup(values), time).text;
  const { now } = t.context;
  // One that was paused waits for the moment it had been waiting for.
  const target = row.logic?.kind === 'wait' ? row.logic : waitTarget(config, { now, timezone: time.timezone, until });
  if ('problem' in target) {
    setTaskState(t, row, 'running', null);
    failTask(t, node, row, reason(t, 'parameter', target.problem));
    return;
  }
  row.logic = { kind: 'wait', until: target.until, signal: target.signal };
  setTaskState(t, row, 'running', waitReason(t, row.logic));
  if (target.until !== null) t.intents.push(logicTimer(row, target.until));
}

function waitReason(t: Transition, { until, signal }: Extract<LogicState, { kind: 'wait' }>): Reason {
  if (until === null)
    return reason(t, 'waiting_for_signal', `Waiting for the signal "${signal}".`, {
      next: 'it succeeds when somebody sends it',
    });
  return reason(t, 'waiting_for_time', 'Waiting for its moment.', { next: 'it succeeds', nextAt: until });
}

export function waitsForSignal({ state, logic }: TaskInstanceRow, name: string): boolean {
  return state === 'running' && logic?.kind === 'wait' && logic.signal === name;
}

/** The task takes what it declares of the outputs, which are of the right types. */
export function receiveSignal(t: Transition, { node, row }: TaskSubject, name: string, outputs: Values): void {
  row.outputs = outputs;
  succeedTask(t, node, row, reason(t, 'signal_received', `The signal "${name}" has come.`));
}

function beginDependent(t: Transition, subject: TaskSubject): void {
  const { row } = subject;
  row.logic = row.logic?.kind === 'dependent' ? row.logic : { kind: 'dependent', succeeded: {} };
  const text = 'Looking at what it depends on.';
  setTaskState(
    t,
    row,
    'running',
    reason(t, 'waiting_for_dependency', text, { next: 'it is decided when that is known' }),
  );
  askDependencies(t, subject);
}

/** Asks for everything that has not been found to have succeeded, now and whenever something of it moves. */
function askDependencies(t: Transition, { node, row }: TaskSubject): void {
  const config = node.task.config as unknown as DependentConfig;
  const known = row.logic?.kind === 'dependent' ? row.logic.succeeded : {};
  const questions = dependencyQuestions(config, timeOf(t.run)).filter(({ key }) => !Object.hasOwn(known, key));
  t.intents.push(
    { type: 'ReadDependencies', taskInstanceId: row.id, questions },
    logicTimer(row, t.context.now + config.checkIntervalMs),
  );
}

export function takeAnswers(t: Transition, { node, row }: TaskSubject, event: TaskEventOf<'DependenciesRead'>): void {
  if (row.logic?.kind !== 'dependent') return;
  const config = node.task.config as unknown as DependentConfig;
  const answers = new Map(Object.entries(row.logic.succeeded));
  for (const answer of event.answers) if (answers.get(answer.key)?.state !== 'success') answers.set(answer.key, answer);
  const succeeded = Object.fromEntries([...answers].filter(([, { state }]) => state === 'success'));
  if (Object.keys(succeeded).length > Object.keys(row.logic.succeeded).length) {
    row.logic = { kind: 'dependent', succeeded };
    touchTask(t, row);
  }
  const { state, blocking, outputs } = combineAnswers(config, answers);
  const text = blocking.length === 0 ? 'What it depends on has succeeded.' : blocking.join(' ');
  if (state === 'success') {
    row.outputs = outputs;
    succeedTask(t, node, row, reason(t, 'dependency_met', text));
  } else if (state === 'failure' && !mayBeMended(t, row, config)) {
    failTask(t, node, row, reason(t, 'dependency_failed', text));
  } else if (row.reason?.text !== text) {
    const failed = state === 'failure';
    const mended = {
      next: 'it fails unless that is mended',
      nextAt: (row.startedAt ?? t.context.now) + config.failureWaitMs,
    };
    const waiting = { next: 'it looks again when one of those runs ends' };
    setTaskReason(t, row, reason(t, 'waiting_for_dependency', text, failed ? mended : waiting));
  }
}

function mayBeMended(t: Transition, row: TaskInstanceRow, config: DependentConfig): boolean {
  return config.onFailure === 'wait' && t.context.now < (row.startedAt ?? t.context.now) + config.failureWaitMs;
}

/** The moment has come, or it is time to look again. */
export function lookAgain(t: Transition, subject: TaskSubject): void {
  const { node, row } = subject;
  switch (row.logic?.kind) {
    case 'wait':
      if (row.logic.until !== null) waitOver(t, subject, row.logic.until);
      return;
    case 'dependent':
      askDependencies(t, subject);
      return;
    case 'child':
    case 'children':
      lookAtChildren(t, { node, row });
      return;
    default:
      return;
  }
}

/** A timer that fires early, because the clock was turned back meanwhile, is set again. */
function waitOver(t: Transition, { node, row }: TaskSubject, until: number): void {
  if (t.context.now < until) t.intents.push(logicTimer(row, until));
  else succeedTask(t, node, row, reason(t, 'wait_over', 'Its moment has come.'));
}

/** After a rebuild: whatever memory held of a logic task that is running is set up again. */
export function resumeLogic(t: Transition, subject: TaskSubject): void {
  t.intents.push(...startTimer(subject.node, subject.row, 0));
  lookAgain(t, subject);
}

/** Logic tasks that wait without anybody working for them pause at once. */
export function pausesAtOnce({ state, logic }: Row<TaskInstanceRow>): boolean {
  return state === 'running' && (logic?.kind === 'wait' || logic?.kind === 'dependent' || logic?.kind === 'approval');
}
