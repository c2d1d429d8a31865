/** Verbs on who looks for triggers of the kind `file`, and on the things they know. */
import { AppError, type TriggerId } from '@vaquita/core';
import type { SqlDriver, SqlStatement } from '../../ports/driver.ts';
import type { WatchQueue, WatchReader } from '../../ports/watching.ts';
import { many, statement } from '../../sql/access.ts';
import { fence } from '../../sql/fence.ts';
import { FIRINGS, THINGS, WATCHERS } from '../../sql/tables.ts';
import { fireOnce, fireStatements } from './fire.ts';

const OF_TRIGGERS = `select ${WATCHERS.columns} from trigger_watchers where trigger_id in (select value from json_each(?))
  order by trigger_id, number`;
const ONE = `select ${WATCHERS.columns} from trigger_watchers where trigger_id = ? and watcher = ?`;
const KNOWN = `select ${THINGS.columns} from trigger_things where trigger_id = ? and key in (select value from json_each(?))`;
const COUNTS = `select j.value as id, (select count(*) from
    (select 1 from trigger_things where trigger_id = j.value limit ?)) as known from json_each(?) j`;
const AS_READ = 'from triggers t where t.id = ? and t.revision = ? and t.online = 1';
const JOIN = `insert into trigger_watchers (trigger_id, watcher, since, number, first_at, looked_at, problem)
  select t.id, ?, t.cursor, (select coalesce(max(number), 0) + 1 from trigger_watchers w where w.trigger_id = t.id), null, ?, null
    ${AS_READ}
  on conflict (trigger_id, watcher) do update set since = excluded.since, number = excluded.number, first_at = null,
    looked_at = excluded.looked_at, problem = null
  where trigger_watchers.since <> excluded.since`;
const IS_AS_READ = `select 1 ${AS_READ}`;
const KNOW = `insert into trigger_things (trigger_id, key, seen_at, known_from)
  select t.id, j.value, ?, ? from triggers t, json_each(?) j where t.id = ? and t.revision = ? and t.online = 1
  on conflict (trigger_id, key) do update set seen_at = excluded.seen_at, known_from = min(known_from, excluded.known_from)`;
const LOOKED = `update trigger_watchers set first_at = ?, looked_at = ?, problem = ?
  where trigger_id = ? and watcher = ? and since = ?`;
const NOTE = `${FIRINGS.insertSelect} ${AS_READ} on conflict (trigger_id, key) do update set at = excluded.at`;
/** Nothing is acted on twice, whatever has become of the record of the first time. */
const TAKE = `insert into trigger_things (trigger_id, key, seen_at, known_from) values (?, ?, ?, 0)
  on conflict (trigger_id, key) do update set seen_at = excluded.seen_at, known_from = 0 where known_from > 0`;

/** What triggers know of files, in the unit in which they go, and before them. */
export function deleteWatching(of: 'id' | 'workflow_id', value: string): readonly SqlStatement[] {
  return ['trigger_watchers', 'trigger_things'].map((table) =>
    statement(`delete from ${table} where trigger_id in (select id from triggers where ${of} = ?)`, [value]),
  );
}

export function createWatchReader(driver: SqlDriver): WatchReader {
  return {
    async watchers(ids) {
      return (await many(driver, OF_TRIGGERS, [JSON.stringify(ids)])).map(WATCHERS.read);
    },
    async known(id, keys) {
      return (await many(driver, KNOWN, [id, JSON.stringify(keys)])).map(THINGS.read);
    },
    async knownCounts(ids, most) {
      const rows = await many(driver, COUNTS, [most, JSON.stringify(ids)]);
      const counts = rows.map(({ id, known }) => [id as TriggerId, Number(known)] as const);
      return new Map(counts.filter(([, known]) => known > 0));
    },
  };
}

export function createWatchQueueVerbs(driver: SqlDriver): WatchQueue {
  const { watchers, known } = createWatchReader(driver);

  return {
    watchers,
    known,
    async join(epoch, { id, revision }, { watcher, lookedAt }) {
      const unit = [
        fence(epoch),
        statement(JOIN, [watcher, lookedAt, id, revision]),
        statement(IS_AS_READ, [id, revision]),
        statement(ONE, [id, watcher]),
      ];
      const [, , trigger, row] = await driver.write(unit);
      return trigger!.rows.length === 0 ? null : WATCHERS.read(row!.rows[0]!);
    },
    async know(epoch, { id, revision }, { keys, knownFrom, at }) {
      const unit = [
        fence(epoch),
        statement(KNOW, [at, knownFrom, JSON.stringify(keys), id, revision]),
        statement(IS_AS_READ, [id, revision]),
      ];
      return (await driver.write(unit))[2]!.rows.length > 0;
    },
    async looked(epoch, { trigger, watcher, since, firstAt, lookedAt, problem, firing }) {
      const { id, revision } = trigger;
      const told = problem === null ? null : JSON.stringify(problem);
      const unit = [
        fence(epoch),
        statement(LOOKED, [firstAt, lookedAt, told, id, watcher, since], 1),
        ...(firing === null ? [] : [statement(NOTE, [...FIRINGS.args(firing), id, revision], 1)]),
      ];
      try {
        await driver.write(unit);
        return true;
      } catch (thrown) {
        if (thrown instanceof AppError && thrown.code === 'conflict') return false;
        throw thrown;
      }
    },
    async fire(epoch, fire) {
      const { triggerId, key, at } = fire.firing;
      const take = fire.run === null ? [] : [statement(TAKE, [triggerId, key, at], 1)];
      return fireOnce(driver, fire, [fence(epoch), ...fireStatements(fire), ...take]);
    },
  };
}
