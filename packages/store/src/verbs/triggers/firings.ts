/** Verbs on what triggers have noticed, and those of the duty that acts on the ends of runs. */
import { END_STATES, type TriggerFiringRow, type WorkflowState } from '@vaquita/core';
import type { SqlDriver, SqlValue } from '../../ports/driver.ts';
import type { FiringStore, TriggerQueue } from '../../ports/triggers.ts';
import { many, one, statement } from '../../sql/access.ts';
import { fence } from '../../sql/fence.ts';
import { checkLimit, toPage } from '../../sql/page.ts';
import { FIRINGS, INSTANCES, TRIGGERS } from '../../sql/tables.ts';
import { FIRING, fireOnce, fireStatements } from './fire.ts';
import { decodeFiringCursor, firingKey } from './firing-order.ts';

const SELECT = `select ${FIRINGS.columns} from trigger_firings`;
const NEWEST = `select ${FIRINGS.columns} from json_each(?) j join trigger_firings on trigger_firings.rowid = (
    select rowid from trigger_firings f where f.trigger_id = j.value order by f.at desc, f.key desc limit 1)`;

export function createFiringVerbs(driver: SqlDriver): FiringStore {
  return {
    async find(id, key) {
      const row = await one(driver, FIRING, [id, key]);
      return row && FIRINGS.read(row);
    },
    async list(id, { outcome }, page) {
      const limit = checkLimit(page.limit);
      const before = decodeFiringCursor(page);
      const where = [
        'trigger_id = ?',
        ...(outcome === undefined ? [] : ['outcome = ?']),
        ...(before === null ? [] : ['(at, key) < (?, ?)']),
      ];
      const args: SqlValue[] = [id, ...(outcome === undefined ? [] : [outcome]), ...(before ?? []), limit + 1];
      const sql = `${SELECT} where ${where.join(' and ')} order by at desc, key desc limit ?`;
      return toPage((await many(driver, sql, args)).map(FIRINGS.read), limit, firingKey);
    },
    async newestOf(ids) {
      return (await many(driver, NEWEST, [JSON.stringify(ids)])).map(FIRINGS.read);
    },
  };
}

const EXTENT =
  'select max(seq) as last, count(*) as n from (select seq from events where seq > ? order by seq limit ?)';
const TO = "events.data ->> '$.to'";
const ENDS = `select ${INSTANCES.columns}, events.seq as event_seq, events.at as event_at, ${TO} as event_state
  from events join workflow_instances on workflow_instances.id = events.workflow_instance_id
  where events.seq > ? and events.seq <= ? and events.type = 'workflow_instance.state'
    and ${TO} in (${END_STATES.map((state) => `'${state}'`).join(', ')})
  order by events.seq`;
const ONLINE = `select ${TRIGGERS.columns} from triggers indexed by triggers_online where kind = ? and online = 1 order by id`;
const FIRING_OF = `${SELECT} where workflow_instance_id = ? order by at limit 1`;
const SET_CURSOR = 'update triggers set cursor = ? where id = ? and revision = ? and cursor < ?';
const ADVANCE = `update triggers set cursor = ?1 where cursor < ?1 and exists (
    select 1 from json_each(?2) j where j.value ->> 0 = triggers.id and j.value ->> 1 = triggers.revision)`;

export function createTriggerQueueVerbs(driver: SqlDriver): TriggerQueue {
  return {
    async online(kind) {
      return (await many(driver, ONLINE, [kind])).map(TRIGGERS.read);
    },
    async endsAfter(seq, limit) {
      const extent = (await one(driver, EXTENT, [seq, checkLimit(limit)]))!;
      const position = extent.last === null ? seq : Number(extent.last);
      const isEnd = Number(extent.n) < limit;
      if (position === seq) return { ends: [], position, isEnd };
      const rows = await many(driver, ENDS, [seq, position]);
      const ends = rows.map((row) => ({
        seq: Number(row.event_seq),
        at: Number(row.event_at),
        state: row.event_state as WorkflowState,
        run: INSTANCES.read(row),
      }));
      return { ends, position, isEnd };
    },
    async firingOf(run): Promise<TriggerFiringRow | undefined> {
      const row = await one(driver, FIRING_OF, [run]);
      return row && FIRINGS.read(row);
    },
    async fire(epoch, fire) {
      const { trigger, cursor } = fire;
      const setCursor = statement(SET_CURSOR, [cursor, trigger.id, trigger.revision, cursor], 1);
      return fireOnce(driver, fire, [fence(epoch), setCursor, ...fireStatements(fire)]);
    },
    async advance(epoch, triggers, seq) {
      const read = triggers.map(({ id, revision }) => [id, revision]);
      await driver.write([fence(epoch), statement(ADVANCE, [seq, JSON.stringify(read)])]);
    },
  };
}
