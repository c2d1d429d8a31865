/**
 * Which waiting tasks look at which workflows, so that the end of a run reaches them at once. Only a hint: a task that
 * is told looks again, and its slow poll covers what is not seen here.
 *
 * D1 A task instance that has been told is not told again until it looks again.
 * D2 Whoever watches before it reads misses nothing: an end before the watch is in what it reads, one after is told.
 */
import type { TaskInstanceId, WorkflowId } from '@vaquita/core';
import type { RunBus } from '../bus/run-bus.ts';

export interface DependencyWatch {
  /** The task instance looks afresh: what it watched is forgotten, and it may be told again. */
  begin(bus: RunBus, taskInstanceId: TaskInstanceId): void;
  /** From now on it is told of ends of the workflow's runs, and of the one task when it waits for that alone. */
  watch(taskInstanceId: TaskInstanceId, workflowId: WorkflowId, task: string | null): void;
  forget(taskInstanceId: TaskInstanceId): void;
  forgetRun(bus: RunBus): void;
  runEnded(workflowId: WorkflowId): void;
  tasksEnded(workflowId: WorkflowId, names: ReadonlySet<string>): void;
  isWatched(workflowId: WorkflowId): boolean;
  /** Task instances that watch something. */
  readonly size: number;
}

interface Watcher {
  readonly bus: RunBus;
  readonly id: TaskInstanceId;
  /** The single tasks it waits for, by workflow. */
  readonly watched: Map<WorkflowId, Set<string>>;
  told: boolean;
}

export function createDependencyWatch(): DependencyWatch {
  const watchers = new Map<TaskInstanceId, Watcher>();
  const byWorkflow = new Map<WorkflowId, Set<Watcher>>();
  const byRun = new Map<RunBus, Set<Watcher>>();

  function unwatch(watcher: Watcher): void {
    for (const workflowId of watcher.watched.keys()) removeFrom(byWorkflow, workflowId, watcher);
    removeFrom(byRun, watcher.bus, watcher);
    watchers.delete(watcher.id);
  }

  function forget(id: TaskInstanceId): void {
    const watcher = watchers.get(id);
    if (watcher) unwatch(watcher);
  }

  function tell(watcher: Watcher): void {
    if (watcher.told) return;
    watcher.told = true;
    watcher.bus.post({ type: 'LogicDue', taskInstanceId: watcher.id });
  }

  return {
    begin(bus, id) {
      forget(id);
      const watcher: Watcher = { bus, id, watched: new Map(), told: false };
      watchers.set(id, watcher);
      addTo(byRun, bus, watcher);
    },
    watch(id, workflowId, task) {
      const watcher = watchers.get(id);
      if (!watcher) return;
      const tasks = watcher.watched.get(workflowId) ?? new Set();
      if (task !== null && task !== '*') tasks.add(task);
      watcher.watched.set(workflowId, tasks);
      addTo(byWorkflow, workflowId, watcher);
    },
    forget,
    forgetRun(bus) {
      for (const watcher of [...(byRun.get(bus) ?? [])]) unwatch(watcher);
    },
    runEnded(workflowId) {
      for (const watcher of byWorkflow.get(workflowId) ?? []) tell(watcher);
    },
    tasksEnded(workflowId, names) {
      for (const watcher of byWorkflow.get(workflowId) ?? []) {
        const tasks = watcher.watched.get(workflowId);
        for (const name of tasks ?? []) if (names.has(name)) tell(watcher);
      }
    },
    isWatched: (workflowId) => byWorkflow.has(workflowId),
    get size() {
      return watchers.size;
    },
  };
}

function addTo<K, V>(index: Map<K, Set<V>>, key: K, value: V): void {
  const set = index.get(key);
  if (set) set.add(value);
  else index.set(key, new Set([value]));
}

function removeFrom<K, V>(index: Map<K, Set<V>>, key: K, value: V): void {
  const set = index.get(key);
  set?.delete(value);
  if (set?.size === 0) index.delete(key);
}
