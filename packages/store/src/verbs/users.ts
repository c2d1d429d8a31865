/** Verbs on who may ask: users, tokens, sessions. */
import { AppError } from '@vaquita/core';
import type { SessionStore, TokenStore, UserStore } from '../ports/api.ts';
import type { SqlDriver } from '../ports/driver.ts';
import { many, one, refuse, statement, writeOr } from '../sql/access.ts';
import { checkLimit, decodeCursor, toPage } from '../sql/page.ts';
import { SESSIONS, TOKENS, USERS } from '../sql/tables.ts';

const USER = `select ${USERS.columns} from users`;
const TOKEN = `select ${TOKENS.columns} from tokens`;
/** Last use is written at most so often per token: a busy client must not turn each request into a write. */
export const TOKEN_USE_WRITE_MS = 60_000;
const TOUCH = 'update tokens set last_used_at = ? where id = ? and (last_used_at is null or last_used_at <= ?)';

export function createUserVerbs(driver: SqlDriver): UserStore {
  return {
    async create(row) {
      const unit = [statement(USERS.insert, USERS.args(row))];
      await writeOr(driver, unit, refuse('name_in_use', `A user named "${row.name}" exists already.`));
    },
    async findByName(name) {
      const row = await one(driver, `${USER} where name = ?`, [name]);
      return row && USERS.read(row);
    },
    async find(id) {
      const row = await one(driver, `${USER} where id = ?`, [id]);
      return row && USERS.read(row);
    },
    async count() {
      return Number((await one(driver, 'select count(*) as n from users'))!.n);
    },
    async setPassword(id, { passwordHash, at, keepSession }) {
      const [result] = await driver.write([
        statement('update users set password_hash = ?, updated_at = ? where id = ?', [passwordHash, at, id]),
        statement('delete from sessions where user_id = ? and id is not ?', [id, keepSession]),
      ]);
      if (result!.changes === 0) throw new AppError('not_found', `There is no user ${id}.`);
    },
  };
}

export function createTokenVerbs(driver: SqlDriver): TokenStore {
  return {
    async create(row) {
      const unit = [statement(TOKENS.insert, TOKENS.args(row))];
      await writeOr(driver, unit, refuse('conflict', 'This token exists already, or its user does not.'));
    },
    async use(secretHash, now) {
      const found = await one(driver, `${TOKEN} where secret_hash = ?`, [secretHash]);
      if (found === undefined) return undefined;
      const token = TOKENS.read(found);
      const usable = token.revokedAt === null && (token.expiresAt === null || token.expiresAt > now);
      if (!usable || (token.lastUsedAt !== null && now - token.lastUsedAt < TOKEN_USE_WRITE_MS)) return token;
      await driver.write([statement(TOUCH, [now, token.id, now - TOKEN_USE_WRITE_MS])]);
      return { ...token, lastUsedAt: now };
    },
    async find(id) {
      const row = await one(driver, `${TOKEN} where id = ?`, [id]);
      return row && TOKENS.read(row);
    },
    async list(kind, page) {
      const limit = checkLimit(page.limit);
      const before = decodeCursor(page, 'text');
      const where = before === null ? 'kind = ?' : 'kind = ? and id < ?';
      const args = before === null ? [kind, limit + 1] : [kind, before, limit + 1];
      const rows = await many(driver, `${TOKEN} where ${where} order by id desc limit ?`, args);
      return toPage(rows.map(TOKENS.read), limit, (row) => row.id);
    },
    async revoke(id, at) {
      const sql = 'update tokens set revoked_at = ? where id = ? and revoked_at is null';
      const [result] = await driver.write([statement(sql, [at, id])]);
      return result!.changes === 1;
    },
  };
}

/** The password may have been changed, and every session ended, while the old one was being checked. */
const CREATE_SESSION = `${SESSIONS.insertSelect} where exists (select 1 from users where id = ? and password_hash = ?)`;

export function createSessionVerbs(driver: SqlDriver): SessionStore {
  return {
    async create(row, passwordHash) {
      const unit = [statement(CREATE_SESSION, [...SESSIONS.args(row), row.userId, passwordHash], 1)];
      await writeOr(driver, unit, refuse('conflict', 'The password was changed meanwhile. Sign in with the new one.'));
    },
    async use(secretHash, now) {
      const sql = `select ${SESSIONS.columns} from sessions where secret_hash = ? and expires_at > ?`;
      const found = await one(driver, sql, [secretHash, now]);
      if (found === undefined) return undefined;
      const session = SESSIONS.read(found);
      const user = await one(driver, `${USER} where id = ?`, [session.userId]);
      return user && { session, user: USERS.read(user) };
    },
    async delete(id) {
      await driver.write([statement('delete from sessions where id = ?', [id])]);
    },
    async purge(now) {
      const [result] = await driver.write([statement('delete from sessions where expires_at <= ?', [now])]);
      return result!.changes;
    },
  };
}
