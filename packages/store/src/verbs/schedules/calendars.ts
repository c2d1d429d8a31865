/** Verbs on calendars. */
import { AppError, type CalendarId, type ScheduleId } from '@vaquita/core';
import type { SqlDriver, SqlValue } from '../../ports/driver.ts';
import type { CalendarStore, NamingSchedule } from '../../ports/schedules.ts';
import { many, statement, writeOr } from '../../sql/access.ts';
import { CALENDARS } from '../../sql/tables.ts';
import { readNamedRows } from '../named-rows.ts';

const MANY = `select ${CALENDARS.columns} from calendars where id in (select value from json_each(?))`;
const UPDATE = `update calendars set name = coalesce(?, name), description = coalesce(?, description),
  entries = coalesce(?, entries), weekdays = coalesce(?, weekdays), revision = revision + 1, updated_at = ?
  where id = ? and revision = ?`;
const DELETE = `delete from calendars where id = ?
  and not exists (select 1 from calendar_uses u where u.calendar_id = calendars.id)`;
const NAMED_BY = `select s.id, s.name, p.name as project, w.name as workflow from calendar_uses u
  cross join schedules s on s.id = u.schedule_id
  join workflows w on w.id = s.workflow_id join projects p on p.id = s.project_id
  where u.calendar_id = ? order by u.schedule_id limit ?`;
const USE_COUNTS = `select u.calendar_id, count(*) as uses from json_each(?) c
  cross join calendar_uses u on u.calendar_id = c.value group by u.calendar_id`;
/** So many names are told of those that use a calendar. */
export const TOLD_NAMES = 10;

export function createCalendarVerbs(driver: SqlDriver): CalendarStore {
  const named = readNamedRows(driver, 'calendars', CALENDARS);

  async function namedBy(id: string, limit: number): Promise<readonly NamingSchedule[]> {
    return (await many(driver, NAMED_BY, [id, limit])).map((row) => ({
      id: row.id as ScheduleId,
      name: String(row.name),
      project: String(row.project),
      workflow: String(row.workflow),
    }));
  }

  return {
    async create(row) {
      await writeOr(driver, [statement(CALENDARS.insert, CALENDARS.args(row))], () => nameInUse(row.name));
    },
    find: named.find,
    list: named.list,
    async many(ids) {
      return (await many(driver, MANY, [JSON.stringify(ids)])).map(CALENDARS.read);
    },
    async update({ id, revision }, { name, description, entries, weekdays, at }) {
      const lists = [entries, weekdays].map((list) => (list === undefined ? null : JSON.stringify(list)));
      const args: SqlValue[] = [name ?? null, description ?? null, ...lists, at, id, revision];
      await writeOr(driver, [statement(UPDATE, args, 1)], async () => {
        const row = await named.byId(id);
        if (row === undefined) return noCalendar(id);
        return row.revision === revision ? nameInUse(name ?? '') : changedMeanwhile();
      });
    },
    async delete(id) {
      await writeOr(driver, [statement(DELETE, [id], 1)], async () => {
        const users = await namedBy(id, TOLD_NAMES);
        return users.length === 0 ? noCalendar(id) : calendarInUse(users);
      });
    },
    async useCounts(ids) {
      const rows = await many(driver, USE_COUNTS, [JSON.stringify(ids)]);
      return new Map(rows.map((row) => [row.calendar_id as CalendarId, Number(row.uses)]));
    },
    namedBy,
  };
}

export function nameInUse(name: string): AppError {
  return new AppError('name_in_use', `A calendar named "${name}" exists already. Choose another name.`);
}

export function noCalendar(id: string): AppError {
  return new AppError('not_found', `There is no calendar ${id}.`);
}

export function changedMeanwhile(): AppError {
  return new AppError(
    'conflict',
    'Somebody else has changed the calendar meanwhile. Look at it again, then change it.',
  );
}

/** @param users at most `TOLD_NAMES` of them */
export function calendarInUse(users: readonly Pick<NamingSchedule, 'name' | 'project' | 'workflow'>[]): AppError {
  const names = users.map(({ name, project, workflow }) => `"${name}" of ${project}/${workflow}`).join(', ');
  const more = users.length === TOLD_NAMES ? ' and maybe others' : '';
  const plural = users.length === 1 ? '' : 's';
  return new AppError(
    'conflict',
    `The calendar is used by the schedule${plural} ${names}${more}. Take it out of them first.`,
  );
}
