/** /schedules/{id}: changes, on- and offline, pauses, and a run at once. */
import { AppError, automaticRun, compileWorkflow, parseDuration, type ScheduleRow } from '@vaquita/core';
import type { ScheduleChange as StoredChange } from '@vaquita/store';
import { type Audit, auditRow } from '../audit.ts';
import type { Caller } from '../auth/caller.ts';
import type { ApiDeps } from '../deps.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { namedRevision, requireRevision } from '../http/revision.ts';
import { fileRun } from '../runs/file-run.ts';
import { readStartChoices } from '../runs/start-choices.ts';
import { readPlan } from '../schedules/plan-request.ts';
import { StartAnswer } from '../views/instance.ts';
import {
  ScheduleChange,
  SchedulePauseRequest,
  ScheduleSaved,
  ScheduleVerbRequest,
  ScheduleView,
} from '../views/schedule.ts';
import { requireWorkflow } from './lookup.ts';
import {
  inPlan,
  requireNoProblems,
  requireSchedule,
  SCHEDULE,
  SCHEDULES_TAG,
  scheduleSubject,
  scheduleView,
} from './schedules.ts';
import { requireVersion } from './workflow-versions.ts';

export function scheduleChangeEndpoints(deps: ApiDeps, audit: Audit): readonly Endpoint[] {
  return [
    updateEndpoint(deps, audit),
    deleteEndpoint(deps, audit),
    ...onlineEndpoints(deps, audit),
    pauseEndpoint(deps, audit),
    runEndpoint(deps),
  ];
}

/** @throws AppError `not_found`; `conflict` when the request names another revision. */
async function requireAsNamed(
  { store }: ApiDeps,
  id: string,
  request: { readonly raw: Request; readonly body?: { readonly revision?: number | undefined } },
): Promise<ScheduleRow> {
  const schedule = await requireSchedule(store, id);
  requireRevision(namedRevision(request.raw, request.body ?? {}), {
    ...schedule,
    what: `The schedule “${schedule.name}”`,
  });
  return schedule;
}

async function workflowOf({ store }: ApiDeps, { projectId, workflowId }: ScheduleRow) {
  return requireWorkflow(store, { project: projectId, workflow: workflowId });
}

/** Tells the leader, and the audit log. */
async function tell(
  deps: ApiDeps,
  audit: Audit,
  {
    caller,
    verb,
    schedule,
    data = {},
  }: {
    readonly caller: Caller;
    readonly verb: string;
    readonly schedule: ScheduleRow;
    readonly data?: Readonly<Record<string, unknown>>;
  },
): Promise<void> {
  deps.schedulesChanged();
  const subject = await scheduleSubject(deps.store, schedule);
  await audit(caller, { action: `schedule.${verb}`, subject, data: { id: schedule.id, ...data } });
}

function updateEndpoint(deps: ApiDeps, audit: Audit): Endpoint {
  const { store, clock } = deps;
  return endpoint({
    method: 'patch',
    path: SCHEDULE,
    tag: SCHEDULES_TAG,
    access: 'edit',
    summary: 'Change a schedule',
    description:
      'Another plan fires from now on, and nothing that lies behind is made up for. Everything else keeps its place. With `revision`, or ' +
      'If-Match, a change that somebody else has made since is not overwritten: 409 says whose.',
    body: ScheduleChange,
    errors: ['name_in_use', 'conflict'],
    status: 200,
    answer: ScheduleSaved,
    async handle({ params, body, raw, caller }) {
      const schedule = await requireAsNamed(deps, params.id, { raw, body });
      const now = clock.now();
      const { workflow } = await workflowOf(deps, schedule);
      const plan = body.plan && (await readPlan(body.plan, { store, now, before: schedule.plan }));
      const start = body.start && (await readStartChoices(deps, workflow, { start: body.start, priority: 'medium' }));
      requireNoProblems([...(plan?.problems ?? []).map(inPlan), ...(start?.problems ?? [])]);
      const change: Omit<StoredChange, 'by' | 'at'> = {
        ...(body.name === undefined ? {} : { name: body.name }),
        ...(body.description === undefined ? {} : { description: body.description }),
        ...(plan === undefined ? {} : { plan: plan.plan }),
        ...(start === undefined ? {} : { start: start.choices }),
      };
      await store.schedules.update(schedule, { ...change, by: caller.name, at: now });
      const before = Object.fromEntries(Object.keys(change).map((key) => [key, schedule[key as keyof ScheduleRow]]));
      await tell(deps, audit, { caller, verb: 'update', schedule, data: { ...change, before } });
      const warnings = [...(plan?.warnings ?? []), ...(start?.warnings ?? [])];
      return { ...(await scheduleView(deps, schedule.id)), warnings };
    },
  });
}

function deleteEndpoint(deps: ApiDeps, audit: Audit): Endpoint {
  return endpoint({
    method: 'delete',
    path: SCHEDULE,
    tag: SCHEDULES_TAG,
    access: 'edit',
    summary: 'Delete a schedule',
    description: 'Its runs go on, and what became of its fire times stays on record.',
    errors: ['conflict'],
    status: 204,
    async handle({ params, raw, caller }) {
      const schedule = await requireAsNamed(deps, params.id, { raw });
      const { plan, start, online } = schedule;
      const subject = await scheduleSubject(deps.store, schedule);
      await deps.store.schedules.delete(schedule.id, { at: deps.clock.now(), revision: namedRevision(raw, {}) });
      deps.schedulesChanged();
      const data = { id: schedule.id, before: { plan, start, online } };
      await audit(caller, { action: 'schedule.delete', subject, data });
    },
  });
}

