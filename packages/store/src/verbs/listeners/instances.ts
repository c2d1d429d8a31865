/** Listener instances as people see and change them, and what became of their events. */
import { AppError, type ListenerInstanceRow } from '@vaquita/core';
import type { PageRequest } from '../../ports/api.ts';
import type { SqlDriver, SqlRow, SqlValue } from '../../ports/driver.ts';
import type { HeardEvent, ListenerEventStatus, ListenerInstanceStore } from '../../ports/listeners.ts';
import { many, one, refuse, statement, writeOr } from '../../sql/access.ts';
import { checkLimit, decodeCursor, toPage } from '../../sql/page.ts';
import { UNBLOCKED } from './progress.ts';
import { createEventRecord } from './record.ts';
import { countUnheard } from './unheard.ts';
import { fromStoredEvent, LISTENER_EVENTS, LISTENER_INSTANCES, WANTS } from './wants.ts';

const SELECT = `select ${LISTENER_INSTANCES.columns} from listener_instances`;
/** What has happened up to now, whether it has been read for listeners or not. */
const NOW = `(select max(coalesce((select max(seq) from events), 0), coalesce((select seq from listener_relay), 0)))`;
const BEGIN = `update listener_instances set cursor = ${NOW}, listens_from = ${NOW} where id = ?`;
/** From here on the record keeps what has not been read. */
const BEGIN_RELAY = `insert or ignore into listener_relay (id, seq) values (1, ${NOW})`;
/** Before the update that switches it on: it begins anew. */
const SWITCH_ON = `update listener_instances set cursor = ${NOW}, listens_from = ${NOW}, ${UNBLOCKED}
  where id = ? and enabled = 0`;
const UPDATE = `update listener_instances set name = coalesce(?, name), settings = coalesce(?, settings),
  listens_from = case when event_types <> ? or (? and project_id is not ?) then cursor else listens_from end,
  event_types = coalesce(?, event_types), project_id = case when ? then ? else project_id end,
  enabled = coalesce(?, enabled), next_attempt_at = case when blocked_seq is null then null else ? end, updated_at = ?
  where id = ?`;
const DELETE = 'delete from listener_instances where id = ?';
const DELETE_FAILURES = 'delete from listener_failures where instance_id = ?';
const MARK_SKIPPED = `update listener_failures set outcome = 'skipped', skipped_by = ?, last_at = ?
  where instance_id = ? and seq = ?`;
const SKIP = `update listener_instances set cursor = blocked_seq, skipped = skipped + 1, ${UNBLOCKED}
  where id = ? and blocked_seq = ?`;
const RETRY = 'update listener_instances set next_attempt_at = ? where id = ? and blocked_seq is not null';

const FAILURE = 'f.attempts, f.reason, f.first_at, f.last_at, f.skipped_by';
const EVENTS_OF = `select ${LISTENER_EVENTS.columns.replaceAll('"listener_events".', 'e.')}, ${FAILURE}
  from listener_instances i join listener_events e on ${WANTS}
  left join listener_failures f on f.instance_id = i.id and f.seq = e.seq where i.id = ?`;
const OF_STATUS: Readonly<Record<ListenerEventStatus, string>> = {
  waiting: 'e.seq > i.cursor and e.seq is not i.blocked_seq',
  failed: 'e.seq = i.blocked_seq',
  delivered: "e.seq <= i.cursor and e.seq > i.listens_from and coalesce(f.outcome, '') <> 'skipped'",
  skipped: "f.outcome = 'skipped'",
};

