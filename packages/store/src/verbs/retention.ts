/** Verbs of retention. Every read is bounded by its limit and goes along an index; every unit by what it is given. */
import {
  AppError,
  type TaskInstanceId,
  type WorkflowId,
  type WorkflowInstanceId,
  type WorkflowState,
} from '@vaquita/core';
import type { SqlDriver, SqlRow } from '../ports/driver.ts';
import type { Purged, Removed, RetentionStore, RunHead } from '../ports/retention.ts';
import { BEING_REMOVED, beingRemoved, FINAL_STATES } from '../retention/final.ts';
import { NOTED_AGAIN_MS } from '../retention/noted.ts';
import { many, one, statement } from '../sql/access.ts';
import { fence } from '../sql/fence.ts';
import { checkLimit, decodeCursor, toPage } from '../sql/page.ts';
import { AUDIT } from '../sql/tables.ts';

const FINAL = `(${FINAL_STATES.map((state) => `'${state}'`).join(', ')})`;
const IDS = '(select value from json_each(?))';
const CODE = "json_extract(i.quarantine, '$.code')";
const HEAD = `select i.id, i.project_id, i.workflow_id, i.workflow_name, i.number, i.state, i.quarantine is not null as is_aside,
    ${CODE} is '${BEING_REMOVED}' as is_being_removed, i.created_at, i.ended_at,
    (select p.id from workflow_instances p where p.id = i.parent_instance_id) as parent_instance_id
  from workflow_instances i`;
const RUNS = `${HEAD} where i.id > ? order by i.id limit ?`;
const RUNS_UP_TO = `${HEAD.replace(/i$/, 'i indexed by workflow_instances_workflow')}
  where i.workflow_id = ? and i.id > ? and i.id <= ? order by i.id limit ?`;
const CHILDREN = `${HEAD.replace(/i$/, 'i indexed by workflow_instances_parent')}
  where i.parent_instance_id in ${IDS} limit ?`;
const WORKFLOWS = 'select id from workflows where last_number > ? and id > ? order by id limit ?';
const BEYOND = `select id from workflow_instances indexed by workflow_instances_workflow
  where workflow_id = ? order by id desc limit 1 offset ?`;
const PENDING = `select workflow_instance_id from commands indexed by commands_pending where done_at is null`;
const CLAIMED = `${PENDING} and workflow_instance_id in ${IDS}
  union select workflow_instance_id from outbox where workflow_instance_id in ${IDS} and created_at >= ?`;
const WEIGH = `select value as id,
    (select count(*) from task_instances where workflow_instance_id = value) as tasks,
    (select coalesce(sum(log_bytes), 0) from task_instances where workflow_instance_id = value) as log_bytes,
    (select count(*) from (select 1 from events where workflow_instance_id = value limit ?)) as events
  from json_each(?)`;
/** Final, not set aside for a person, and nobody has ordered it to go on. */
const IS_FREE = `state in ${FINAL} and (quarantine is null or json_extract(quarantine, '$.code') = '${BEING_REMOVED}')
  and id not in (${PENDING})`;
const REMOVE_TASKS = `delete from task_instances where workflow_instance_id in ${IDS} returning id`;
const REMOVE_ORDERS = `delete from outbox where workflow_instance_id in ${IDS}`;
/** What listeners or triggers may have to hear of stays until it has been read for them; one that is switched on later begins behind it. */
const IS_READ = `seq <= coalesce((select seq from listener_relay
    where id = 1 and exists (select 1 from listener_instances where enabled = 1)), 9e18)
  and seq <= coalesce((select min(cursor) from triggers where kind = 'after_workflow' and online = 1), 9e18)`;
const REMOVE_EVENTS = `delete from events where workflow_instance_id in ${IDS} and ${IS_READ}`;
const REMOVE_RUNS = `delete from workflow_instances where id in ${IDS} and ${IS_FREE}
  and not exists (select 1 from workflow_instances c where c.parent_instance_id = workflow_instances.id and c.id not in ${IDS})
  and not exists (select 1 from events e where e.workflow_instance_id = workflow_instances.id)`;
const BEGIN_REMOVAL = `update workflow_instances set quarantine = ?, updated_at = ? where id = ? and ${IS_FREE}`;
const OF_THE_REMOVED = `in (select id from workflow_instances where id = ? and json_extract(quarantine, '$.code') = '${BEING_REMOVED}')`;
const THIN_TASKS = `delete from task_instances where id in
  (select id from task_instances where workflow_instance_id ${OF_THE_REMOVED} order by id limit ?) returning id`;
