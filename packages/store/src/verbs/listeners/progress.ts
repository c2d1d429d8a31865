/** How far each listener instance is: what the leader's engine reads and writes of it. */
import type { EnabledListener, ListenerProgress } from '@vaquita/core';
import type { SqlDriver } from '../../ports/driver.ts';
import { many, one, statement } from '../../sql/access.ts';
import { fence } from '../../sql/fence.ts';
import { checkLimit } from '../../sql/page.ts';
import { LISTENER_INSTANCES } from './wants.ts';

const ENABLED = `select ${LISTENER_INSTANCES.columns}, p.enabled as plugin_enabled, p.digest as plugin_digest
  from listener_instances left join listener_plugins p on p.name = listener_instances.plugin
  where listener_instances.enabled = 1 order by listener_instances.id`;
const CODE = `select c.code from listener_code c join listener_plugins p on p.id = c.plugin_id where p.name = ?`;
export const UNBLOCKED = 'blocked_seq = null, attempt = 0, next_attempt_at = null, reason = null, blocked_since = null';
/** Before the instance goes on: the failure that this ends, if there was one. */
const OVERCOME = `update listener_failures set outcome = 'delivered', last_at = ?
  where instance_id = ? and seq = ? and outcome = 'blocked'`;
const HEARD = `update listener_instances set cursor = ?, delivered = delivered + 1, last_delivered_at = ?, ${UNBLOCKED}
  where id = ? and cursor < ?`;
const PASSED = `update listener_instances set cursor = ? where id = ? and cursor = ? and cursor < ? and blocked_seq is null
  and event_types = ? and project_id is ?`;
const BLOCKED = `update listener_instances set blocked_seq = ?, attempt = ?, next_attempt_at = ?, reason = ?,
    blocked_since = case when blocked_seq = ? then blocked_since else ? end
  where id = ? and cursor < ?`;
const FAILED = `insert into listener_failures (instance_id, seq, outcome, attempts, reason, skipped_by, first_at, last_at)
  select id, ?, 'blocked', ?, ?, null, ?, ? from listener_instances where id = ? and blocked_seq = ?
  on conflict (instance_id, seq) do update set
    outcome = 'blocked', attempts = excluded.attempts, reason = excluded.reason, last_at = excluded.last_at`;
const FORGETTABLE = `select rowid from listener_failures f where f.outcome <> 'blocked' and f.last_at < ?
  and not exists (select 1 from listener_events e where e.seq = f.seq) order by f.last_at limit ?`;
const FORGET = `delete from listener_failures where rowid in (${FORGETTABLE})`;

export function createListenerProgress(driver: SqlDriver): ListenerProgress {
  return {
    async enabled() {
      return (await many(driver, ENABLED)).map((row): EnabledListener => {
        const digest = row.plugin_digest as string | null;
        const installed = digest === null ? null : { enabled: row.plugin_enabled === 1, digest };
        return { ...LISTENER_INSTANCES.read(row), installed };
      });
    },
    async code(plugin) {
      return (await one(driver, CODE, [plugin]))?.code as string | undefined;
    },
    async heard(epoch, id, { seq, at }) {
      await driver.write([fence(epoch), statement(OVERCOME, [at, id, seq]), statement(HEARD, [seq, at, id, seq])]);
    },
    async passed(epoch, { id, cursor, eventTypes, projectId }, seq) {
      const args = [seq, id, cursor, seq, JSON.stringify(eventTypes), projectId];
      await driver.write([fence(epoch), statement(PASSED, args)]);
    },
    async failed(epoch, id, { seq, attempt, reason, at, nextAttemptAt }) {
      await driver.write([
        fence(epoch),
        statement(BLOCKED, [seq, attempt, nextAttemptAt, reason, seq, at, id, seq]),
        statement(FAILED, [seq, attempt, reason, at, at, id, seq]),
      ]);
    },
    async forgetFailures(epoch, { before, limit }) {
      if ((await one(driver, FORGETTABLE, [before, 1])) === undefined) return 0;
      const [, forgotten] = await driver.write([fence(epoch), statement(FORGET, [before, checkLimit(limit)])]);
      return forgotten!.changes;
    },
  };
}
