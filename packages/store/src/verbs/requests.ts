/** Verbs about requests: claiming an idempotency key, and the audit log. */
import { firstIdAt } from '@vaquita/core';
import type { AuditFilter, RequestStore } from '../ports/api.ts';
import type { SqlDriver } from '../ports/driver.ts';
import { many, one, statement } from '../sql/access.ts';
import { checkLimit, decodeCursor, toPage } from '../sql/page.ts';
import { AUDIT, IDEMPOTENCY } from '../sql/tables.ts';

/** The claim is the conflict: of two requests with one key at once, one inserts, the other reads that row. */
const CLAIM = `${IDEMPOTENCY.insert} on conflict (key) do nothing`;
const TAKE_OVER = 'update idempotency_keys set status = 0, claimed_by = ?';
const CLAIMED = `select ${IDEMPOTENCY.columns} from idempotency_keys where key = ?`;

export function createRequestVerbs(driver: SqlDriver): RequestStore {
  return {
    async claim(key, bodyHash, at, by) {
      const row = { key, bodyHash, status: 0, response: '', createdAt: at, claimedBy: by };
      const [claim, found] = await driver.write([statement(CLAIM, IDEMPOTENCY.args(row)), statement(CLAIMED, [key])]);
      return claim!.changes === 1 ? undefined : IDEMPOTENCY.read(found!.rows[0]!);
    },
    async takeOver({ key, status, claimedBy }, by) {
      const args = [by, key, status, claimedBy];
      const [taken] = await driver.write([
        statement(`${TAKE_OVER} where key = ? and status = ? and claimed_by = ?`, args),
      ]);
      return taken!.changes === 1;
    },
    async finish(key, status, response) {
      const sql = 'update idempotency_keys set status = ?, response = ? where key = ?';
      await driver.write([statement(sql, [status, response, key])]);
    },
    async abandon(key, by, { mayBeDone } = { mayBeDone: false }) {
      const change = mayBeDone ? 'update idempotency_keys set status = 1' : 'delete from idempotency_keys';
      await driver.write([statement(`${change} where key = ? and status = 0 and claimed_by = ?`, [key, by])]);
    },
    async purge(before) {
      const [result] = await driver.write([statement('delete from idempotency_keys where created_at < ?', [before])]);
      return result!.changes;
    },
    async audit(row) {
      await driver.write([statement(AUDIT.insert, AUDIT.args(row))]);
    },
    async auditEntry(id) {
      const row = await one(driver, `select ${AUDIT.columns} from audit_log where id = ?`, [id]);
      return row && AUDIT.read(row);
    },
    async auditLog(page, filter = {}) {
      const limit = checkLimit(page.limit);
      const { where, args } = auditCondition(filter, decodeCursor(page, 'text'));
      const sql = `select ${AUDIT.columns} from audit_log ${where} order by id desc limit ?`;
      const rows = await many(driver, sql, [...args, limit + 1]);
      return toPage(rows.map(AUDIT.read), limit, (row) => row.id);
    },
    async auditWords(limit) {
      const [actors, actions] = await Promise.all(
        [wordsOf('actor'), wordsOf('action')].map((sql) => many(driver, sql, [limit])),
      );
      return { actors: actors!.map(({ word }) => String(word)), actions: actions!.map(({ word }) => String(word)) };
    },
  };
}

/** One index answers each, in the order that is asked for: of a subject there are few, so who did it is seen row by row. */
function auditCondition({ actor, action, subject, from, to }: AuditFilter, before: string | null) {
  const isOf = subject === undefined ? '' : '+';
  const parts: [string, string | undefined][] = [
    ['subject = ?', subject],
    [`${isOf}actor = ?`, actor],
    [`${isOf}action = ?`, action],
    ['id >= ?', from === undefined ? undefined : firstIdAt(from)],
    ['id < ?', earliest(before, to === undefined ? null : firstIdAt(to))],
  ];
  const given = parts.flatMap(([sql, value]) => (value === undefined ? [] : [{ sql, value }]));
  const where = given.length === 0 ? '' : `where ${given.map(({ sql }) => sql).join(' and ')}`;
  return { where, args: given.map(({ value }) => value) };
}

function earliest(a: string | null, b: string | null): string | undefined {
  if (a === null || b === null) return a ?? b ?? undefined;
  return a < b ? a : b;
}

/** From each word to the next along the index, so that the size of the log does not matter. */
function wordsOf(column: 'actor' | 'action'): string {
  const next = `select min(${column}) from audit_log`;
  return `with recursive words(word) as (${next} union all select (${next} where ${column} > word) from words where word is not null) select word from words where word is not null limit ?`;
}