export function createListenerInstanceVerbs(driver: SqlDriver): ListenerInstanceStore {
  const notFound = (id: string) => new AppError('not_found', `There is no listener instance ${id}.`);
  const nameInUse = (name: string) =>
    refuse('name_in_use', `A listener instance named "${name}" exists already. Choose another name.`);

  async function find(idOrName: string): Promise<ListenerInstanceRow | undefined> {
    const sql = `${SELECT} where id = ? or name = ? order by id = ? desc limit 1`;
    const row = await one(driver, sql, [idOrName, idOrName, idOrName]);
    return row && LISTENER_INSTANCES.read(row);
  }

  return {
    find,
    async list(page) {
      const limit = checkLimit(page.limit);
      const after = decodeCursor(page, 'text') ?? '';
      const rows = await many(driver, `${SELECT} where name > ? order by name limit ?`, [after, limit + 1]);
      return toPage(rows.map(LISTENER_INSTANCES.read), limit, ({ name }) => name);
    },
    async create(given) {
      const row = newInstance(given);
      const unit = [
        statement(BEGIN_RELAY),
        statement(LISTENER_INSTANCES.insert, LISTENER_INSTANCES.args(row)),
        statement(BEGIN, [row.id]),
      ];
      await writeOr(driver, unit, nameInUse(row.name));
    },
    async update(id, { name, settings, eventTypes, projectId, enabled, at }) {
      const types = eventTypes === undefined ? null : JSON.stringify(eventTypes);
      const selection: SqlValue[] = [types, projectId === undefined ? 0 : 1, projectId ?? null];
      const args: SqlValue[] = [
        ...[name ?? null, settings ?? null, ...selection, ...selection],
        ...[enabled === undefined ? null : Number(enabled), at, at, id],
      ];
      const switchOn = enabled === true ? [statement(SWITCH_ON, [id])] : [];
      const [result] = (await writeOr(driver, [...switchOn, statement(UPDATE, args)], nameInUse(name ?? ''))).slice(-1);
      if (result!.changes === 0) throw notFound(id);
    },
    async unheard(id) {
      const row = await find(id);
      return row === undefined ? 0 : await countUnheard(createEventRecord(driver), row);
    },
    async delete(id) {
      const [, result] = await driver.write([statement(DELETE_FAILURES, [id]), statement(DELETE, [id])]);
      if (result!.changes === 0) throw notFound(id);
    },
    async skip(id, { seq, by, at }) {
      const unit = [statement(MARK_SKIPPED, [by, at, id, seq]), statement(SKIP, [id, seq], 1)];
      await writeOr(driver, unit, async () => {
        const row = await find(id);
        return row === undefined ? notFound(id) : notBlockedBy(row.blockedSeq, seq);
      });
    },
    async retry(id, at) {
      await writeOr(driver, [statement(RETRY, [at, id], 1)], async () =>
        (await find(id)) === undefined ? notFound(id) : notBlocked(),
      );
    },
    events: async (id, status, page) => await eventsOf(driver, { id, status, page }),
  };
}

async function eventsOf(driver: SqlDriver, list: { id: string; status: ListenerEventStatus; page: PageRequest }) {
  const { id, status, page } = list;
  const limit = checkLimit(page.limit);
  const from = decodeCursor(page, 'number');
  const isUp = status === 'waiting';
  const beyond = from === null ? '' : `and e.seq ${isUp ? '>' : '<'} ?`;
  const sql = `${EVENTS_OF} and ${OF_STATUS[status]} ${beyond} order by e.seq ${isUp ? 'asc' : 'desc'} limit ?`;
  const rows = await many(driver, sql, [id, ...(from === null ? [] : [from]), limit + 1]);
  return toPage(rows.map(readHeard), limit, ({ event }) => event.seq);
}

function readHeard(row: SqlRow): HeardEvent {
  const event = fromStoredEvent(LISTENER_EVENTS.read(row));
  if (row.attempts === null) return { event, failure: null };
  return {
    event,
    failure: {
      attempts: Number(row.attempts),
      reason: String(row.reason),
      firstAt: Number(row.first_at),
      lastAt: Number(row.last_at),
      skippedBy: row.skipped_by as string | null,
    },
  };
}

/** As it is before it has heard anything. */
export function newInstance(given: Parameters<ListenerInstanceStore['create']>[0]): ListenerInstanceRow {
  return {
    ...given,
    ...{ cursor: 0, listensFrom: 0 },
    ...{ blockedSeq: null, attempt: 0, nextAttemptAt: null, reason: null, blockedSince: null },
    ...{ lastDeliveredAt: null, delivered: 0, skipped: 0, updatedAt: given.createdAt },
  };
}

export function notBlockedBy(blockedSeq: number | null, seq: number): AppError {
  const now = blockedSeq === null ? 'Nothing blocks it now' : `Event ${blockedSeq} blocks it now`;
  return new AppError('conflict', `Event ${seq} does not block the listener instance. ${now}; look again.`);
}

export function notBlocked(): AppError {
  return new AppError('conflict', 'Nothing blocks the listener instance: there is nothing to try again.');
}
