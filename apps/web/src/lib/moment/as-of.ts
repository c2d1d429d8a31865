/**
 * A run as it was after one of its events, in the shape in which pages know runs. States, workers and reasons are those
 * of the record; what the record does not hold (inputs, exit codes, logs) is that of the task instance. Pure.
 */
import type { GraphNode, InstanceView, RunAtView, TaskInstanceView } from '@vaquita/client';
import { hasEnded } from '../state/families.ts';

export interface RunNow {
  readonly run: InstanceView;
  readonly tasks: readonly TaskInstanceView[];
  readonly nodes: readonly GraphNode[];
}

export interface RunThen extends RunNow {
  /** The event, and its moment in epoch milliseconds. */
  readonly seq: number;
  readonly at: number;
}

/** In such a state a task instance has not begun. */
const WAITING = new Set(['submitted', 'delayed', 'dispatched']);

export function asOf(view: RunAtView, now: RunNow): RunThen {
  const at = Date.parse(view.at);
  const tasks = tasksAsOf(view, now.tasks, at);
  return { seq: view.seq, at, run: runAsOf(view, now.run, at), tasks, nodes: nodesAsOf(view, now.nodes, tasks) };
}

/** A time only if it had come by then. */
const ifPast = (time: string | null, at: number) => (time !== null && Date.parse(time) <= at ? time : null);

function runAsOf(view: RunAtView, now: InstanceView, at: number): InstanceView {
  const { state, since, runCounter, params, reason, quarantine } = view;
  const ended = hasEnded(state);
  const startedAt = ifPast(now.startedAt, at);
  return {
    ...now,
    ...{ state, runCounter, params, reason, quarantine, startedAt },
    // Of a run that went on, how long it had taken by then.
    endedAt: ended ? (ifPast(now.endedAt, at) ?? since) : view.at,
    outputs: ended ? now.outputs : {},
  };
}

function tasksAsOf(view: RunAtView, now: readonly TaskInstanceView[], at: number): TaskInstanceView[] {
  const rows = new Map(now.map((task) => [task.id, task]));
  return view.tasks.flatMap(({ id, state, since, current, worker, reason }) => {
    const row = rows.get(id);
    if (row === undefined) return [];
    const begun = !WAITING.has(state);
    const ended = begun && state !== 'running';
    const startedAt = ifPast(row.startedAt, at);
    return {
      ...row,
      ...{ state, current, worker, reason },
      startedAt: state === 'running' ? (startedAt ?? since) : begun ? startedAt : null,
      endedAt: ended ? (ifPast(row.endedAt, at) ?? since) : null,
      killRequestedAt: ifPast(row.killRequestedAt, at),
      ...(ended ? {} : { exitCode: null, signal: null, outputs: {}, logic: null }),
    };
  });
}

function nodesAsOf(
  view: RunAtView,
  now: readonly GraphNode[],
  tasks: readonly TaskInstanceView[],
): readonly GraphNode[] {
  const then = new Map(view.nodes?.map((node) => [node.name, node]));
  const current = new Map(tasks.filter((task) => task.current).map((task) => [task.name, task]));
  return now.map((node): GraphNode => {
    const task = current.get(node.name);
    return {
      ...node,
      state: then.get(node.name)?.state ?? task?.state ?? 'pending',
      taskInstanceId: task?.id ?? null,
      attempt: task?.attempt ?? 0,
      worker: task?.worker ?? null,
      startedAt: task?.startedAt ?? null,
      endedAt: task?.startedAt ? (task.endedAt ?? view.at) : null,
    };
  });
}
