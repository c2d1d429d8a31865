/** Schedules and calendars in memory, as people see and change them. */
import type { CalendarRow, ScheduleFireRow, ScheduleRemainsRow, ScheduleRow } from '@vaquita/core';
import type { AtRevision, CalendarStore, NamingSchedule, ScheduleStore } from '../../ports/schedules.ts';
import * as calendarVerbs from '../../verbs/schedules/calendars.ts';
import {
  calendarGone,
  changedMeanwhile,
  DELETED,
  nameInUse,
  noSchedule,
  OTHER_PLAN,
  TAKEN_OFFLINE,
} from '../../verbs/schedules/people.ts';
import { noWorkflow } from '../../verbs/workflows.ts';
import { compare, type Memory, pageOf, type Tables, type Transaction } from './tables.ts';

export const fireKey = ({ scheduleId, fireAt }: Pick<ScheduleFireRow, 'scheduleId' | 'fireAt'>) =>
  `${scheduleId} ${fireAt}`;

export const schedulesOf = ({ schedules }: Tables, workflowId: string): readonly ScheduleRow[] =>
  [...schedules.values()].filter((row) => row.workflowId === workflowId);

export function isAwake({ workflows }: Tables, { online, workflowId }: ScheduleRow): boolean {
  return online && workflows.get(workflowId)?.online === true;
}

function begun({ cursorAt }: ScheduleRow, at: number) {
  return { begunAt: at, cursorAt: Math.max(cursorAt, at), begunCursorAt: Math.max(cursorAt, at) };
}

/** It begins at that moment, if it and its workflow are online. */
export function begin(tables: Tables, tx: Transaction, id: string, at: number): void {
  const row = tables.schedules.get(id)!;
  if (!row.online) return;
  tx.put(tables.schedules, id, {
    ...row,
    ...begun(row, at),
    dueAt: isAwake(tables, row) ? at : null,
  });
}

export const remainsKey = ({ scheduleId, upTo }: Pick<ScheduleRemainsRow, 'scheduleId' | 'upTo'>) =>
  `${scheduleId} ${upTo}`;

/** Before the change itself: what has come up and is not decided. */
export function leave(tables: Tables, tx: Transaction, row: ScheduleRow, { why, at }: Rest): void {
  const { id: scheduleId, projectId, workflowId, plan, cursorAt: afterAt } = row;
  if (!isAwake(tables, row) || afterAt >= at) return;
  const remains = { scheduleId, projectId, workflowId, plan, afterAt, upTo: at, why };
  if (!tables.scheduleRemains.has(remainsKey(remains))) tx.put(tables.scheduleRemains, remainsKey(remains), remains);
}

interface Rest {
  readonly why: string;
  readonly at: number;
}

function skipQueued({ scheduleFires }: Tables, tx: Transaction, id: string, { why, at }: Rest): void {
  for (const [key, fire] of scheduleFires) {
    if (fire.scheduleId !== id || fire.outcome !== 'queued') continue;
    const skipped = { outcome: 'skipped', reasonCode: 'schedule_changed', reason: why, decidedAt: at } as const;
    tx.put(scheduleFires, key, { ...fire, ...skipped });
  }
}

/** It is not looked at any more, and what waits is skipped. */
export function rest(tables: Tables, tx: Transaction, id: string, why: Rest): void {
  tx.put(tables.schedules, id, { ...tables.schedules.get(id)!, dueAt: null, problem: null });
  skipQueued(tables, tx, id, why);
}

export function removeSchedule(tables: Tables, tx: Transaction, id: string, why: Rest): void {
  const row = tables.schedules.get(id)!;
  const { workflowId, name } = row;
  leave(tables, tx, row, why);
  skipQueued(tables, tx, id, why);
  tx.release(nameKey({ workflowId, name }));
  tx.drop(tables.schedules, id);
}

const nameKey = ({ workflowId, name }: Pick<ScheduleRow, 'workflowId' | 'name'>) => `schedule:${workflowId}:${name}`;