function onlineEndpoints(deps: ApiDeps, audit: Audit): readonly Endpoint[] {
  return (['online', 'offline'] as const).map((target) =>
    endpoint({
      method: 'post',
      path: `${SCHEDULE}/${target}`,
      tag: SCHEDULES_TAG,
      access: 'operate',
      summary: target === 'online' ? 'Let it fire from now on' : 'Let it fire no more; its runs go on',
      body: ScheduleVerbRequest,
      errors: ['conflict'],
      status: 200,
      answer: ScheduleView,
      async handle({ params, body, raw, caller }) {
        const schedule = await requireAsNamed(deps, params.id, { raw, body });
        const changed = { by: caller.name, at: deps.clock.now(), revision: namedRevision(raw, body) };
        if (await deps.store.schedules.setOnline(schedule.id, target === 'online', changed)) {
          await tell(deps, audit, { caller, verb: target, schedule });
        }
        return scheduleView(deps, schedule.id);
      },
    }),
  );
}

function pauseEndpoint(deps: ApiDeps, audit: Audit): Endpoint {
  return endpoint({
    method: 'post',
    path: `${SCHEDULE}/pause`,
    tag: SCHEDULES_TAG,
    access: 'operate',
    summary: 'Skip its fire times until a moment, or for a while',
    description: 'They are on record as skipped. It goes on by itself; `until: null` has it go on now.',
    body: SchedulePauseRequest,
    errors: ['conflict'],
    status: 200,
    answer: ScheduleView,
    async handle({ params, body, raw, caller }) {
      const schedule = await requireAsNamed(deps, params.id, { raw, body });
      const now = deps.clock.now();
      const until = pauseEnd(body, now);
      const changed = { by: caller.name, at: now, revision: namedRevision(raw, body) };
      await deps.store.schedules.pause(schedule.id, until, changed);
      await tell(deps, audit, { caller, verb: 'pause', schedule, data: { until } });
      return scheduleView(deps, schedule.id);
    },
  });
}

const MAX_PAUSE_MS = 3_660 * 86_400_000;
const TOO_LONG = 'A pause is at most ten years long. To have it fire no more, take it offline';

/** @throws AppError `bad_request`. */
function pauseEnd(
  body: { readonly until?: string | null | undefined; readonly for?: string | undefined },
  now: number,
) {
  const wrong = (path: string, message: string): AppError =>
    new AppError('bad_request', 'The body is not valid.', { problems: [{ path, message }] });
  if (body.until === null && body.for === undefined) return null;
  if ((body.until === undefined) === (body.for === undefined)) {
    throw wrong('until', 'Give either `until`, which may be null, or `for`, such as 2h');
  }
  if (body.for !== undefined) {
    const ms = parseDuration(body.for);
    if (ms === undefined || ms === 0)
      throw wrong('for', 'This is not a duration greater than zero, such as 30m, 2h, 3d');
    if (ms > MAX_PAUSE_MS) throw wrong('for', TOO_LONG);
    return now + ms;
  }
  const until = Date.parse(body.until!);
  if (until <= now) throw wrong('until', 'This moment is over already; null ends a pause');
  if (until - now > MAX_PAUSE_MS) throw wrong('until', TOO_LONG);
  return until;
}

function runEndpoint(deps: ApiDeps): Endpoint {
  const { store, clock } = deps;
  return endpoint({
    method: 'post',
    path: `${SCHEDULE}/run`,
    tag: SCHEDULES_TAG,
    access: 'operate',
    summary: 'Start a run now, as the schedule would',
    description:
      'Its business time is now. It is no fire time and leaves no record, but is a run of the schedule: its overlap policy sees it.',
    errors: ['conflict', 'missing_parameter'],
    status: 202,
    answer: StartAnswer,
    async handle({ params, caller, ids }) {
      const schedule = await requireSchedule(store, params.id);
      const { project, workflow } = await workflowOf(deps, schedule);
      if (!workflow.online) {
        const message = `The workflow “${workflow.name}” is offline. Put it online first: only online workflows run.`;
        throw new AppError('conflict', message);
      }
      const version = await requireVersion(store, workflow, schedule.start.version ?? workflow.version);
      const now = clock.now();
      const target = {
        projectId: project.id,
        workflowId: workflow.id,
        workflowName: workflow.name,
        version: version.version,
        definition: compileWorkflow(version.document),
      };
      const occasion = {
        origin: { kind: 'schedule', id: schedule.id },
        businessTime: now,
        timezone: schedule.plan.timezone,
        createdBy: caller.name,
      } as const;
      const made = automaticRun(target, schedule.start, occasion, ids, now);
      if ('problems' in made) {
        const message = 'The run cannot be started like this: the workflow has changed. Change the schedule first.';
        throw new AppError('conflict', message, { problems: made.problems });
      }
      const { id, state } = made.run.instance;
      const subject = await scheduleSubject(store, schedule);
      const data = { id: schedule.id, workflowInstanceId: id, version: version.version };
      await fileRun(deps, made.run, auditRow(deps, caller, { action: 'schedule.run', subject, data }));
      return { id, state };
    },
  });
}