const THIN_EVENTS = `delete from events where seq in
  (select seq from events where workflow_instance_id ${OF_THE_REMOVED} and ${IS_READ} order by seq limit ?)`;
const SPACE = `select page_count, page_size, freelist_count, auto_vacuum
  from pragma_page_count, pragma_page_size, pragma_freelist_count, pragma_auto_vacuum`;
const INCREMENTAL = 2;
const ENDED_BACKFILLS = "('done', 'cancelled')";

/** Everybody who looks for the trigger has seen all there is, so long after the thing was last noted that he would have noted it again. */
const IS_GONE = `not exists (select 1 from trigger_watchers w where w.trigger_id = trigger_things.trigger_id
  and (w.looked_at <= trigger_things.seen_at + ${2 * NOTED_AGAIN_MS} or w.problem is not null))`;

/** `at`: the moment that counts; null while the row is still needed. `seen`: what tells how far the walk has come. */
const OLD: Readonly<Record<Purged, { readonly page: string; readonly remove: string }>> = {
  events: {
    page: `select seq as id, at, at as seen from events indexed by events_run
      where workflow_instance_id is null and seq > cast(? as integer) order by seq limit ?`,
    remove: `delete from events where seq in ${IDS} and ${IS_READ}`,
  },
  commands: {
    page: 'select id, done_at as at, created_at as seen from commands where id > ? order by id limit ?',
    remove: `delete from commands where done_at is not null and id in ${IDS}`,
  },
  fires: {
    // What is old goes, so the next page begins at the begin again.
    page: `select rowid as id, decided_at as at, decided_at as seen from schedule_fires indexed by schedule_fires_decided
      where ? is not null and outcome <> 'queued' order by decided_at limit ?`,
    remove: `delete from schedule_fires where outcome <> 'queued' and rowid in ${IDS}`,
  },
  firings: {
    page: `select rowid as id, at, at as seen from trigger_firings indexed by trigger_firings_old
      where ? is not null order by at limit ?`,
    remove: `delete from trigger_firings where rowid in ${IDS}`,
  },
  watchers: {
    page: `select rowid as id, looked_at as at, looked_at as seen from trigger_watchers indexed by trigger_watchers_looked
      where ? is not null order by looked_at limit ?`,
    remove: `delete from trigger_watchers where rowid in ${IDS}`,
  },
  things: {
    page: `select rowid as id, seen_at as at, seen_at as seen from trigger_things indexed by trigger_things_seen
      where ? is not null and ${IS_GONE} order by seen_at limit ?`,
    remove: `delete from trigger_things where rowid in ${IDS} and ${IS_GONE}`,
  },
  backfillItems: {
    // Likewise. A unit takes those of a few backfills.
    page: `select i.rowid as id, b.ended_at as at, b.ended_at as seen from (select id, ended_at from backfills
      where ? is not null and state in ${ENDED_BACKFILLS} order by ended_at limit 20) b
      cross join backfill_items i on i.backfill_id = b.id limit ?`,
    remove: `delete from backfill_items where rowid in ${IDS}
      and backfill_id in (select id from backfills where state in ${ENDED_BACKFILLS})`,
  },
  backfills: {
    page: `select id, ended_at as at, ended_at as seen from backfills where ? is not null and state in ${ENDED_BACKFILLS}
      and not exists (select 1 from backfill_items where backfill_id = backfills.id) order by ended_at limit ?`,
    remove: `delete from backfills where id in ${IDS} and state in ${ENDED_BACKFILLS}
      and not exists (select 1 from backfill_items where backfill_id = backfills.id)`,
  },
  audit: {
    page: 'select id, at, at as seen from audit_log where id > ? order by id limit ?',
    remove: `delete from audit_log where id in ${IDS}`,
  },
};

