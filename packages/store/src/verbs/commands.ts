/** Verbs on what was asked (commands) and what happened (events). */
import { type CommandRow, PRIORITIES } from '@vaquita/core';
import type { CommandStore, EventStore } from '../ports/api.ts';
import type { SqlDriver, SqlStatement } from '../ports/driver.ts';
import { many, one, statement } from '../sql/access.ts';
import { checkLimit } from '../sql/page.ts';
import { COMMANDS, EVENTS, type StoredCommand } from '../sql/tables.ts';

const FILE = `${COMMANDS.insert} on conflict (id) do nothing`;
const OUTCOME = 'select done_at, outcome from commands where id = ?';
const PENDING_COUNT = 'select count(*) as n from commands where done_at is null';
const EVENTS_AFTER = `select ${EVENTS.columns} from events where seq > ? order by seq limit ?`;
const RUN_EVENTS_AFTER = `select ${EVENTS.columns} from events
  where workflow_instance_id = ? and seq > ? order by seq limit ?`;

export function toStored(command: CommandRow): StoredCommand {
  return { ...command, priority: PRIORITIES.indexOf(command.priority) };
}

export function fromStored(command: StoredCommand): CommandRow {
  return { ...command, priority: PRIORITIES[command.priority] ?? 'medium' };
}

/** Files a command, unless it has been filed before. */
export function fileCommand(command: CommandRow): SqlStatement {
  return statement(FILE, COMMANDS.args(toStored(command)));
}

export function createCommandVerbs(driver: SqlDriver): CommandStore {
  return {
    async file(command) {
      await driver.write([fileCommand(command)]);
    },
    async fileAll(commands) {
      await driver.write(commands.map(fileCommand));
    },
    async outcome(id) {
      const row = await one(driver, OUTCOME, [id]);
      return row && { done: row.done_at !== null, outcome: row.outcome as string | null };
    },
    async pendingCount() {
      return Number((await one(driver, PENDING_COUNT))!.n);
    },
  };
}

export function createEventVerbs(driver: SqlDriver): EventStore {
  return {
    async after(seq, { limit, workflowInstanceId }) {
      checkLimit(limit);
      const rows =
        workflowInstanceId === undefined
          ? await many(driver, EVENTS_AFTER, [seq, limit])
          : await many(driver, RUN_EVENTS_AFTER, [workflowInstanceId, seq, limit]);
      return rows.map(EVENTS.read);
    },
    async latestSeq() {
      return Number((await one(driver, 'select coalesce(max(seq), 0) as seq from events'))!.seq);
    },
  };
}
