/** Verbs on what the past of one workflow comes to. Each is bounded by its span or by a number of runs, whatever there is. */
import { firstIdAt } from '@vaquita/core';
import type { SqlDriver, SqlRow, SqlValue } from '../ports/driver.ts';
import type { FiguresOf, SpanCounts, TaskFigures, WorkflowFigureStore } from '../ports/workflow-figures.ts';
import { many } from '../sql/access.ts';
import { checkLimit, toPage } from '../sql/page.ts';
import { type BusinessKey, businessKeyText, decodeBusinessCursor } from './business-order.ts';
import { HEAD, readHead } from './workflow-history.ts';

/** Told which index: without statistics SQLite cannot know that a day holds few of a workflow's runs. */
const BY_BUSINESS_TIME = 'workflow_instances r indexed by workflow_instances_business_time';
const COUNTS = `select s.key as span, r.state, count(*) as n from json_each(?) s cross join ${BY_BUSINESS_TIME}
    on r.workflow_id = ? and r.dry_run = 0
      and r.business_time >= s.value ->> 0 and r.business_time < s.value ->> 1
  group by s.key, r.state`;
const WITHIN = `select ${HEAD} from ${BY_BUSINESS_TIME}
  where r.workflow_id = ? and r.dry_run = 0 and r.business_time >= ? and r.business_time < ?`;
const LATEST_FIRST = 'order by r.business_time desc, r.id desc limit ?';
const WITHIN_BEFORE = `${WITHIN} and (r.business_time, r.id) < (?, ?) ${LATEST_FIRST}`;

/** Ids begin with the time at which they were made. */
const ENDED = `from workflow_instances r indexed by workflow_instances_workflow
  where r.workflow_id = ? and r.id >= ? and r.id < ? and r.ended_at is not null and r.dry_run = 0
  order by r.id desc limit ?`;
/** Told which join order: the runs first, and of each its tasks. */
const TASKS = `with chosen as materialized (select r.id ${ENDED}),
  done as materialized (
    select t.name, t.type, t.workflow_instance_id as run, t.state, t.ended_at - t.started_at as took
    from chosen c cross join task_instances t indexed by task_instances_run on t.workflow_instance_id = c.id),
  by_run as (
    select name, max(type) as type, count(*) as attempts, sum(state = 'failure') as failures,
      max(state in ('success', 'forced_success')) as passed
    from done group by name, run),
  ranked as (
    select name, took, row_number() over (partition by name order by took) as rank, count(*) over (partition by name) as timed
    from done where state = 'success' and took >= 0),
  times as (
    select name, max(timed) as timed, sum(took) as total_ms, max(took) as max_ms,
      min(case when rank >= timed * 0.5 then took end) as p50_ms, min(case when rank >= timed * 0.95 then took end) as p95_ms
    from ranked group by name)
  select b.name, max(b.type) as type, count(*) as runs, sum(b.attempts) as attempts, sum(b.failures) as failures,
    sum(b.failures > 0 and not b.passed) as failed_runs, sum(b.failures > 0 and b.passed) as flaky_runs,
    max(t.timed) as timed, max(t.p50_ms) as p50_ms, max(t.p95_ms) as p95_ms, max(t.max_ms) as max_ms, max(t.total_ms) as total_ms
  from by_run b left join times t on t.name = b.name group by b.name order by b.name`;

export function createWorkflowFigureVerbs(driver: SqlDriver): WorkflowFigureStore {
  return {
    async counts(workflowId, spans) {
      const rows = await many(driver, COUNTS, [JSON.stringify(spans.map(({ from, to }) => [from, to])), workflowId]);
      const found = Map.groupBy(rows, (row) => Number(row.span));
      return spans.map((_, at): SpanCounts => Object.fromEntries((found.get(at) ?? []).map(toCount)));
    },
    async within(workflowId, { from, to }, page) {
      const limit = checkLimit(page.limit);
      const before = decodeBusinessCursor(page);
      const rows =
        before === null
          ? await many(driver, `${WITHIN} ${LATEST_FIRST}`, [workflowId, from, to, limit + 1])
          : await many(driver, WITHIN_BEFORE, [workflowId, from, to, ...before, limit + 1]);
      return toPage(rows.map(readHead), limit, (row) => businessKeyText(keyOf(row)));
    },
    async ended(of) {
      return (await many(driver, `select ${HEAD} ${ENDED}`, chosen(of))).map(readHead);
    },
    async tasks(of) {
      return (await many(driver, TASKS, chosen(of))).map(readFigures);
    },
  };
}

const keyOf = (row: { readonly businessTime: number; readonly id: string }): BusinessKey => [row.businessTime, row.id];
const toCount = (row: SqlRow) => [String(row.state), Number(row.n)] as const;

function chosen({ workflowId, from, to, runs }: FiguresOf): readonly SqlValue[] {
  return [workflowId, firstIdAt(from), firstIdAt(to), runs];
}

const numberOrNull = (value: SqlValue | undefined) => (value === null || value === undefined ? null : Number(value));

function readFigures(row: SqlRow): TaskFigures {
  return {
    name: String(row.name),
    type: String(row.type),
    runs: Number(row.runs),
    attempts: Number(row.attempts),
    failures: Number(row.failures),
    failedRuns: Number(row.failed_runs),
    flakyRuns: Number(row.flaky_runs),
    timed: Number(row.timed ?? 0),
    p50Ms: numberOrNull(row.p50_ms),
    p95Ms: numberOrNull(row.p95_ms),
    maxMs: numberOrNull(row.max_ms),
    totalMs: Number(row.total_ms ?? 0),
  };
}
