/** What people do about schedules, calendars and whether workflows may be started. */
import type {
  CalendarId,
  CalendarRow,
  IdSource,
  ProjectId,
  ScheduleId,
  SchedulePlan,
  ScheduleRow,
  WorkflowId,
} from '@vaquita/core';
import type { ScheduleStore } from '@vaquita/store';
import type { MemoryStore } from '@vaquita/store/testing';
import type { Model } from '../model/model.ts';
import type {
  CalendarSpec,
  Operation,
  PlanSpec,
  Scenario,
  ScheduleOperation,
  ScheduleSpec,
} from '../scenario/scenario.ts';
import type { Meter } from './meter.ts';

export interface SchedulePeopleDeps {
  readonly scenario: Scenario;
  readonly ids: IdSource;
  readonly store: MemoryStore;
  /** Verbs about schedules, which may be broken. */
  readonly schedules: ScheduleStore;
  readonly model: Model;
  readonly projectId: ProjectId;
  readonly workflowIds: ReadonlyMap<string, WorkflowId>;
  readonly startedAt: number;
  readonly now: () => number;
  readonly say: (line: string) => void;
  readonly note: Meter['note'];
  readonly name: (id: string, name: string) => void;
}

export interface SchedulePeople {
  /** Makes the calendars, which are there from the beginning. */
  fill(): Promise<void>;
  operate(operation: ScheduleOperation): Promise<void>;
}

const BY = 'sim';
const NO_SUCH_TASK = 'not-there';

export function isAboutSchedules(operation: Operation): operation is Operation & ScheduleOperation {
  return operation.do === 'schedule' || operation.do === 'pause_schedule' || operation.do === 'switch_workflow';
}

