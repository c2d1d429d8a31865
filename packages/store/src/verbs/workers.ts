/** Verbs on workers. */
import { AppError, type WorkerId } from '@vaquita/core';
import type { WorkerControl } from '../ports/api.ts';
import type { SqlDriver, SqlRow, SqlStatement } from '../ports/driver.ts';
import type { WorkerDecision, WorkerRow, WorkerStore } from '../ports/master.ts';
import { many, one, statement } from '../sql/access.ts';
import { fence } from '../sql/fence.ts';
import { NEW_EVENTS, WORKERS } from '../sql/tables.ts';
import { fileAlert, fileAlertIf } from './alerts.ts';
import { standingOf } from './token-standing.ts';
import { createTokenVerbs } from './users.ts';
import { asConfigured, evictedFirst } from './worker-standing.ts';

const UPSERT = `${WORKERS.insert} on conflict (id) do update set
  name = excluded.name, groups = excluded.groups, labels = excluded.labels, slots = excluded.slots, weight = excluded.weight,
  state = excluded.state, agent_version = excluded.agent_version, runtime = excluded.runtime, host = excluded.host,
  task_types = excluded.task_types, session_timeout_ms = excluded.session_timeout_ms,
  connected_at = excluded.connected_at, last_heartbeat_at = excluded.last_heartbeat_at, stats = excluded.stats,
  updated_at = excluded.updated_at`;
/** Stands before each write of a state: tells of the change if the row is in another state, or is not there yet. */
const TELL_OF_STATE = `insert into events (type, project_id, workflow_instance_id, task_instance_id, at, data)
  select 'worker.state', null, null, null, ?,
    json_object('workerId', ?, 'worker', coalesce(?, w.name), 'from', w.state, 'to', ?, 'why', ?)
  from (select ? as id) one left join workers w on w.id = one.id
  where w.state is not ? and coalesce(?, w.name) is not null`;
const BEAT = 'update workers set last_heartbeat_at = ?, stats = ?, updated_at = ? where id = ?';
const IF_STATE_CHANGES = 'from workers where id = ? and state is not ?';
const SET_STATE = 'update workers set state = ?, updated_at = ? where id = ?';
const DECIDE = 'update workers set standing = ? where id = ? and standing is ?';
/** Before the change itself: tells of it if there is something to change. */
const TELL_OF_DECISION = `${NEW_EVENTS.insertSelect} from workers where id = ? and standing is ?`;
const STANDINGS = 'select id, name, standing from workers where standing is not null order by id';
const STANDINGS_OF = `select id, name, standing from workers where standing is not null
  and (id = ? or (name = ? and json_extract(standing, '$.availability') = 'evicted'))`;
const LIST = `select ${WORKERS.columns} from workers order by name, id`;

export function createWorkerVerbs(driver: SqlDriver): WorkerStore & WorkerControl {
  const tokens = createTokenVerbs(driver);
  return {
    async upsert(epoch, row, why, alert) {
      const event = tellOfState({ id: row.id, name: row.name, state: row.state, at: row.updatedAt, why });
      const upsert = statement(UPSERT, WORKERS.args({ ...row, standing: null }));
      await driver.write([fence(epoch), event, upsert, ...(alert === undefined ? [] : [fileAlert(alert)])]);
    },
    async beat(epoch, beats) {
      const writes = beats.map(({ id, at, stats }) => statement(BEAT, [at, JSON.stringify(stats), at, id]));
      await driver.write([fence(epoch), ...writes]);
    },
    async setState(epoch, id, { state, at, why, alert }) {
      const event = tellOfState({ id, name: null, state, at, why });
      const news = alert === undefined ? [] : [fileAlertIf(alert, IF_STATE_CHANGES, [id, state])];
      const results = await driver.write([fence(epoch), event, ...news, statement(SET_STATE, [state, at, id])]);
      if (results.at(-1)!.changes === 0) throw new AppError('not_found', `There is no worker ${id}.`);
    },
    async list() {
      return (await many(driver, LIST)).map(toWorkerRow);
    },
    async get(id) {
      const row = await one(driver, `select ${WORKERS.columns} from workers where id = ?`, [id]);
      return row && toWorkerRow(row);
    },
    async standings() {
      return (await many(driver, STANDINGS)).map(toDecision);
    },
    async standingsOf(id, name) {
      return evictedFirst((await many(driver, STANDINGS_OF, [id, name])).map(toDecision));
    },
    async decide(id, { before, after }, event) {
      const seen = before && JSON.stringify(before);
      const [, result] = await driver.write([
        statement(TELL_OF_DECISION, [...NEW_EVENTS.args(event), id, seen]),
        statement(DECIDE, [JSON.stringify(after), id, seen]),
      ]);
      return result!.changes > 0;
    },
    async findToken(secretHash, now) {
      const token = await tokens.use(secretHash, now);
      if (token === undefined || token.kind !== 'worker') return undefined;
      return { id: token.id, name: token.name, standing: standingOf(token, now) };
    },
  };
}

function toWorkerRow(row: SqlRow): WorkerRow {
  const { standing, ...facts } = WORKERS.read(row);
  return asConfigured(facts, standing);
}

function toDecision({ id, name, standing }: SqlRow): WorkerDecision {
  return { id: id as WorkerId, name: String(name), standing: JSON.parse(String(standing)) };
}

interface StateChange extends Pick<WorkerRow, 'id' | 'state'> {
  /** Null: the name in the row, and no event when there is no row. */
  readonly name: string | null;
  readonly at: number;
  readonly why: string;
}

function tellOfState({ id, name, state, at, why }: StateChange): SqlStatement {
  return statement(TELL_OF_STATE, [at, id, name, state, why, id, state, name]);
}
