/**
 * Which changes of state there are and what brings them about, found by letting runs wander through the real machines.
 * Nothing is drawn by hand; the seeds are fixed, so the same code gives the same answer.
 */
import { isTaskEvent, isTaskTerminal, TASK_STATES, type TaskState, WORKFLOW_STATES } from '@vaquita/core';
import { type WanderStep, wander } from '@vaquita/core/testing';

export interface FoundTransition {
  /** Null: the thing came into being in state `to`. */
  readonly from: string | null;
  readonly to: string;
  /** Events about the thing itself. */
  readonly own: readonly string[];
  /** Of a task: events about its run as a whole. */
  readonly ofRun: readonly string[];
  /** It also follows from what becomes of a task: of a run any of its tasks, of a task another one. */
  readonly followsTasks: boolean;
}

export interface FoundTransitions {
  readonly workflow: readonly FoundTransition[];
  readonly task: readonly FoundTransition[];
}

interface Entry {
  readonly from: string | null;
  readonly to: string;
  readonly own: Set<string>;
  readonly ofRun: Set<string>;
  followsTasks: boolean;
}

/** Enough that half as many find the same, which a test holds. */
export const RUNS = 7_000;
const STEPS_PER_RUN = 150;

export function findTransitions(runs = RUNS): FoundTransitions {
  const workflow = new Map<string, Entry>();
  const task = new Map<string, Entry>();
  for (let seed = 1; seed <= runs; seed++) wander(seed, STEPS_PER_RUN, (step) => note(step, workflow, task));
  return {
    workflow: inOrder(workflow, Object.keys(WORKFLOW_STATES)),
    task: inOrder(task, Object.keys(TASK_STATES)),
  };
}

function note({ event, recorded }: WanderStep, workflow: Map<string, Entry>, task: Map<string, Entry>): void {
  /** Task instances that have ended in this step: what comes after may follow from that. */
  const ended = new Set<string | null>();
  for (const { type, taskInstanceId, data } of recorded) {
    const { from, to, state } = data as { from?: string; to?: string; state?: string };
    if (type === 'workflow_instance.state') {
      const entry = entryOf(workflow, from!, to!);
      if (event === 'rebuild' || isTaskEvent(event) || (isLive(from!) && !isLive(to!))) entry.followsTasks = true;
      else entry.own.add(event.type);
    } else if (type === 'task_instance.state' || type === 'task_instance.created') {
      const entry = type === 'task_instance.created' ? entryOf(task, null, state!) : entryOf(task, from!, to!);
      const isOwn = event !== 'rebuild' && isTaskEvent(event) && event.taskInstanceId === taskInstanceId;
      if (isOwn) entry.own.add(event.type);
      else if (event === 'rebuild' || isTaskEvent(event) || ended.size > 0) entry.followsTasks = true;
      else entry.ofRun.add(event.type);
      if (to !== undefined && to !== 'paused' && isTaskTerminal(to as TaskState)) ended.add(taskInstanceId);
    }
  }
}

/** A run in such a state comes to rest in one way only: when nothing in it is active any more. */
function isLive(state: string): boolean {
  return state === 'running' || state === 'ready_pause' || state === 'ready_stop';
}

function entryOf(found: Map<string, Entry>, from: string | null, to: string): Entry {
  const key = `${from} ${to}`;
  const entry = found.get(key) ?? {
    from,
    to,
    own: new Set(),
    ofRun: new Set(),
    followsTasks: false,
  };
  found.set(key, entry);
  return entry;
}

/** States in the order of the code, events by name. */
function inOrder(found: ReadonlyMap<string, Entry>, states: readonly string[]): FoundTransition[] {
  const rank = (state: string | null) => (state === null ? -1 : states.indexOf(state));
  return [...found.values()]
    .sort((a, b) => rank(a.from) - rank(b.from) || rank(a.to) - rank(b.to))
    .map((entry) => ({ ...entry, own: [...entry.own].sort(), ofRun: [...entry.ofRun].sort() }));
}
