/**
 * Tasks that start other runs and wait for them: sub_workflow has one, dynamic one per item, a few at a time.
 *
 * M8 A child is made in the commit that makes its parent's task remember it: never twice, never forgotten.
 * M9 What is told of a child counts only from the run counter on that the task waits for; success always counts.
 */

import type { OutputDefinition } from '../definition/definition.ts';
import { childrenOf } from '../logic/children.ts';
import type { DynamicConfig, SubWorkflowConfig } from '../logic/configs.ts';
import { dynamicOutputs, expandItems } from '../logic/dynamic.ts';
import { makeChildRun, whyNoChild, wrongParam } from './child-run.ts';
import type { TaskEventOf, TaskSubject } from './dispatch-steps.ts';
import { endKilled, failTask, restPaused, succeedTask } from './endings.ts';
import type { ChildReport, ResolvedWorkflow } from './events.ts';
import { resolveInputs, timeOf } from './inputs.ts';
import { wasTimedOut } from './kill.ts';
import { orderRun, reason, setTaskReason, setTaskState, startRun, type Transition, touchTask } from './ledger.ts';
import { checkedOutputs } from './outputs.ts';
import { pausedReason } from './progress.ts';
import type { DynamicItem, LogicState, Reason } from './rows.ts';
import { isWorkflowTerminal } from './states.ts';
import { logicTimer } from './timers.ts';

type Values = Readonly<Record<string, string>>;
type Children = Extract<LogicState, { kind: 'children' }>;

/** The next report tells what to do about a child that was there before. */
const TAKE_OVER = -1;

export function beginChildren(t: Transition, subject: TaskSubject, values: Values): void {
  const { node, row } = subject;
  const { logic } = row;
  setTaskState(t, row, 'running', reason(t, 'starting_child', 'Looking for the workflow to run.'));
  if (row.type === 'sub_workflow') {
    row.logic = { kind: 'child', child: logic?.kind === 'child' ? logic.child : null, fromCounter: TAKE_OVER };
  } else if (logic?.kind === 'children') {
    row.logic = { ...logic, items: logic.items.map(takenOver) };
  } else {
    const items = itemsOf(t, subject, values);
    if ('problem' in items) {
      failTask(t, node, row, reason(t, 'parameter', items.problem));
      return;
    }
    row.logic = { kind: 'children', target: null, items: items.items };
  }
  lookAtChildren(t, subject);
}

function itemsOf(t: Transition, { node }: TaskSubject, values: Values): { items: DynamicItem[] } | { problem: string } {
  const config = node.task.config as unknown as DynamicConfig;
  const expanded = expandItems(config, values, timeOf(t.run));
  if ('problem' in expanded) return expanded;
  return {
    items: expanded.items.map((params) => ({ params, child: null, fromCounter: 0, state: 'waiting', outputs: {} })),
  };
}

function takenOver(item: DynamicItem): DynamicItem {
  if (item.state === 'success') return item;
  if (item.child === null) return { ...item, state: 'waiting' };
  return { ...item, state: 'started', fromCounter: TAKE_OVER };
}

/** Asks for whatever is not known: which workflow, and how the children stand. */
export function lookAtChildren(t: Transition, subject: TaskSubject): void {
  const { node, row } = subject;
  const { id: taskInstanceId, logic } = row;
  const known = logic?.kind === 'children' ? logic.target !== null : logic?.kind === 'child' && logic.child !== null;
  if (!known) {
    const { project, workflow, version } = node.task.config as unknown as SubWorkflowConfig;
    t.intents.push({ type: 'ResolveWorkflow', taskInstanceId, project, workflow, version });
  }
  const children = childrenOf(row);
  if (children.length > 0) t.intents.push({ type: 'ReadChildren', taskInstanceId, children });
  else if (known) goOn(t, subject);
  t.intents.push(logicTimer(row, t.context.now + t.context.settings.childPollMs));
}

export function startChildren(t: Transition, subject: TaskSubject, event: TaskEventOf<'WorkflowResolved'>): void {
  const { node, row } = subject;
  const { target } = event;
  const problem = 'problem' in target ? target.problem : whyNoChild(t.run, target, givenTo(node));
  if (problem !== undefined) {
    if (childrenOf(row).length === 0) failTask(t, node, row, reason(t, 'workflow_unusable', problem));
    return;
  }
  if ('problem' in target) return;
  if (row.logic?.kind === 'child' && row.logic.child === null) startOnly(t, subject, target);
  else if (row.logic?.kind === 'children' && row.logic.target === null) {
    row.logic = { ...row.logic, target };
    touchTask(t, row);
    goOn(t, subject);
  }
}

