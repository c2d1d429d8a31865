/** Verbs of the task groups. What is held is read from the task instances each time. */
import { AppError, type NewEvent } from '@vaquita/core';
import type { TaskGroupStore } from '../ports/api.ts';
import type { SqlDriver, SqlValue } from '../ports/driver.ts';
import { MEMBER_RANK_SQL } from '../schema/instances.ts';
import { LIVE_TASK_STATES_SQL } from '../schema/state-lists.ts';
import { many, refuse, statement, writeOr } from '../sql/access.ts';
import { checkLimit, toPage } from '../sql/page.ts';
import { NEW_EVENTS, TASK_GROUPS, TASKS } from '../sql/tables.ts';
import { decodeMemberCursor, memberKey, memberKeyText } from './member-order.ts';
import { readNamedRows } from './named-rows.ts';

/** Before the change itself: tells of it if there is something to change. */
const TELL = `${NEW_EVENTS.insertSelect} from task_groups where id = ?`;
const UPDATE = `update task_groups set description = coalesce(?, description), size = coalesce(?, size),
  open = coalesce(?, open), updated_at = ? where id = ?`;
const DELETE = `delete from task_groups where id = ? and not exists (
    select 1 from task_instances where task_group = task_groups.name and state in ${LIVE_TASK_STATES_SQL})`;

const ORDER = `${MEMBER_RANK_SQL}, -group_priority, first_submitted_at, id`;
const MEMBERS = `select ${TASKS.columns} from task_instances indexed by task_instances_members
  where task_group = ? and state in ${LIVE_TASK_STATES_SQL}`;
const HELD = `select task_group, count(*) as n from task_instances indexed by task_instances_slot
  where group_slot is not null and state in ${LIVE_TASK_STATES_SQL} group by task_group`;

export function createTaskGroupVerbs(driver: SqlDriver): TaskGroupStore {
  const notFound = (id: string) => new AppError('not_found', `There is no task group ${id}.`);
  const eventArgs = (event: NewEvent) => NEW_EVENTS.args(event);

  const named = readNamedRows(driver, 'task_groups', TASK_GROUPS);

  return {
    async create(row, event) {
      await writeOr(
        driver,
        [statement(TASK_GROUPS.insert, TASK_GROUPS.args(row)), statement(NEW_EVENTS.insert, eventArgs(event))],
        refuse('name_in_use', `A task group named "${row.name}" exists already. Choose another name.`),
      );
    },
    find: named.find,
    list: named.list,
    async update(id, { description, size, open }, event) {
      const opened = open === undefined ? null : Number(open);
      const [, result] = await driver.write([
        statement(TELL, [...eventArgs(event), id]),
        statement(UPDATE, [description ?? null, size ?? null, opened, event.at, id]),
      ]);
      if (result!.changes === 0) throw notFound(id);
    },
    async delete(id, event) {
      const unit = [statement(DELETE, [id], 1), statement(NEW_EVENTS.insert, eventArgs(event))];
      await writeOr(driver, unit, async () =>
        (await named.byId(id)) === undefined
          ? notFound(id)
          : new AppError('conflict', 'Tasks hold slots of the group or wait for them. Wait until they have ended.'),
      );
    },
    async members(name, page) {
      const limit = checkLimit(page.limit);
      const after = decodeMemberCursor(page);
      const range = after === null ? '' : `and (${ORDER}) > (?, ?, ?, ?)`;
      const args: SqlValue[] = [name, ...(after ?? []), limit + 1];
      const rows = await many(driver, `${MEMBERS} ${range} order by ${ORDER} limit ?`, args);
      return toPage(rows.map(TASKS.read), limit, (task) => memberKeyText(memberKey(task)));
    },
    async held() {
      const rows = await many(driver, HELD);
      return Object.fromEntries(rows.map((row) => [String(row.task_group), Number(row.n)]));
    },
  };
}