export function createSchedulePeople(deps: SchedulePeopleDeps): SchedulePeople {
  const { scenario, ids, store, schedules, model, projectId, workflowIds, startedAt, now, say, note } = deps;
  const calendarIds = new Map<string, CalendarId>();
  const scheduleIds = new Map<string, ScheduleId>();

  function planOf({ times, timezone, from, to, jitterMs, include, exclude, misfire, overlap }: PlanSpec): SchedulePlan {
    const moment = (at: number | null) => (at === null ? null : startedAt + at);
    const calendars = (name: string | null) => (name === null ? [] : [calendarIds.get(name) ?? ('gone' as CalendarId)]);
    return {
      times:
        times.kind === 'interval'
          ? { kind: 'interval', everyMs: times.everyMs, anchorAt: startedAt + times.anchor }
          : { kind: 'cron', expression: `${times.seconds} ${times.minutes} * * * *`, dst: 'run_both' },
      ...{ timezone, from: moment(from), to: moment(to), jitterMs, misfire, overlap },
      calendars: { include: calendars(include), exclude: calendars(exclude) },
    };
  }

  function rowOf({ name, plan, broken, online }: ScheduleSpec, workflowId: WorkflowId): ScheduleRow {
    const at = now();
    return {
      ...{ id: ids.next<'schedule'>(), projectId, workflowId, name, description: '', plan: planOf(plan) },
      start: {
        ...{ params: {}, startTasks: broken ? [NO_SUCH_TASK] : [], scope: 'all', failureStrategy: null },
        ...{ priority: 'medium', workerGroup: null, alertOn: null, alertGroup: null, dryRun: false },
        ...{ timeoutMs: null, version: null },
      },
      ...{ online, pausedUntil: null, revision: 1, dueAt: null, problem: null },
      ...{ cursorAt: at, begunAt: at, begunCursorAt: at },
      ...{ createdBy: BY, createdAt: at, updatedBy: BY, updatedAt: at },
    } as ScheduleRow;
  }

  async function create(spec: ScheduleSpec): Promise<void> {
    const workflowId = workflowIds.get(spec.workflow);
    // Left out of a smaller scenario.
    if (workflowId === undefined) return;
    const row = rowOf(spec, workflowId);
    scheduleIds.set(spec.name, row.id);
    deps.name(row.id, spec.name);
    await schedules.create(row);
    model.schedules.created(row.id, { spec, workflowId, at: row.cursorAt });
  }

  async function change(spec: ScheduleSpec, id: ScheduleId, what: 'describe' | 'replan'): Promise<void> {
    const row = await schedules.find(id);
    const changed = { by: BY, at: now() };
    if (what === 'describe') {
      await schedules.update(row!, { ...changed, description: `${row!.description}!` });
      model.schedules.described(id);
      return;
    }
    await schedules.update(row!, { ...changed, plan: planOf(spec.otherPlan) });
    model.schedules.replanned(id, spec.otherPlan, changed.at);
    note('replanned');
  }

  async function schedule(name: string, what: Extract<ScheduleOperation, { do: 'schedule' }>['what']): Promise<void> {
    const spec = scenario.schedules.find((one) => one.name === name);
    if (!spec) return;
    const id = scheduleIds.get(name);
    if (what === 'create') return id === undefined ? create(spec) : undefined;
    if (id === undefined || (await schedules.find(id)) === undefined) return;
    say(`schedule ${name}: ${what}`);
    const changed = { by: BY, at: now() };
    switch (what) {
      case 'enable':
      case 'disable':
        if (await schedules.setOnline(id, what === 'enable', changed))
          model.schedules.switched(id, what === 'enable', changed.at);
        return;
      case 'delete':
        await schedules.delete(id, changed);
        model.schedules.deleted(id, changed.at);
        note('schedule_deleted');
        return;
      default:
        return change(spec, id, what);
    }
  }

  async function pause(name: string, untilMs: number | null): Promise<void> {
    const id = scheduleIds.get(name);
    if (id === undefined || (await schedules.find(id)) === undefined) return;
    const until = untilMs === null ? null : startedAt + untilMs;
    await schedules.pause(id, until, { by: BY, at: now() });
    model.schedules.paused(id, until);
    say(`schedule ${name} is paused until ${untilMs}`);
  }

  async function switchWorkflow(name: string, online: boolean): Promise<void> {
    const id = workflowIds.get(name);
    if (id === undefined) return;
    const at = now();
    const ofNobody = { workflowInstanceId: null, taskInstanceId: null };
    if (
      !(await store.workflows.setOnline(id, online, { type: 'workflow.updated', projectId, ...ofNobody, at, data: {} }))
    )
      return;
    model.schedules.workflowSwitched(id, online, at);
    model.backfills.workflowSwitched(id, online);
    model.triggers.workflowSwitched(id, online, at - startedAt);
    note('workflow_switched');
    say(`workflow ${name} is put ${online ? 'online' : 'offline'}`);
  }

  return {
    async fill() {
      for (const spec of scenario.calendars) {
        const row = calendarRow(spec, { ids, at: now(), startedAt });
        calendarIds.set(spec.name, row.id);
        await store.calendars.create(row);
      }
    },
    async operate(operation) {
      switch (operation.do) {
        case 'schedule':
          return schedule(operation.schedule, operation.what);
        case 'pause_schedule':
          return pause(operation.schedule, operation.until);
        case 'switch_workflow':
          return switchWorkflow(operation.workflow, operation.online);
      }
    },
  };
}

function calendarRow(
  { name, spans }: CalendarSpec,
  { ids, at, startedAt }: { readonly ids: IdSource; readonly at: number; readonly startedAt: number },
): CalendarRow {
  const wall = (ms: number) => new Date(startedAt + ms).toISOString().slice(0, '2026-12-24T18:00'.length);
  const entries = spans
    .map(([from, to]) => ({ title: name, from: wall(from), to: wall(to), yearly: false }))
    .sort((a, b) => (a.from < b.from ? -1 : 1));
  return {
    ...{ id: ids.next<'calendar'>(), name, description: '', entries, weekdays: [], revision: 1 },
    ...{ createdBy: BY, createdAt: at, updatedAt: at },
  };
}