/** Names of the start parameters that its runs get. */
function givenTo({ task }: TaskSubject['node']): ReadonlySet<string> {
  const lists = task.type === 'dynamic' ? (task.config as unknown as DynamicConfig).lists : [];
  return new Set([...task.params, ...lists].map(({ name }) => name));
}

function startOnly(t: Transition, { node, row }: TaskSubject, target: ResolvedWorkflow): void {
  const { values } = resolveInputs(t.run, node, row);
  const params = Object.fromEntries(node.task.params.map(({ name }) => [name, values[name] ?? '']));
  const wrong = wrongParam(target, params);
  if (wrong !== undefined) {
    failTask(t, node, row, reason(t, 'workflow_unusable', wrong));
    return;
  }
  const child = makeChildRun(t, { row, target, params, index: 0 });
  startRun(t, child);
  row.logic = { kind: 'child', child: child.instance.id, fromCounter: child.instance.runCounter };
  const text = `Waiting for its run of "${target.workflowName}".`;
  setTaskReason(
    t,
    row,
    reason(t, 'waiting_for_child', text, { next: 'it ends as that run does', evidence: { child: child.instance.id } }),
  );
}

/** How children stand: told when one of them ends, and in answer to the question. */
export function takeReports(t: Transition, subject: TaskSubject, event: TaskEventOf<'ChildrenRead'>): void {
  const { row } = subject;
  for (const report of event.children) {
    if (row.logic?.kind === 'child' && row.logic.child === report.child) takeOnly(t, subject, report);
    else if (row.logic?.kind === 'children') takeOneOf(t, subject, report);
    if (row.state !== 'running') return;
  }
  if (row.logic?.kind === 'children') goOn(t, subject);
}

function takeOnly(t: Transition, { node, row }: TaskSubject, report: ChildReport): void {
  const logic = row.logic as Extract<LogicState, { kind: 'child' }>;
  const verdict = judge(t, report, logic.fromCounter, row.killRequestedAt !== null);
  const called = `Its run${report.number === null ? '' : ` #${report.number}`}`;
  switch (verdict.kind) {
    case 'wait':
      if (verdict.fromCounter === logic.fromCounter) return;
      row.logic = { ...logic, fromCounter: verdict.fromCounter };
      touchTask(t, row);
      // The reason of one that was told to end tells why, and stays.
      if (row.killRequestedAt !== null) return;
      setTaskReason(
        t,
        row,
        reason(t, 'waiting_for_child', `${called} is to go on.`, {
          next: 'it ends as that run does',
          evidence: { child: report.child },
        }),
      );
      return;
    case 'success': {
      const { values, problem } = checkedOutputs(node.task.outputs, report.outputs);
      row.outputs = values;
      wasTimedOut(row);
      if (problem === undefined) succeedTask(t, node, row);
      else failTask(t, node, row, reason(t, 'outputs', `${called} gave an output of the wrong type: ${problem}`));
      return;
    }
    case 'paused':
      restPaused(t, node, row, restReason(t, `${called} was paused.`));
      return;
    case 'failure':
      wasTimedOut(row);
      // Who does the task anew makes another run: this one is gone.
      if (report.state === 'missing') row.logic = { ...logic, child: null };
      failTask(t, node, row, reason(t, 'child_failed', failureText(called, report), causeOf(report)));
      return;
    case 'stopped':
      if (wasTimedOut(row))
        failTask(t, node, row, reason(t, 'timeout', `${called} was stopped at the timeout of this task.`));
      else endKilled(t, node, row, `${called.toLowerCase()} was stopped`);
  }
}

function causeOf({ child, cause }: ChildReport): Pick<Reason, 'evidence'> {
  return { evidence: { child, ...(cause === undefined ? {} : { cause }) } };
}

function failureText(called: string, { state, cause, reason }: ChildReport): string {
  const why = cause ?? reason;
  if (state === 'missing') return `${called} does not exist any more. Whoever does the task again starts another.`;
  return `${called} failed${why === null ? '.' : `: ${why}`}`;
}

