/** Runs by tasks, as compact as it can be said: a list of tasks, and for each run its states in that order. Pure. */
import { buildGraph, topologicalOrder, type WorkflowDefinition } from '@vaquita/core';
import type { RunOutline, TaskCell } from '@vaquita/store';
import { isoTime, isoTimeOrNull } from '../resources/paging.ts';
import type { GridRun, GridView } from '../views/workflow-grid.ts';
import { findHeldBack } from './held-back.ts';

export interface GridFacts {
  readonly newest: WorkflowDefinition;
  /** By version; those that cannot be read any more are missing. */
  readonly versions: ReadonlyMap<number, WorkflowDefinition>;
  readonly heads: readonly RunOutline[];
  readonly cells: readonly TaskCell[];
}

type Task = GridView['tasks'][number];

export function toGridView({ newest, versions, heads, cells }: GridFacts): Omit<GridView, 'nextCursor'> {
  const tasks = tasksOf(newest, cells);
  const cellsOf = Map.groupBy(cells, (cell) => cell.workflowInstanceId);
  const unbegun = new Map([...versions].map(([version, definition]) => [version, unbegunReader(definition)]));
  return {
    tasks,
    runs: heads.map((head) => toRun(head, tasks, cellsOf.get(head.id) ?? [], unbegun.get(head.version))),
  };
}

function tasksOf(newest: WorkflowDefinition, cells: readonly TaskCell[]): Task[] {
  const { graph } = buildGraph(newest.tasks);
  const tasks = topologicalOrder(graph).map((index): Task => {
    const { name, type } = newest.tasks[index]!;
    return { name, type, gone: false };
  });
  const known = new Set(tasks.map(({ name }) => name));
  for (const { name, type } of cells) {
    if (known.has(name)) continue;
    known.add(name);
    tasks.push({ name, type, gone: true });
  }
  return tasks;
}

type Unbegun = (
  cells: ReadonlyMap<string, TaskCell>,
  wholeRun: boolean,
) => (name: string) => 'blocked' | 'disabled' | null;

/** What to say of the tasks of a version for which nothing has been done. */
function unbegunReader({ tasks }: WorkflowDefinition): Unbegun {
  const { graph } = buildGraph(tasks);
  const indexes = new Map(tasks.map(({ name }, index) => [name, index]));
  return (cells, wholeRun) => {
    // Where only a part is run, a task without an instance may as well be none of that part.
    const heldBack = wholeRun
      ? findHeldBack(graph, (index) => {
          const task = tasks[index]!;
          const state = cells.get(task.name)?.state;
          const isBroken = state === 'failure' || state === 'killed';
          return { task, state: isBroken ? 'broken' : state === undefined ? 'open' : 'other' };
        })
      : new Set<number>();
    return (name) => {
      const index = indexes.get(name);
      if (index === undefined) return null;
      if (!tasks[index]!.enabled) return 'disabled';
      return heldBack.has(index) ? 'blocked' : null;
    };
  };
}

function toRun(
  head: RunOutline,
  tasks: readonly Task[],
  own: readonly TaskCell[],
  unbegun: Unbegun | undefined,
): GridRun {
  const cells = new Map(own.map((cell) => [cell.name, cell]));
  const stateOf = unbegun?.(cells, head.scope === 'all') ?? (() => null);
  const inOrder = tasks.map(({ name }) => cells.get(name));
  return {
    id: head.id,
    number: head.number,
    version: head.version,
    state: head.state,
    dryRun: head.dryRun,
    origin: head.originKind,
    businessTime: isoTime(head.businessTime),
    createdAt: isoTime(head.createdAt),
    startedAt: isoTimeOrNull(head.startedAt),
    endedAt: isoTimeOrNull(head.endedAt),
    states: tasks.map(({ name }, index) => inOrder[index]?.state ?? stateOf(name)),
    attempts: inOrder.map((cell) => cell?.attempt ?? 0),
    durationsMs: inOrder.map((cell) =>
      cell && cell.startedAt !== null && cell.endedAt !== null ? Math.max(0, cell.endedAt - cell.startedAt) : null,
    ),
  };
}
