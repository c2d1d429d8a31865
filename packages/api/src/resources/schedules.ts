/** /schedules: when workflows start by themselves, seen and made. */
import { AppError, FIRE_OUTCOMES, type ScheduleId, type ScheduleRow } from '@vaquita/core';
import * as z from 'zod';
import type { Audit } from '../audit.ts';
import type { ApiDeps, ApiStore } from '../deps.ts';
import { createOnce } from '../http/create-once.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { readStartChoices } from '../runs/start-choices.ts';
import { readPlan } from '../schedules/plan-request.ts';
import { toFireView, toScheduleViews } from '../schedules/schedule-views.ts';
import { PageQuery } from '../views/page.ts';
import {
  FirePage,
  ScheduleCreate,
  SchedulePage,
  ScheduleQuery,
  ScheduleSaved,
  ScheduleView,
} from '../views/schedule.ts';
import { requireProject, requireWorkflow } from './lookup.ts';
import { pageRequest, toPage } from './paging.ts';

export const SCHEDULES_TAG = 'Schedules';
const LIST = '/api/v1/schedules';
export const SCHEDULE = `${LIST}/{id}` as const;
const OF_WORKFLOW = '/api/v1/projects/{project}/workflows/{workflow}/schedules';

export function scheduleEndpoints(deps: ApiDeps, audit: Audit): readonly Endpoint[] {
  return [...readEndpoints(deps), createEndpoint(deps, audit)];
}

export async function requireSchedule(store: ApiStore, id: string): Promise<ScheduleRow> {
  const schedule = await store.schedules.find(id);
  if (schedule) return schedule;
  throw new AppError('not_found', `There is no schedule with the id “${id}”.`);
}

export async function scheduleView(deps: ApiDeps, id: ScheduleId): Promise<ScheduleView> {
  return (await toScheduleViews(deps, [await requireSchedule(deps.store, id)]))[0]!;
}

/** As the audit log names it. */
export async function scheduleSubject(
  store: ApiStore,
  { projectId, workflowId, name }: Pick<ScheduleRow, 'projectId' | 'workflowId' | 'name'>,
): Promise<string> {
  const [project, workflow] = await Promise.all([
    store.projects.find(projectId),
    store.workflows.find(projectId, workflowId),
  ]);
  return `${project?.name ?? projectId}/${workflow?.name ?? workflowId}/${name}`;
}

const FireQuery = PageQuery.extend({
  outcome: z.enum(FIRE_OUTCOMES).optional().meta({ description: 'Only fire times that ended like this' }),
});

function readEndpoints(deps: ApiDeps): readonly Endpoint[] {
  const { store } = deps;

  async function filterOf(query: { readonly project?: string | undefined; readonly workflow?: string | undefined }) {
    if (query.workflow !== undefined) {
      if (query.project === undefined) {
        const problems = [{ path: 'project', message: 'Names of workflows are those of a project: give it too' }];
        throw new AppError('bad_request', 'The query parameters are not valid.', { problems });
      }
      const path = { project: query.project, workflow: query.workflow };
      return { workflowId: (await requireWorkflow(store, path)).workflow.id };
    }
    return query.project === undefined ? {} : { projectId: (await requireProject(store, query.project)).id };
  }

  return [
    endpoint({
      method: 'get',
      path: LIST,
      tag: SCHEDULES_TAG,
      access: 'view',
      summary: 'List schedules, the oldest first',
      query: ScheduleQuery,
      status: 200,
      answer: SchedulePage,
      async handle({ query }) {
        const online = query.online === undefined ? {} : { online: query.online === 'true' };
        const page = await store.schedules.list({ ...(await filterOf(query)), ...online }, pageRequest(query));
        return { items: await toScheduleViews(deps, page.items), nextCursor: page.next };
      },
    }),
    endpoint({
      method: 'get',
      path: OF_WORKFLOW,
      tag: SCHEDULES_TAG,
      access: 'view',
      summary: 'List the schedules of a workflow, the oldest first',
      query: PageQuery,
      status: 200,
      answer: SchedulePage,
      async handle({ params, query }) {
        const page = await store.schedules.list(await filterOf(params), pageRequest(query));
        return { items: await toScheduleViews(deps, page.items), nextCursor: page.next };
      },
    }),
    endpoint({
      method: 'get',
      path: SCHEDULE,
      tag: SCHEDULES_TAG,
      access: 'view',
      summary: 'Show a schedule with its next fire times and its newest record',
      status: 200,
      answer: ScheduleView,
      handle: ({ params }) => scheduleView(deps, params.id as ScheduleId),
    }),
    endpoint({
      method: 'get',
      path: `${SCHEDULE}/fires`,
      tag: SCHEDULES_TAG,
      access: 'view',
      summary: 'What became of its fire times, newest first',
      description:
        'Each fire time of a schedule that is online has exactly one record. Records go with the history of runs.',
      query: FireQuery,
      status: 200,
      answer: FirePage,
      async handle({ params, query }) {
        const { id } = await requireSchedule(store, params.id);
        return toPage(await store.schedules.fires(id, pageRequest(query), query.outcome), toFireView);
      },
    }),
  ];
}

function createEndpoint(deps: ApiDeps, audit: Audit): Endpoint {
  const { store, clock } = deps;
  return endpoint({
    method: 'post',
    path: OF_WORKFLOW,
    tag: SCHEDULES_TAG,
    access: 'edit',
    summary: 'Create a schedule',
    description: 'It fires from now on when it is put online; what lies behind is not made up for.',
    body: ScheduleCreate,
    errors: ['name_in_use', 'conflict'],
    status: 201,
    answer: ScheduleSaved,
    async handle({ params, body, caller, ids }) {
      const { project, workflow } = await requireWorkflow(store, params);
      const now = clock.now();
      const read = await readPlan(body.plan, { store, now });
      const start = await readStartChoices(deps, workflow, { start: body.start, priority: 'medium' });
      requireNoProblems([...read.problems.map(inPlan), ...start.problems]);
      const id: ScheduleId = ids.next<'schedule'>();
      const row: ScheduleRow = {
        id,
        projectId: project.id,
        workflowId: workflow.id,
        name: body.name,
        description: body.description,
        plan: read.plan,
        start: start.choices,
        online: body.online,
        pausedUntil: null,
        revision: 1,
        cursorAt: now,
        begunAt: now,
        begunCursorAt: now,
        dueAt: null,
        problem: null,
        createdBy: caller.name,
        createdAt: now,
        updatedBy: caller.name,
        updatedAt: now,
      };
      await createOnce(
        () => store.schedules.create(row),
        () => store.schedules.find(id),
      );
      deps.schedulesChanged();
      const { plan, online } = row;
      const data = { id, plan, start: start.choices, online };
      await audit(caller, { action: 'schedule.create', subject: await scheduleSubject(store, row), data });
      const offline =
        online && !workflow.online ? ['The workflow is offline: it fires as soon as that is put online.'] : [];
      return { ...(await scheduleView(deps, id)), warnings: [...read.warnings, ...start.warnings, ...offline] };
    },
  });
}

export function inPlan({ path, message }: { readonly path: string; readonly message: string }) {
  return { path: `plan.${path}`, message };
}

/** @throws AppError `bad_request` with all of them. */
export function requireNoProblems(problems: readonly { readonly path: string; readonly message: string }[]): void {
  if (problems.length > 0) throw new AppError('bad_request', 'The schedule cannot be kept like this.', { problems });
}
