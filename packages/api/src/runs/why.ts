/**
 * Answers “why does it not go on?” and “why did it end so?” for runs, task instances, and tasks of the graph that have
 * no task instance. The first reason is the answer in one sentence; the others are what else is to be known.
 */
import {
  AppError,
  didYouMean,
  isTaskTerminal,
  isWorkflowTerminal,
  type Reason,
  type TaskInstanceRow,
} from '@vaquita/core';
import type { WhyItem, WhyView } from '../views/reason.ts';
import { toReasonView } from './instance-view.ts';
import type { WhyFacts } from './why-facts.ts';
import { whyNode } from './why-node.ts';
import { whyHeldUp, whyRun } from './why-run.ts';
import { whyTaskInstance } from './why-task.ts';
import { count, listOf } from './why-words.ts';

/** Tasks explained one by one; a run of thousands waiting for the same thing needs no thousand lines. */
const MAX_TASKS = 100;

export function whyInstance(facts: WhyFacts): WhyView {
  const { instance, tasks } = facts;
  const current = tasks.filter((row) => row.current && row.state !== 'success' && row.state !== 'forced_success');
  // What is still to happen comes before what has been.
  const inOrder = [...current.filter(isOpen), ...current.filter((row) => !isOpen(row))];
  const ofTasks = inOrder.slice(0, MAX_TASKS).flatMap((row) => items(whyTaskInstance(facts, row), row));
  const all = [...items(whyRun(facts), null), ...ofTasks, ...items(whyNotAll(inOrder.length, facts), null)];
  // A task that simply runs is nothing to explain in the answer for its run.
  const reasons = all.filter(({ code }) => code !== 'running');
  return {
    kind: 'workflow_instance',
    id: instance.id,
    state: instance.state,
    summary: reasons[0]?.text ?? plainInstance(facts),
    reasons,
  };
}

function whyNotAll(tasks: number, { instance }: WhyFacts): readonly Reason[] {
  if (tasks <= MAX_TASKS) return [];
  const text = `${tasks - MAX_TASKS} more tasks of this run are not explained here; ask for each by its name.`;
  return [{ code: 'more_tasks', text, since: instance.updatedAt, evidence: { tasks } }];
}

export function whyTask(facts: WhyFacts, row: TaskInstanceRow): WhyView {
  const own = items(whyTaskInstance(facts, row), row);
  const reasons = [...(isOpen(row) ? items(whyHeldUp(facts), null) : []), ...own];
  return {
    kind: 'task_instance',
    id: row.id,
    state: row.state,
    summary: reasons[0]?.text ?? `The task has ended: ${row.state}.`,
    reasons,
  };
}

/** A task of the run by its name, whether it has a task instance or not. @throws AppError `not_found`, `gone`. */
export function whyTaskNamed(facts: WhyFacts, name: string): WhyView {
  const row = facts.tasks.find((task) => task.current && task.name === name);
  if (row) return whyTask(facts, row);
  const { run, instance } = facts;
  if (!run) throw new AppError('gone', 'The workflow of this run was deleted, and what its tasks are with it.');
  const index = run.graph.indexOf.get(name);
  if (index !== undefined) {
    const { state, reason } = whyNode(run, run.nodes[index]!);
    const heldUp = isWorkflowTerminal(instance.state) || state !== 'pending' ? [] : whyHeldUp(facts);
    const reasons = [...heldUp, reason].map((one) => ({ ...toItem(one), taskName: name }));
    return { kind: 'task', id: instance.id, state, summary: reasons[0]!.text, reasons };
  }
  const known = run.definition.tasks.map((task) => task.name);
  if (!known.includes(name)) {
    throw new AppError('not_found', `There is no task “${name}” in this run.${didYouMean(name, known)}`);
  }
  const reason: Reason = {
    code: 'out_of_scope',
    text: `This run does only a part of the workflow, and "${name}" is not in it.`,
    since: instance.createdAt,
    evidence: { scope: instance.scope, startTasks: listOf(instance.startTasks) },
  };
  const item = { ...toItem(reason), taskName: name };
  return { kind: 'task', id: instance.id, state: 'out_of_scope', summary: reason.text, reasons: [item] };
}

function items(reasons: readonly Reason[], row: TaskInstanceRow | null): WhyItem[] {
  return reasons.map((reason) => ({ ...toItem(reason), taskName: row?.name ?? null, taskInstanceId: row?.id ?? null }));
}

function toItem(reason: Reason): WhyItem {
  return { ...toReasonView(reason), taskName: null, taskInstanceId: null };
}

function isOpen(row: TaskInstanceRow): boolean {
  return row.current && !isTaskTerminal(row.state);
}

function plainInstance({ instance, tasks }: WhyFacts): string {
  if (isWorkflowTerminal(instance.state)) return `The run has ended: ${instance.state}.`;
  const open = tasks.filter(isOpen);
  const running = open.filter((row) => row.state === 'running').length;
  return `The run goes on: ${count(running, 'task')} run now, ${open.length - running} wait to run.`;
}
