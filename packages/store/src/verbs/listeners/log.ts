/** The log of listener events in the database of everything else: events and position are one unit. */
import { type Epoch, type ListenerLog, type ListenerSelection, MAX_COUNTED_BACKLOG } from '@vaquita/core';
import type { SqlDriver, SqlStatement, SqlValue } from '../../ports/driver.ts';
import { many, one, statement } from '../../sql/access.ts';
import { fence } from '../../sql/fence.ts';
import { checkLimit } from '../../sql/page.ts';
import { fromStoredEvent, LISTENER_EVENTS, SELECTED, toStoredEvent, WANTS } from './wants.ts';

const POSITION = 'select seq from listener_relay where id = 1';
/** A position never goes back. */
const READ = `insert into listener_relay (id, seq) values (1, ?)
  on conflict (id) do update set seq = max(seq, excluded.seq)`;
const KEEP = `insert or ignore into listener_events (seq, type, version, at, project_id, project_name, subject, data, bytes)
  select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, value ->> 8
  from json_each(?)`;
const NEXT = `select ${LISTENER_EVENTS.columns} from listener_events where seq > ? and ${SELECTED} order by seq limit ?`;
const WAITING = `select count(*) as n, min(at) as oldest from
  (select at from listener_events where seq > ? and ${SELECTED} order by seq limit ${MAX_COUNTED_BACKLOG})`;
const WEIGHT = 'select count(*) as n, coalesce(sum(bytes), 0) as bytes from listener_events';
const LOOK = 'select seq, at from listener_events where seq > ? order by seq limit ?';
const REMOVE = `delete from listener_events where seq in (
    select e.seq from listener_events e where e.seq > ? and e.seq <= ? and e.at < ? and not exists (
      select 1 from listener_instances i where i.enabled = 1 and i.cursor < e.seq and ${WANTS}))`;

export function markRead(position: number): SqlStatement {
  return statement(READ, [position]);
}

export function createListenerLog(driver: SqlDriver, epoch: Epoch): ListenerLog {
  const selected = ({ types, project }: ListenerSelection): SqlValue[] => [JSON.stringify(types), project, project];
  return {
    producer: {
      async position() {
        const row = await one(driver, POSITION);
        return row === undefined ? null : Number(row.seq);
      },
      async append({ events, position }) {
        const rows = events.map((event) => LISTENER_EVENTS.args(toStoredEvent(event)));
        const keep = rows.length === 0 ? [] : [statement(KEEP, [JSON.stringify(rows)])];
        await driver.write([fence(epoch), ...keep, markRead(position)]);
      },
    },
    consumer: {
      async next({ after, limit, ...selection }) {
        const rows = await many(driver, NEXT, [after, ...selected(selection), checkLimit(limit)]);
        return rows.map((row) => fromStoredEvent(LISTENER_EVENTS.read(row)));
      },
      async waiting({ after, ...selection }) {
        const row = (await one(driver, WAITING, [after, ...selected(selection)]))!;
        return { events: Number(row.n), oldestAt: row.oldest as number | null };
      },
    },
    keeper: {
      async weight() {
        const row = (await one(driver, WEIGHT))!;
        return { events: Number(row.n), bytes: Number(row.bytes) };
      },
      async removeHeard({ after, before, limit }) {
        const rows = await many(driver, LOOK, [after, checkLimit(limit)]);
        const last = rows.at(-1);
        if (last === undefined) return { removed: 0, next: null };
        const end = Number(last.seq);
        const next = rows.length < limit ? null : end;
        if (rows.every(({ at }) => Number(at) >= before)) return { removed: 0, next };
        const [, removed] = await driver.write([fence(epoch), statement(REMOVE, [after, end, before])]);
        return { removed: removed!.changes, next };
      },
    },
  };
}
