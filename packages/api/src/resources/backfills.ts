/** /backfills: many business times of a workflow, and of what depends on it, run as one thing. */
import { AppError, type BackfillRow, type ProjectId, type WorkflowId } from '@vaquita/core';
import { auditRow } from '../audit.ts';
import { toActView, toBackfillViews, toItemView, toPlanView } from '../backfills/backfill-views.ts';
import { type Conflict, itemRows, type PlannedBackfill, planRequest } from '../backfills/plan-request.ts';
import type { ApiDeps } from '../deps.ts';
import { createOnce } from '../http/create-once.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import {
  BackfillActPage,
  BackfillAnswer,
  BackfillItemPage,
  BackfillItemQuery,
  BackfillPage,
  BackfillQuery,
  BackfillRequest,
  BackfillView,
} from '../views/backfill.ts';
import { PageQuery } from '../views/page.ts';
import { backfillActionEndpoints, backfillEvent } from './backfill-actions.ts';
import { requireBackfill, requireProject, requireWorkflow } from './lookup.ts';
import { pageRequest, toPage } from './paging.ts';

const TAG = 'Backfills';
const LIST = '/api/v1/backfills';
const ITEM = `${LIST}/{backfill}` as const;

export function backfillEndpoints(deps: ApiDeps): readonly Endpoint[] {
  return [createEndpoint(deps), ...readEndpoints(deps), ...backfillActionEndpoints(deps)];
}

function createEndpoint(deps: ApiDeps): Endpoint {
  const { store, clock } = deps;
  return endpoint({
    method: 'post',
    path: LIST,
    tag: TAG,
    access: 'operate',
    summary: 'Plan a backfill, or start it',
    description:
      'With `dryRun` nothing is started, and the answer is the plan: which workflows belong to it, how many runs, what is skipped and ' +
      'why, which other backfills are in the way, what it will cost as far as runs of the past tell. Without it the same plan is started; ' +
      'the leader then files the runs, as many at once as `parallelism` says.',
    body: BackfillRequest,
    errors: ['conflict'],
    status: 200,
    answer: BackfillAnswer,
    async handle({ body, caller, ids }) {
      const planned = await planRequest(deps, body);
      const plan = toPlanView(planned);
      if (body.dryRun) return { dryRun: true, plan, backfill: null };
      const id = ids.next<'backfill'>();
      const now = clock.now();
      if ((await store.backfills.find(id)) === undefined) {
        refuseConflicts(planned.conflicts);
        if (plan.runs === 0) {
          const message = 'Nothing is left to run: all of it has succeeded already. Say rerunSucceeded to do it again.';
          throw new AppError('conflict', message);
        }
        const row = rowOf(planned, { id, body, by: caller.name, now });
        const { runs, skipped, times } = plan;
        const workflow = `${planned.project.name}/${planned.workflow.name}`;
        const data = { workflow, runs, skipped, times, workflows: planned.members.length, asked: body.times };
        const told = {
          event: backfillEvent(row, { change: 'created', by: caller.name, at: now }),
          audit: auditRow(deps, caller, { action: 'backfill.create', subject: id, data }),
        };
        await createOnce(
          () => store.backfills.create(row, itemRows(id, planned.items, now), told),
          () => store.backfills.find(id),
        );
        deps.changes.announce();
      }
      const [backfill] = await toBackfillViews(deps, [await requireBackfill(store, id)]);
      return { dryRun: false, plan, backfill: backfill! };
    },
  });
}

interface Making {
  readonly id: BackfillRow['id'];
  readonly body: Pick<BackfillRow, 'description' | 'order' | 'parallelism'>;
  readonly by: string;
  readonly now: number;
}

