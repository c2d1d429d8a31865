/**
 * What the rows of other runs say about one dependency. The rules are those of Apache DolphinScheduler 3.2, except
 * that a paused run or task is waited for: nobody has decided yet how it ends.
 */
import { isWorkflowTerminal, type TaskState, type WorkflowState } from '../machine/states.ts';
import type { DependencyAnswer, DependencyQuestion } from './configs.ts';

/** What was read for one question. */
export interface FoundDependency {
  /** False: there is no such project or workflow. */
  readonly exists: boolean;
  /** The run that asks is the first ever of the very workflow it asks about. */
  readonly firstOfItself: boolean;
  /** One per interval of the question, in its order. */
  readonly intervals: readonly FoundInterval[];
}

export interface FoundInterval {
  /** The newest run whose business time is in the interval, never the run that asks. */
  readonly run: FoundRun | undefined;
  /** Of the definition version of that run: the task asked about (none: it has no such task), or all of them for `*`. */
  readonly definition: readonly FoundDefinition[];
  /** Current task instances of that run, of these tasks; of all tasks when the outputs of a whole run are passed on. */
  readonly tasks: readonly FoundTask[];
}

export interface FoundRun {
  readonly id: string;
  readonly number: number | null;
  readonly state: WorkflowState;
  readonly endedAt: number | null;
}

export interface FoundDefinition {
  readonly name: string;
  readonly enabled: boolean;
  /** Attempts after the first. */
  readonly retryTimes: number;
}

export interface FoundTask {
  readonly name: string;
  readonly state: TaskState;
  /** Retries used. */
  readonly retryTimes: number;
  readonly endedAt: number | null;
  readonly outputs: Readonly<Record<string, string>>;
}

type Judgement = Pick<DependencyAnswer, 'state' | 'text'>;

/** Goes through the intervals in order and stops at the first that has not succeeded. */
export function judgeDependency(question: DependencyQuestion, found: FoundDependency): DependencyAnswer {
  const { key } = question;
  const name = question.project === null ? question.workflow : `${question.project}/${question.workflow}`;
  const nothing = { key, outputs: {}, endedAt: null };
  if (found.firstOfItself)
    return { ...nothing, state: 'success', text: `This is the first run of ${name}, so there is none to wait for.` };
  if (!found.exists) return { ...nothing, state: 'failure', text: `There is no workflow ${name}.` };
  if (question.intervals.length === 0)
    return {
      ...nothing,
      state: 'failure',
      text: `The dependency on ${name} has a range that its cycle does not have.`,
    };
  for (const [index, interval] of question.intervals.entries()) {
    const there = found.intervals[index];
    const judged: Judgement =
      there?.run === undefined
        ? { state: 'waiting', text: `There is no run of ${name} yet for ${shownInterval(interval)}.` }
        : judgeRun(question.task, { ...there, run: there.run }, `${name}#${there.run.number ?? there.run.id}`);
    if (judged.state !== 'success') return { ...nothing, ...judged };
  }
  const count = question.intervals.length;
  const text = `${name} has succeeded for ${count === 1 ? 'the interval' : `all ${count} intervals`} asked about.`;
  return { key, state: 'success', text, ...collected(question, found.intervals) };
}

interface There extends FoundInterval {
  readonly run: FoundRun;
}

function judgeRun(task: string | null, there: There, run: string): Judgement {
  if (task !== null && task !== '*') return judgeTask(task, there, run);
  const { state } = there.run;
  if (state === 'paused' || !isWorkflowTerminal(state))
    return { state: 'waiting', text: `${run} has not ended: it is ${spoken(state)}.` };
  if (state !== 'success') return { state: 'failure', text: `${run} has ended: ${spoken(state)}.` };
  if (task === '*')
    for (const { name } of there.definition) {
      const judged = judgeTask(name, there, run);
      if (judged.state !== 'success') return judged;
    }
  return { state: 'success', text: `${run} has succeeded.` };
}

function judgeTask(name: string, { run: { state: runState }, definition, tasks }: There, run: string): Judgement {
  const paused = runState === 'paused';
  const ended = isWorkflowTerminal(runState) && !paused;
  const task = `The task ${name} of ${run}`;
  const defined = definition.find((candidate) => candidate.name === name);
  if (defined === undefined) return { state: 'failure', text: `${run} has no task ${name} in its definition.` };
  const row = tasks.find((candidate) => candidate.name === name);
  if (row === undefined) {
    if (!defined.enabled) return { state: 'success', text: `${task} is disabled.` };
    if (!ended) return { state: 'waiting', text: `${task} has not started.` };
    return { state: 'failure', text: `${task} has not run, and the run has ended: ${spoken(runState)}.` };
  }
  if (row.state === 'success' || row.state === 'forced_success')
    return { state: 'success', text: `${task} has succeeded.` };
  if (row.state === 'failure' || row.state === 'killed') {
    const retried = row.state === 'failure' && row.retryTimes < defined.retryTimes && !ended && !paused;
    if (retried) return { state: 'waiting', text: `${task} has failed and is tried again.` };
    return { state: 'failure', text: `${task} has ended: ${spoken(row.state)}.` };
  }
  if (!ended) return { state: 'waiting', text: `${task} has not ended: it is ${spoken(row.state)}.` };
  return { state: 'failure', text: `${task} did not end before its run did: ${spoken(runState)}.` };
}

/** The outputs of what was waited for: of equal names, those of the task that ended last. */
function collected(
  { task, passOutputs }: DependencyQuestion,
  intervals: readonly FoundInterval[],
): Pick<DependencyAnswer, 'outputs' | 'endedAt'> {
  const tasks = intervals.flatMap((interval) => interval.tasks).filter(({ name }) => isAsked(task, name));
  const ends = [
    ...tasks.map(({ endedAt }) => endedAt),
    ...(task === null || task === '*' ? intervals.map(({ run }) => run?.endedAt) : []),
  ].filter((endedAt) => typeof endedAt === 'number');
  const endedAt = ends.length === 0 ? null : ends.reduce((latest, end) => Math.max(latest, end));
  if (!passOutputs) return { outputs: {}, endedAt };
  const good = tasks.filter(({ state }) => state === 'success' || state === 'forced_success');
  const inOrder = good.toSorted((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0));
  return { outputs: Object.fromEntries(inOrder.flatMap(({ outputs }) => Object.entries(outputs))), endedAt };
}

const isAsked = (task: string | null, name: string): boolean => task === null || task === '*' || task === name;

const spoken = (state: string): string => state.replaceAll('_', ' ');

const shownInterval = ({ from, to }: { readonly from: number; readonly to: number }): string =>
  `${new Date(from).toISOString()} to ${new Date(to).toISOString()}`;
