/** …/{workflow}/statistics: how long runs and tasks took, and how often they failed. */
import type { RunOutline } from '@vaquita/store';
import type { ApiDeps } from '../deps.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { MAX_STATISTICS_RUNS, StatisticsQuery, WorkflowStatisticsView } from '../views/workflow-past.ts';
import { requireWorkflow } from './lookup.ts';
import { isoTime, isoTimeOrNull } from './paging.ts';
import { requireVersion } from './workflow-versions.ts';

const DAY_MS = 86_400_000;
/** Bounds what one answer is counted from, where a workflow has very many tasks: fewer runs count then. */
const MAX_TASKS = 50_000;
const LEAST_RUNS = 5;

export function statisticsEndpoints({ store, clock }: Pick<ApiDeps, 'store' | 'clock'>): readonly Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/api/v1/projects/{project}/workflows/{workflow}/statistics',
      tag: 'Workflows',
      access: 'view',
      summary: 'How long runs and tasks took, and how often they failed',
      description:
        `Of runs that were created in the days back from now and have ended, the newest ${MAX_STATISTICS_RUNS} of them, fewer where there are ` +
        'very many tasks. Dry runs do not count.',
      query: StatisticsQuery,
      status: 200,
      answer: WorkflowStatisticsView,
      async handle({ params, query }) {
        const { workflow } = await requireWorkflow(store, params);
        const now = clock.now();
        const affordable = Math.max(LEAST_RUNS, Math.floor(MAX_TASKS / Math.max(1, workflow.taskCount)));
        const runs = Math.min(MAX_STATISTICS_RUNS, affordable);
        const of = { workflowId: workflow.id, from: now - query.days * DAY_MS, to: now + 1 };
        const [counted, tasks, newest] = await Promise.all([
          // One more than is counted only tells that there are more.
          store.workflowFigures.ended({ ...of, runs: runs + 1 }),
          store.workflowFigures.tasks({ ...of, runs }),
          requireVersion(store, workflow, workflow.version),
        ]);
        const ended = counted.slice(0, runs);
        const there = new Set(namesOf(newest.document));
        const took = ended
          .flatMap((run) => (run.state === 'success' ? (durationOf(run) ?? []) : []))
          .sort((a, b) => a - b);
        return {
          from: isoTime(of.from),
          until: isoTime(now),
          cutShort: counted.length > runs,
          runs: ended.map((run) => ({
            ...{ id: run.id, number: run.number, state: run.state },
            startedAt: isoTimeOrNull(run.startedAt),
            durationMs: durationOf(run),
          })),
          states: Object.fromEntries(
            [...Map.groupBy(ended, ({ state }) => state)].map(([state, rows]) => [state, rows.length]),
          ),
          p50Ms: nearestRank(took, 0.5),
          p95Ms: nearestRank(took, 0.95),
          tasks: tasks.map((task) => ({ ...task, gone: !there.has(task.name) })),
        };
      },
    }),
  ];
}

function namesOf({ tasks }: Readonly<Record<string, unknown>>): readonly string[] {
  return (tasks as readonly { readonly name: string }[]).map(({ name }) => name);
}

function durationOf({ startedAt, endedAt }: RunOutline): number | null {
  return startedAt === null || endedAt === null ? null : Math.max(0, endedAt - startedAt);
}

/** @param sorted smallest first */
function nearestRank(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
}