export function createMemorySchedules({ tables, unit }: Memory): ScheduleStore {
  const { schedules, scheduleFires, calendars, workflows } = tables;

  function mustFind(id: string): ScheduleRow {
    const row = schedules.get(id);
    if (row === undefined) throw noSchedule(id);
    return row;
  }

  function mustBe(id: string, { revision }: AtRevision): ScheduleRow {
    const row = mustFind(id);
    if ((revision ?? row.revision) !== row.revision) throw changedMeanwhile();
    return row;
  }

  function claimName(tx: Transaction, row: ScheduleRow): void {
    if ((tables.unique.get(nameKey(row)) ?? row.id) !== row.id) throw nameInUse(row.name);
    tx.claim(nameKey(row), row.id);
  }

  function checkCalendars({ plan }: Pick<ScheduleRow, 'plan'>): void {
    const named = [...plan.calendars.include, ...plan.calendars.exclude];
    if (named.some((id) => !calendars.has(id))) throw calendarGone();
  }

  const firesOf = (id: string) => [...scheduleFires.values()].filter(({ scheduleId }) => scheduleId === id);

  return {
    find: async (id) => schedules.get(id),
    findByName: async (workflowId, name) => schedules.get(tables.unique.get(nameKey({ workflowId, name })) ?? ''),
    async list({ projectId, workflowId, online }, page) {
      const rows = [...schedules.values()].filter(
        (row) =>
          (projectId === undefined || row.projectId === projectId) &&
          (workflowId === undefined || row.workflowId === workflowId) &&
          (online === undefined || row.online === online),
      );
      return pageOf(rows, page, (row) => row.id, 'up');
    },
    async ofWorkflows(ids, each) {
      const rows = [...schedules.values()].sort((a, b) => compare(a.name, b.name));
      return [...new Set(ids)].flatMap((id) => rows.filter((row) => row.workflowId === id).slice(0, each));
    },
    async fires(id, page, outcome) {
      const rows = firesOf(id).filter((row) => outcome === undefined || row.outcome === outcome);
      return pageOf(rows, page, (row) => row.fireAt, 'down', 'number');
    },
    async lastFires(ids) {
      return ids.flatMap((id) => firesOf(id).reduce<ScheduleFireRow[]>(newest, []));
    },
    async create(row) {
      unit((tx) => {
        if (!workflows.has(row.workflowId)) throw noWorkflow(row.workflowId);
        claimName(tx, row);
        checkCalendars(row);
        tx.put(schedules, row.id, { ...row, dueAt: null });
        begin(tables, tx, row.id, row.updatedAt);
      });
    },
    async update({ id, revision }, { by, at, ...change }) {
      unit((tx) => {
        const row = mustFind(id);
        if (row.revision !== revision) throw changedMeanwhile();
        const changed = { ...row, ...change, problem: null, revision: revision + 1, updatedBy: by, updatedAt: at };
        claimName(tx, changed);
        if (changed.name !== row.name) tx.release(nameKey(row));
        if (change.plan !== undefined) checkCalendars(changed);
        tx.put(schedules, id, changed);
        if (JSON.stringify(changed.plan) === JSON.stringify(row.plan)) return;
        leave(tables, tx, row, { why: OTHER_PLAN, at });
        skipQueued(tables, tx, id, { why: OTHER_PLAN, at });
        tx.put(schedules, id, { ...changed, ...begun(row, at), dueAt: null });
        begin(tables, tx, id, at);
      });
    },
    async setOnline(id, online, { by, at, revision }) {
      return unit((tx) => {
        const row = mustBe(id, { revision });
        if (row.online === online) return false;
        if (!online) leave(tables, tx, row, { why: TAKEN_OFFLINE, at });
        const change = { online, problem: null, revision: row.revision + 1, updatedBy: by, updatedAt: at };
        tx.put(schedules, id, { ...row, ...change });
        if (online) begin(tables, tx, id, at);
        else rest(tables, tx, id, { why: TAKEN_OFFLINE, at });
        return true;
      });
    },
    async pause(id, until, { by, at, revision }) {
      unit((tx) => {
        const row = mustBe(id, { revision });
        tx.put(schedules, id, {
          ...row,
          ...{ pausedUntil: until, problem: null, revision: row.revision + 1, updatedBy: by, updatedAt: at },
        });
      });
    },
    async delete(id, { at, revision }) {
      unit((tx) => removeSchedule(tables, tx, mustBe(id, { revision }).id, { why: DELETED, at }));
    },
  };
}

function newest([best]: ScheduleFireRow[], row: ScheduleFireRow): ScheduleFireRow[] {
  return [best !== undefined && best.fireAt > row.fireAt ? best : row];
}

export function createMemoryCalendars({ tables, unit }: Memory): CalendarStore {
  const { calendars, schedules, projects, workflows } = tables;

  function mustFind(id: string): CalendarRow {
    const row = calendars.get(id);
    if (row === undefined) throw calendarVerbs.noCalendar(id);
    return row;
  }

  function claimName(tx: Transaction, { name, id }: CalendarRow): void {
    if ((tables.unique.get(`calendar:${name}`) ?? id) !== id) throw calendarVerbs.nameInUse(name);
    tx.claim(`calendar:${name}`, id);
  }

  function users(id: CalendarRow['id'], limit: number): readonly NamingSchedule[] {
    return [...schedules.values()]
      .filter(({ plan: { calendars: named } }) => named.include.includes(id) || named.exclude.includes(id))
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .slice(0, limit)
      .map((row) => ({
        ...{ id: row.id, name: row.name },
        project: projects.get(row.projectId)!.name,
        workflow: workflows.get(row.workflowId)!.name,
      }));
  }

  return {
    async create(row) {
      unit((tx) => {
        claimName(tx, row);
        tx.put(calendars, row.id, row);
      });
    },
    async find(idOrName) {
      return calendars.get(idOrName) ?? [...calendars.values()].find(({ name }) => name === idOrName);
    },
    many: async (ids) => [...calendars.values()].filter(({ id }) => ids.includes(id)),
    list: async (page) => pageOf(calendars.values(), page, (row) => row.name, 'up'),
    async update({ id, revision }, { at, ...change }) {
      unit((tx) => {
        const row = mustFind(id);
        if (row.revision !== revision) throw calendarVerbs.changedMeanwhile();
        const changed = { ...row, ...change, revision: revision + 1, updatedAt: at };
        claimName(tx, changed);
        if (changed.name !== row.name) tx.release(`calendar:${row.name}`);
        tx.put(calendars, id, changed);
      });
    },
    async delete(id) {
      unit((tx) => {
        const named = users(id, calendarVerbs.TOLD_NAMES);
        if (named.length > 0) throw calendarVerbs.calendarInUse(named);
        tx.release(`calendar:${mustFind(id).name}`);
        tx.drop(calendars, id);
      });
    },
    useCounts: async (ids) => new Map(ids.map((id) => [id, users(id, Number.POSITIVE_INFINITY).length])),
    namedBy: async (id, limit) => users(id, limit),
  };
}