export function createRetentionVerbs(driver: SqlDriver): RetentionStore {
  const from = (after: string | null, limit: number) =>
    decodeCursor({ limit: checkLimit(limit), cursor: after }, 'text') ?? '';
  const pageOfRuns = (rows: readonly SqlRow[], limit: number) => toPage(rows.map(readHead), limit, ({ id }) => id);

  return {
    async runs({ after, limit }) {
      return pageOfRuns(await many(driver, RUNS, [from(after, limit), limit + 1]), limit);
    },
    async workflowsWithMore(than, { after, limit }) {
      const rows = await many(driver, WORKFLOWS, [than, from(after, limit), limit + 1]);
      return toPage(
        rows.map(({ id }) => id as WorkflowId),
        limit,
        (id) => id,
      );
    },
    async newestBeyond(workflow, count) {
      return ((await one(driver, BEYOND, [workflow, count]))?.id as WorkflowInstanceId | undefined) ?? null;
    },
    async runsUpTo(workflow, last, { after, limit }) {
      const args = [workflow, from(after, limit), last, limit + 1];
      return pageOfRuns(await many(driver, RUNS_UP_TO, args), limit);
    },
    async childrenOf(ids, limit) {
      return (await many(driver, CHILDREN, [JSON.stringify(ids), limit])).map(readHead);
    },
    async claimed(ids, since) {
      const list = JSON.stringify(ids);
      const rows = await many(driver, CLAIMED, [list, list, since]);
      return rows.map((row) => row.workflow_instance_id as WorkflowInstanceId);
    },
    async missing<Id extends TaskInstanceId | WorkflowInstanceId>(
      what: 'task_instances' | 'workflow_instances',
      ids: readonly Id[],
    ) {
      const sql = `select value as id from json_each(?) where not exists (select 1 from ${what} where id = value)`;
      return (await many(driver, sql, [JSON.stringify(ids)])).map(({ id }) => id as Id);
    },
    async weigh(ids, upTo) {
      const rows = await many(driver, WEIGH, [upTo, JSON.stringify(ids)]);
      return rows.map(({ id, tasks, events, log_bytes }) => ({
        id: id as WorkflowInstanceId,
        rows: Number(tasks) + Number(events),
        tasks: Number(tasks),
        logBytes: Number(log_bytes),
      }));
    },
    async remove(epoch, ids) {
      const list = JSON.stringify(ids);
      const [, , tasks, events] = await driver.write([
        fence(epoch),
        statement(REMOVE_ORDERS, [list]),
        statement(REMOVE_TASKS, [list]),
        statement(REMOVE_EVENTS, [list]),
        statement(REMOVE_RUNS, [list, list], ids.length),
      ]);
      return { runs: ids.length, tasks: idsOf(tasks!.rows), events: events!.changes };
    },
    async beginRemoval(epoch, id, at) {
      await driver.write([fence(epoch), statement(BEGIN_REMOVAL, [JSON.stringify(beingRemoved(at)), at, id], 1)]);
    },
    async thin(epoch, id, limit): Promise<Removed> {
      const [, tasks, events] = await driver.write([
        fence(epoch),
        statement(THIN_TASKS, [id, limit]),
        statement(THIN_EVENTS, [id, limit]),
      ]);
      return { runs: 0, tasks: idsOf(tasks!.rows), events: events!.changes };
    },
    async purge(epoch, what, { before, after, limit }) {
      const { page, remove } = OLD[what];
      const rows = await many(driver, page, [after ?? '', checkLimit(limit)]);
      const old = rows.filter(({ at }) => at !== null && Number(at) < before).map(({ id }) => id);
      const last = rows.at(-1);
      const isLast = rows.length < limit || Number(last!.seen) >= before;
      const next = isLast ? null : String(last!.id);
      if (old.length === 0) return { removed: 0, next };
      const [, result] = await driver.write([fence(epoch), statement(remove, [JSON.stringify(old)])]);
      return { removed: result!.changes, next };
    },
    async note(epoch, row) {
      await driver.write([fence(epoch), statement(AUDIT.insert, AUDIT.args(row))]);
    },
    async space() {
      const row = await one(driver, SPACE);
      if (!row) throw new AppError('internal', 'The database does not say how large it is.');
      const pageBytes = Number(row.page_size);
      return {
        bytes: Number(row.page_count) * pageBytes,
        freeBytes: Number(row.freelist_count) * pageBytes,
        canShrink: Number(row.auto_vacuum) === INCREMENTAL,
      };
    },
    async shrink(pages) {
      await driver.write([statement(`pragma incremental_vacuum(${Math.max(1, Math.trunc(pages))})`)]);
    },
  };
}

function idsOf(rows: readonly SqlRow[]): readonly TaskInstanceId[] {
  return rows.map(({ id }) => id as TaskInstanceId);
}

function readHead(row: SqlRow): RunHead {
  return {
    id: row.id as WorkflowInstanceId,
    projectId: row.project_id as RunHead['projectId'],
    workflowId: row.workflow_id as WorkflowId,
    workflowName: String(row.workflow_name),
    number: row.number as number | null,
    state: row.state as WorkflowState,
    isAside: row.is_aside === 1,
    isBeingRemoved: row.is_being_removed === 1,
    parentInstanceId: row.parent_instance_id as WorkflowInstanceId | null,
    createdAt: Number(row.created_at),
    endedAt: row.ended_at as number | null,
  };
}
