/** Verbs about requests: claiming an idempotency key, and the audit log. */
import type { RequestStore } from '../ports/api.ts';
import type { SqlDriver } from '../ports/driver.ts';
import { many, statement } from '../sql/access.ts';
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
    async auditLog(page, subject) {
      const limit = checkLimit(page.limit);
      const before = decodeCursor(page, 'text');
      const conditions = [...(subject === undefined ? [] : ['subject = ?']), ...(before === null ? [] : ['id < ?'])];
      const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;
      const args = [subject ?? null, before].filter((value) => value !== null);
      const sql = `select ${AUDIT.columns} from audit_log ${where} order by id desc limit ?`;
      const rows = await many(driver, sql, [...args, limit + 1]);
      return toPage(rows.map(AUDIT.read), limit, (row) => row.id);
    },
  };
}