type Verdict =
  | { readonly kind: 'wait'; readonly fromCounter: number }
  | { readonly kind: 'success' | 'failure' | 'stopped' | 'paused' };

/** What a report means for the task that waits, and what the child is ordered to do when it is taken over (M9). */
function judge(t: Transition, report: ChildReport, fromCounter: number, killed: boolean): Verdict {
  const { state, runCounter, child } = report;
  if (state === 'success') return { kind: 'success' };
  if (state === 'missing') return { kind: 'failure' };
  if (!isWorkflowTerminal(state)) {
    // One that is about to rest is taken over when it does.
    const settles = state === 'ready_pause' || state === 'ready_stop';
    return { kind: 'wait', fromCounter: fromCounter === TAKE_OVER && !settles ? runCounter : fromCounter };
  }
  if (fromCounter === TAKE_OVER && !killed) {
    orderRun(t, { kind: state === 'failure' ? 'recover_failed' : 'resume', workflowInstanceId: child });
    return { kind: 'wait', fromCounter: runCounter + 1 };
  }
  if (runCounter < fromCounter) return { kind: 'wait', fromCounter };
  if (state === 'paused' && killed) {
    // The order to stop may have come and gone, and somebody made it go on since. One order too many changes nothing.
    orderRun(t, { kind: 'stop', workflowInstanceId: child });
    return { kind: 'wait', fromCounter };
  }
  if (state === 'paused') return { kind: 'paused' };
  return { kind: state === 'failure' ? 'failure' : 'stopped' };
}

function takeOneOf(t: Transition, { node, row }: TaskSubject, report: ChildReport): void {
  const logic = row.logic as Children;
  const at = logic.items.findIndex((item) => item.child === report.child);
  const item = logic.items[at];
  if (!item || item.state === 'success') return;
  const verdict = judge(t, report, item.fromCounter, row.killRequestedAt !== null);
  let next: DynamicItem = item;
  if (verdict.kind === 'wait') {
    if (verdict.fromCounter !== item.fromCounter)
      next = { ...item, fromCounter: verdict.fromCounter, state: 'started' };
  } else if (verdict.kind === 'success') {
    const { values, problem } = checkedOutputs(outputsOfOne(node.task.outputs), report.outputs);
    next =
      problem === undefined
        ? { ...item, state: 'success', outputs: values, problem: null }
        : { ...item, state: 'failure', outputs: values, problem: `its output is of the wrong type: ${problem}` };
  } else {
    const problem = verdict.kind === 'failure' ? (report.cause ?? report.reason) : null;
    next = { ...item, state: verdict.kind, child: report.state === 'missing' ? null : item.child, problem };
  }
  if (next === item) return;
  row.logic = { ...logic, items: logic.items.with(at, next) };
  touchTask(t, row);
}

/** Declared as `list` it is the list that the task puts out; what each run gives may then be anything. */
function outputsOfOne(declared: readonly OutputDefinition[]): readonly OutputDefinition[] {
  return declared.map((output) => (output.type === 'list' ? { ...output, type: 'string' } : output));
}

/** How many went wrong, and of the first of them which it is and what is known of it. */
function whatBroke(items: readonly DynamicItem[]): string {
  const broken = items.filter(({ state }) => state === 'failure' || state === 'stopped');
  const { params, problem } = broken[0]!;
  const which = Object.entries(params).map(([name, value]) => `${name} = ${shortened(value)}`);
  const what = problem === undefined || problem === null ? '.' : `: ${shortened(problem.replace(/\.$/, ''))}.`;
  const first = `${broken.length === 1 ? '' : 'the first '}with ${which.join(', ')}`;
  const waiting = items.filter(({ state }) => state === 'waiting').length;
  const rest = waiting === 0 ? '' : ` ${waiting} of them ${waiting === 1 ? 'was' : 'were'} not started.`;
  return `${broken.length} of its ${items.length} runs failed or ${broken.length === 1 ? 'was' : 'were'} stopped, ${first}${what}${rest}`;
}

const MAX_SHOWN = 200;
const shortened = (text: string): string => (text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text);

