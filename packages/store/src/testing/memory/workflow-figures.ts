/** What the past of one workflow comes to, in memory. */
import { firstIdAt, type TaskInstanceRow, type WorkflowInstanceRow } from '@vaquita/core';
import type { FiguresOf, TaskFigures, WorkflowFigureStore } from '../../ports/workflow-figures.ts';
import { encodeCursor } from '../../sql/page.ts';
import { businessKeyText, decodeBusinessCursor } from '../../verbs/business-order.ts';
import { tasksOf } from './runs.ts';
import { compare, type Memory } from './tables.ts';
import { toHead } from './workflow-history.ts';

export function createMemoryWorkflowFigures({ tables }: Memory): WorkflowFigureStore {
  const runsOf = (workflowId: string) =>
    [...tables.instances.values()].filter((run) => run.workflowId === workflowId && !run.dryRun);
  const chosen = ({ workflowId, from, to, runs }: FiguresOf) =>
    runsOf(workflowId)
      .filter(({ id, endedAt }) => endedAt !== null && id >= firstIdAt(from) && id < firstIdAt(to))
      .sort((a, b) => compare(b.id, a.id))
      .slice(0, runs);

  return {
    async counts(workflowId, spans) {
      const runs = runsOf(workflowId);
      return spans.map(({ from, to }) => {
        const within = runs.filter(({ businessTime }) => businessTime >= from && businessTime < to);
        const states = Map.groupBy(within, ({ state }) => state);
        return Object.fromEntries([...states].map(([state, rows]) => [state, rows.length]));
      });
    },
    async within(workflowId, { from, to }, page) {
      const before = decodeBusinessCursor(page);
      const later = (a: WorkflowInstanceRow, b: WorkflowInstanceRow) =>
        compare(b.businessTime, a.businessTime) || compare(b.id, a.id);
      const rows = runsOf(workflowId)
        .filter(({ businessTime }) => businessTime >= from && businessTime < to)
        .filter(({ businessTime: at, id }) => !before || at < before[0] || (at === before[0] && id < before[1]))
        .sort(later);
      const items = rows.slice(0, page.limit).map(toHead);
      const last = items.at(-1);
      const next =
        last && rows.length > page.limit ? encodeCursor(businessKeyText([last.businessTime, last.id])) : null;
      return { items, next };
    },
    async ended(of) {
      return chosen(of).map(toHead);
    },
    async tasks(of) {
      const done = chosen(of).flatMap((run) => tasksOf(tables, run.id));
      return [...Map.groupBy(done, ({ name }) => name)]
        .sort(([a], [b]) => compare(a, b))
        .map(([name, rows]) => figuresOf(name, rows));
    },
  };
}

function figuresOf(name: string, rows: readonly TaskInstanceRow[]): TaskFigures {
  const byRun = [...Map.groupBy(rows, (row) => row.workflowInstanceId).values()].map((own) => ({
    failed: own.some(({ state }) => state === 'failure'),
    passed: own.some(({ state }) => state === 'success' || state === 'forced_success'),
  }));
  const times = rows
    .filter(({ state, startedAt, endedAt }) => state === 'success' && startedAt !== null && endedAt !== null)
    .map(({ startedAt, endedAt }) => endedAt! - startedAt!)
    .filter((took) => took >= 0)
    .sort((a, b) => a - b);
  const rank = (share: number) => times[Math.max(0, Math.ceil(times.length * share) - 1)] ?? null;
  return {
    name,
    type: rows
      .map(({ type }) => type)
      .sort(compare)
      .at(-1)!,
    runs: byRun.length,
    attempts: rows.length,
    failures: rows.filter(({ state }) => state === 'failure').length,
    failedRuns: byRun.filter(({ failed, passed }) => failed && !passed).length,
    flakyRuns: byRun.filter(({ failed, passed }) => failed && passed).length,
    timed: times.length,
    p50Ms: rank(0.5),
    p95Ms: rank(0.95),
    maxMs: times.at(-1) ?? null,
    totalMs: times.reduce((sum, took) => sum + took, 0),
  };
}
