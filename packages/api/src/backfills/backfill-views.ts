/** Plans, backfills and their items as the API shows them. */
import {
  type BackfillMember,
  type BackfillRow,
  type BackfillTimes,
  formatDuration,
  historyOf,
  type WorkflowId,
} from '@vaquita/core';
import type { AuditRow, BackfillCounts, ShownBackfillItem } from '@vaquita/store';
import type { ApiDeps } from '../deps.ts';
import { isoTime, isoTimeOrNull } from '../resources/paging.ts';
import { toReasonView } from '../runs/instance-view.ts';
import { toStartChoicesView } from '../runs/start-choices.ts';
import type {
  BackfillActView,
  BackfillItemView,
  BackfillMemberView,
  BackfillPlan,
  BackfillTimesView,
  BackfillView,
} from '../views/backfill.ts';
import type { PlannedBackfill } from './plan-request.ts';

const SHOWN_SKIPS = 100;
const SHOWN_NEXT = 20;
const PAST_RUNS = 20;

export function toPlanView({ members, items, read, ...plan }: PlannedBackfill): BackfillPlan {
  const nameOf = new Map(members.map(({ workflowId, workflowName }) => [workflowId, workflowName]));
  const waiting = items.filter(({ state }) => state === 'waiting');
  const skipped = items.filter(({ state }) => state === 'skipped');
  const countOf = (list: typeof items, id: WorkflowId) => list.filter(({ workflowId }) => workflowId === id).length;
  const timeOf = ({ workflowId, businessTime }: (typeof items)[number]) => ({
    workflowName: nameOf.get(workflowId)!,
    businessTime: isoTime(businessTime),
  });
  const { lengthMs, slotMs, withoutHistory } = plan.estimate;
  return {
    runs: waiting.length,
    skipped: skipped.length,
    times: read.times.length,
    first: isoTimeOrNull(read.times[0]),
    last: isoTimeOrNull(read.times.at(-1)),
    timezone: read.timezone,
    members: members.map((member) => {
      const history = plan.histories.get(member.workflowId) ?? null;
      return {
        ...toMemberView(member, member.projectName),
        runs: countOf(waiting, member.workflowId),
        skipped: countOf(skipped, member.workflowId),
        history: history && {
          runs: history.runs,
          duration: formatDuration(history.durationMs),
          slotTime: formatDuration(history.slotMs),
        },
      };
    }),
    leftOut: [...plan.leftOut],
    skips: skipped.slice(0, SHOWN_SKIPS).map((item) => ({
      ...timeOf(item),
      ...{ reason: item.reason ?? '', workflowInstanceId: item.succeededIn },
    })),
    conflicts: plan.conflicts.map(({ first, ...conflict }) => ({ ...conflict, first: isoTime(first) })),
    next: waiting.slice(0, SHOWN_NEXT).map(timeOf),
    estimate: {
      length: lengthMs === null ? null : formatDuration(lengthMs),
      slotTime: slotMs === null ? null : formatDuration(slotMs),
      withoutHistory: withoutHistory.map((id) => nameOf.get(id)!),
    },
    notes: [...plan.notes],
  };
}

function toMemberView(member: BackfillMember, projectName: string): BackfillMemberView {
  const { projectId, workflowId, workflowName, version, level, after } = member;
  return { projectId, projectName, workflowId, workflowName, version, level, after: [...after] };
}

function toTimesView(times: BackfillTimes): BackfillTimesView {
  if (times.kind === 'list') return { kind: 'list' };
  return { ...times, from: isoTime(times.from), to: isoTime(times.to) };
}

/** In the order of the rows. What they name is read once for all of them. */
export async function toBackfillViews(
  deps: Pick<ApiDeps, 'store' | 'clock' | 'settings'>,
  rows: readonly BackfillRow[],
): Promise<BackfillView[]> {
  const { store } = deps;
  const projectIds = [...new Set(rows.flatMap(({ members }) => members.map(({ projectId }) => projectId)))];
  const [counts, projects] = await Promise.all([
    store.backfills.counts(rows.map(({ id }) => id)),
    Promise.all(projectIds.map((id) => store.projects.find(id))),
  ]);
  const names = new Map(projects.flatMap((row) => (row === undefined ? [] : [[row.id, row.name] as const])));
  return Promise.all(
    rows.map(async (row) => {
      const own = counts.get(row.id)!;
      const left = own.waiting + own.running;
      return {
        id: row.id,
        projectId: row.projectId,
        projectName: names.get(row.projectId) ?? '',
        workflowId: row.workflowId,
        workflowName: row.members[0]?.workflowName ?? '',
        times: toTimesView(row.times),
        timezone: row.timezone,
        description: row.description,
        members: row.members.map((member) => toMemberView(member, names.get(member.projectId) ?? '')),
        start: toStartChoicesView(row.start),
        order: row.order,
        parallelism: row.parallelism,
        state: row.state,
        revision: row.revision,
        hold: row.hold === null ? null : toReasonView(row.hold),
        items: row.items,
        counts: { ...own },
        progress: row.items === 0 ? 1 : (row.items - left) / row.items,
        expectedEnd: row.state === 'running' ? isoTimeOrNull(await expectedEnd(deps, row, own)) : null,
        createdBy: row.createdBy,
        createdAt: isoTime(row.createdAt),
        updatedAt: isoTime(row.updatedAt),
        endedAt: isoTimeOrNull(row.endedAt),
      };
    }),
  );
}

/** What is left takes as long as its own runs took so far; of workflows without any, as their runs of the past. */
async function expectedEnd(
  { store, clock, settings }: Pick<ApiDeps, 'store' | 'clock' | 'settings'>,
  { id, members, parallelism }: BackfillRow,
  counts: BackfillCounts,
): Promise<number | null> {
  const own = await store.backfillSources.historyOf(id);
  const known = await Promise.all(
    members.map(async ({ workflowId }) => {
      const past = own.get(workflowId) ?? historyOf(await store.backfillSources.history(workflowId, PAST_RUNS));
      return past?.durationMs ?? null;
    }),
  );
  const durations = known.filter((ms) => ms !== null);
  if (durations.length === 0) return null;
  const mean = durations.reduce((sum, ms) => sum + ms, 0) / durations.length;
  const atOnce = Math.min(parallelism, settings.maxBackfillRuns);
  return clock.now() + Math.round(((counts.waiting + counts.running) * mean) / atOnce);
}

export function toItemView(item: ShownBackfillItem, members: readonly BackfillMember[]): BackfillItemView {
  const { position, workflowId, version, level, businessTime, state, reason, run, tries } = item;
  const workflowName = members.find((member) => member.workflowId === workflowId)?.workflowName ?? '';
  return {
    ...{ position, workflowId, workflowName, version, level, state, reason, tries },
    businessTime: isoTime(businessTime),
    run: run && { ...run },
    startedAt: isoTimeOrNull(item.startedAt),
    endedAt: isoTimeOrNull(item.endedAt),
  };
}

/** What the audit log says of one backfill, without what only administrators are shown, such as the token that was used. */
export function toActView({ id, at, actor, action }: AuditRow): BackfillActView {
  return { id, at: isoTime(at), by: actor, did: action.replace(/^backfill\./, '') as BackfillActView['did'] };
}
