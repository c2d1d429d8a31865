/** Task groups in memory. */
import { AppError } from '@vaquita/core';
import type { TaskGroupStore } from '../../ports/api.ts';
import type { TaskGroupRow } from '../../ports/master.ts';
import { checkLimit, toPage } from '../../sql/page.ts';
import { compareMembers, decodeMemberCursor, memberKey, memberKeyText } from '../../verbs/member-order.ts';
import { holdsSlot, isLiveTask } from '../../verbs/places.ts';
import { addEvent } from './runs.ts';
import { type Memory, pageOf } from './tables.ts';

export function createMemoryTaskGroups({ tables, unit }: Memory): TaskGroupStore {
  const { taskGroups, tasks } = tables;

  function mustFind(id: string): TaskGroupRow {
    const row = taskGroups.get(id);
    if (row === undefined) throw new AppError('not_found', `There is no task group ${id}.`);
    return row;
  }

  function membersOf(name: string) {
    return [...tasks.values()].filter((task) => task.taskGroup === name && isLiveTask(task));
  }

  return {
    async create(row, event) {
      unit((tx) => {
        if (tables.unique.has(`task-group:${row.name}`)) {
          throw new AppError('name_in_use', `A task group named "${row.name}" exists already. Choose another name.`);
        }
        tx.claim(`task-group:${row.name}`, row.id);
        tx.put(taskGroups, row.id, row);
        addEvent(tx, tables, event);
      });
    },
    async find(idOrName) {
      return taskGroups.get(idOrName) ?? taskGroups.get(tables.unique.get(`task-group:${idOrName}`) ?? '');
    },
    async list(page) {
      return pageOf(taskGroups.values(), page, (row) => row.name, 'up');
    },
    async update(id, { description, size, open }, event) {
      unit((tx) => {
        const row = mustFind(id);
        tx.put(taskGroups, id, {
          ...row,
          description: description ?? row.description,
          size: size ?? row.size,
          open: open ?? row.open,
          updatedAt: event.at,
        });
        addEvent(tx, tables, event);
      });
    },
    async delete(id, event) {
      unit((tx) => {
        const row = mustFind(id);
        if (membersOf(row.name).length > 0) {
          throw new AppError('conflict', 'Tasks hold slots of the group or wait for them. Wait until they have ended.');
        }
        tx.release(`task-group:${row.name}`);
        tx.drop(taskGroups, id);
        addEvent(tx, tables, event);
      });
    },
    async members(name, page) {
      const limit = checkLimit(page.limit);
      const after = decodeMemberCursor(page);
      const rows = membersOf(name)
        .filter((task) => after === null || compareMembers(memberKey(task), after) > 0)
        .sort((a, b) => compareMembers(memberKey(a), memberKey(b)));
      return toPage(rows.slice(0, limit + 1), limit, (task) => memberKeyText(memberKey(task)));
    },
    async held() {
      const held: Record<string, number> = {};
      for (const { taskGroup } of [...tasks.values()].filter(holdsSlot)) held[taskGroup!] = (held[taskGroup!] ?? 0) + 1;
      return held;
    },
  };
}