function rowOf({ project, workflow, read, start, members, items }: PlannedBackfill, making: Making): BackfillRow {
  const { id, body, by, now } = making;
  return {
    ...{ id, projectId: project.id, workflowId: workflow.id, scheduleId: read.scheduleId },
    ...{ times: read.asked, timezone: read.timezone, description: body.description, start },
    members: members.map(({ projectId, workflowId, workflowName, version, level, after }) => {
      return { projectId, workflowId, workflowName, version, level, after };
    }),
    ...{ order: body.order, parallelism: body.parallelism, state: 'running', revision: 1, hold: null },
    ...{ items: items.length, createdBy: by, createdAt: now, updatedAt: now, endedAt: null },
  };
}

function refuseConflicts([conflict, ...others]: readonly Conflict[]): void {
  if (conflict === undefined) return;
  const { backfillId, description, workflowName, times } = conflict;
  const name = description === '' ? backfillId : `${backfillId} (${description})`;
  const more = others.length === 0 ? '' : ` ${others.length} more are in the way; a dry run names them.`;
  const text = `The backfill ${name} has ${times} of these times of ${workflowName}, which have not ended.`;
  throw new AppError('conflict', `${text}${more} Wait for it, or cancel it.`);
}

function readEndpoints(deps: ApiDeps): readonly Endpoint[] {
  const { store } = deps;

  async function filterOf({
    project,
    workflow,
    state,
  }: {
    project?: string | undefined;
    workflow?: string | undefined;
    state?: BackfillRow['state'] | undefined;
  }) {
    if (workflow !== undefined && project === undefined) {
      const problems = [{ path: 'project', message: 'Names of workflows are those of a project: give it too' }];
      throw new AppError('bad_request', 'The query parameters are not valid.', { problems });
    }
    const filter: { projectId?: ProjectId; workflowId?: WorkflowId; state?: BackfillRow['state'] } = {};
    if (workflow !== undefined) {
      filter.workflowId = (await requireWorkflow(store, { project: project!, workflow })).workflow.id;
    } else if (project !== undefined) filter.projectId = (await requireProject(store, project)).id;
    if (state !== undefined) filter.state = state;
    return filter;
  }

  return [
    endpoint({
      method: 'get',
      path: LIST,
      tag: TAG,
      access: 'view',
      summary: 'List backfills, the newest first',
      query: BackfillQuery,
      status: 200,
      answer: BackfillPage,
      async handle({ query }) {
        const page = await store.backfills.list(await filterOf(query), pageRequest(query));
        return { items: await toBackfillViews(deps, page.items), nextCursor: page.next };
      },
    }),
    endpoint({
      method: 'get',
      path: ITEM,
      tag: TAG,
      access: 'view',
      summary: 'Show a backfill: how far it is, and when it will end',
      status: 200,
      answer: BackfillView,
      async handle({ params }) {
        const [view] = await toBackfillViews(deps, [await requireBackfill(store, params.backfill)]);
        return view!;
      },
    }),
    endpoint({
      method: 'get',
      path: `${ITEM}/items`,
      tag: TAG,
      access: 'view',
      summary: 'List the items of a backfill in the order of starting: one workflow for one business time each',
      query: BackfillItemQuery,
      status: 200,
      answer: BackfillItemPage,
      async handle({ params, query }) {
        const backfill = await requireBackfill(store, params.backfill);
        const filter = {
          ...(query.state === undefined ? {} : { state: query.state }),
          ...(query.workflow === undefined ? {} : { workflowId: query.workflow as WorkflowId }),
        };
        const page = await store.backfills.items(backfill.id, filter, pageRequest(query));
        return toPage(page, (item) => toItemView(item, backfill.members));
      },
    }),
    endpoint({
      method: 'get',
      path: `${ITEM}/acts`,
      tag: TAG,
      access: 'view',
      summary: 'Who did what with a backfill, newest first',
      description: 'From the audit log, which as a whole only administrators read.',
      query: PageQuery,
      status: 200,
      answer: BackfillActPage,
      async handle({ params, query }) {
        const { id } = await requireBackfill(store, params.backfill);
        return toPage(await store.requests.auditLog(pageRequest(query), { subject: id }), toActView);
      },
    }),
  ];
}