/** A dynamic task goes on: starts what there is room for, or ends. */
function goOn(t: Transition, subject: TaskSubject): void {
  const { node, row } = subject;
  const logic = row.logic as Children;
  if (row.state !== 'running' || logic.kind !== 'children') return;
  const count = (state: DynamicItem['state']) => logic.items.filter((item) => item.state === state).length;
  const [started, waiting, paused, broken] = [
    count('started'),
    count('waiting'),
    count('paused'),
    count('failure') + count('stopped'),
  ];
  if (row.killRequestedAt !== null) {
    if (started + paused > 0) return;
    if (wasTimedOut(row))
      failTask(t, node, row, reason(t, 'timeout', 'Its runs were stopped at the timeout of this task.'));
    else endKilled(t, node, row, 'its runs were stopped');
  } else if (broken > 0) {
    if (started > 0)
      noteItems(
        t,
        subject,
        `${broken} of ${logic.items.length} runs failed; the rest of those that run is waited for.`,
      );
    else failTask(t, node, row, reason(t, 'child_failed', whatBroke(logic.items)));
  } else if (started + waiting + paused === 0) {
    row.outputs = dynamicOutputs(row.name, node.task.outputs, logic.items);
    succeedTask(t, node, row);
  } else if (t.run.instance.state === 'running' && waiting > 0) {
    startItems(t, subject, started);
  } else if (started === 0) {
    restPaused(t, node, row, restReason(t, `${paused} of its ${logic.items.length} runs were paused.`));
  }
}

/** Why the task rests: its run is pausing, or somebody has paused the runs that it waits for. */
function restReason(t: Transition, text: string): Reason {
  if (t.run.instance.state !== 'running') return pausedReason(t);
  return reason(t, 'paused', text, { next: 'it goes on when this run has come to rest and somebody resumes it' });
}

function startItems(t: Transition, subject: TaskSubject, started: number): void {
  const { node, row } = subject;
  const logic = row.logic as Children;
  const { parallelism } = node.task.config as unknown as DynamicConfig;
  let room = parallelism - started;
  const { target } = logic;
  if (target === null || room <= 0) return;
  const { values } = resolveInputs(t.run, node, row);
  const shared = Object.fromEntries(node.task.params.map(({ name }) => [name, values[name] ?? '']));
  const items = logic.items.map((item, index) => {
    if (item.state !== 'waiting' || room <= 0) return item;
    const params = { ...shared, ...item.params };
    const problem = wrongParam(target, params);
    if (problem !== undefined) return { ...item, state: 'failure' as const, problem };
    room -= 1;
    const child = makeChildRun(t, { row, target, params, index });
    startRun(t, child);
    return { ...item, state: 'started' as const, child: child.instance.id, fromCounter: child.instance.runCounter };
  });
  row.logic = { ...logic, items };
  touchTask(t, row);
  if (items.some((item, index) => item.state === 'failure' && logic.items[index]!.state === 'waiting')) {
    goOn(t, subject);
    return;
  }
  const done = items.filter(({ state }) => state === 'success').length;
  noteItems(t, subject, `Waiting for its runs of "${target.workflowName}": ${done} of ${items.length} have succeeded.`);
}

function noteItems(t: Transition, { row }: TaskSubject, text: string): void {
  if (row.reason?.text === text) return;
  const running = childrenOf(row).length;
  setTaskReason(
    t,
    row,
    reason(t, 'waiting_for_child', text, { next: 'it ends with the last of them', evidence: { running } }),
  );
}

function isTakingOver({ logic }: TaskSubject['row']): boolean {
  if (logic?.kind === 'child') return logic.fromCounter === TAKE_OVER;
  return (
    logic?.kind === 'children' &&
    logic.items.some(({ fromCounter, state }) => fromCounter === TAKE_OVER && state !== 'success')
  );
}

/**
 * The run pauses: its children are paused too, and the task with them. One without children pauses at once, and so does
 * one that has not heard of its children yet: they may be resting already.
 */
export function pauseChildren(t: Transition, { node, row }: TaskSubject): void {
  const children = childrenOf(row);
  for (const child of children) orderRun(t, { kind: 'pause', workflowInstanceId: child });
  if (children.length === 0 || isTakingOver(row)) {
    restPaused(t, node, row);
    return;
  }
  setTaskReason(
    t,
    row,
    reason(t, 'pausing_children', 'The run is pausing: waiting for the runs it started to pause.', {
      next: 'it pauses with them',
    }),
  );
}
