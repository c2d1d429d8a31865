/** Verbs on who may ask: users, tokens, sessions. */
import { AppError } from '@vaquita/core';
import type { SqlDriver, SqlValue } from '../ports/driver.ts';
import type { SessionStore, TokenStore, UserStore } from '../ports/people.ts';
import { many, one, refuse, statement, writeOr } from '../sql/access.ts';
import { checkLimit, decodeCursor, toPage } from '../sql/page.ts';
import { SESSIONS, TOKENS, USERS } from '../sql/tables.ts';

const USER = `select ${USERS.columns} from users`;
const SESSION = `select ${SESSIONS.columns} from sessions`;
const TOKEN = `select ${TOKENS.columns} from tokens`;
/** Last use is written at most so often per token: a busy client must not turn each request into a write. */
export const TOKEN_USE_WRITE_MS = 60_000;
const SEEN = 'update users set last_seen_at = ? where id = ? and (last_seen_at is null or last_seen_at <= ?)';
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
    async list(page) {
      const limit = checkLimit(page.limit);
      const after = decodeCursor(page, 'text');
      const where = after === null ? '' : 'where name > ?';
      const rows = await many(driver, `${USER} ${where} order by name limit ?`, [
        ...(after === null ? [] : [after]),
        limit + 1,
      ]);
      return toPage(rows.map(USERS.read), limit, (row) => row.name);
    },
    async update(id, { role, disabled, preferences, setUpHash, at }) {
      const given: [string, SqlValue | undefined][] = [
        ['role', role],
        ['disabled_at', disabled === undefined ? undefined : disabled ? at : null],
        ['preferences', preferences && JSON.stringify(preferences)],
        ['set_up_hash', setUpHash],
        ['updated_at', at],
      ];
      const set = given.filter((pair): pair is [string, SqlValue] => pair[1] !== undefined);
      const loses = disabled === true || (role !== undefined && role !== 'admin');
      const change = `update users set ${set.map(([name]) => `${name} = ?`).join(', ')} where id = ?`;
      const unit = [
        statement(loses ? `${change} and ${NOT_THE_LAST}` : change, [...set.map(([, value]) => value), id], 1),
        ...(disabled === true ? endAll(id, at) : []),
      ];
      await writeOr(driver, unit, async () => {
        const row = await one(driver, `${USER} where id = ?`, [id]);
        return row ? lastAdministrator(USERS.read(row).name) : unknownUser(id);
      });
    },
    async setPassword(id, { passwordHash, at, keepSession, expiresAt = null, setUpHash }) {
      const only = setUpHash === undefined ? '' : 'and set_up_hash = ?';
      const args = [passwordHash, expiresAt, at, id, ...(setUpHash === undefined ? [] : [setUpHash])];
      const unit = [
        statement(`${SET_PASSWORD} ${only}`, args, 1),
        statement('delete from sessions where user_id = ? and id is not ?', [id, keepSession]),
      ];
      await writeOr(driver, unit, () => (setUpHash === undefined ? unknownUser(id) : otherSetUpCode()));
    },
  };
}

const SET_PASSWORD =
  'update users set password_hash = ?, password_expires_at = ?, set_up_hash = null, updated_at = ? where id = ?';

/** In the statement of the change itself: of two who remove each other at once, one is refused. */
const NOT_THE_LAST = `(role <> 'admin' or disabled_at is not null or exists (select 1 from users other where other.role = 'admin' and other.disabled_at is null and other.id <> users.id))`;

function endAll(id: string, at: number) {
  return [
    statement('delete from sessions where user_id = ?', [id]),
    statement('update tokens set revoked_at = ? where user_id = ? and revoked_at is null', [at, id]),
  ];
}

export function createTokenVerbs(driver: SqlDriver): TokenStore {
  return {
    async create(row) {
      const insert =
        row.userId === null
          ? statement(TOKENS.insert, TOKENS.args(row))
          : statement(`${TOKENS.insertSelect} where ${ENABLED}`, [...TOKENS.args(row), row.userId], 1);
      await writeOr(
        driver,
        [insert],
        refuse('conflict', 'This token exists already, or its user does not, or is disabled.'),
      );
    },
    async use(secretHash, now) {
      const found = await one(driver, `${TOKEN} where secret_hash = ?`, [secretHash]);
      if (found === undefined) return undefined;
      const token = TOKENS.read(found);
      const usable = token.revokedAt === null && (token.expiresAt === null || token.expiresAt > now);
      if (!usable || (token.lastUsedAt !== null && now - token.lastUsedAt < TOKEN_USE_WRITE_MS)) return token;
      await driver.write([
        statement(TOUCH, [now, token.id, now - TOKEN_USE_WRITE_MS]),
        ...(token.userId === null ? [] : [seen(token.userId, now)]),
      ]);
      return { ...token, lastUsedAt: now };
    },
    async find(id) {
      const row = await one(driver, `${TOKEN} where id = ?`, [id]);
      return row && TOKENS.read(row);
    },
    async list(kind, page, userId) {
      const limit = checkLimit(page.limit);
      const before = decodeCursor(page, 'text');
      // Of one owner there are few: the index of owners answers, and the kind is seen row by row.
      const where = userId === undefined ? 'kind = ?' : '+kind = ? and user_id = ?';
      const args = [kind, ...(userId === undefined ? [] : [userId]), ...(before === null ? [] : [before]), limit + 1];
      const older = before === null ? '' : 'and id < ?';
      const rows = await many(driver, `${TOKEN} where ${where} ${older} order by id desc limit ?`, args);
      return toPage(rows.map(TOKENS.read), limit, (row) => row.id);
    },
    async revoke(id, at) {
      const sql = 'update tokens set revoked_at = ? where id = ? and revoked_at is null';
      const [result] = await driver.write([statement(sql, [at, id])]);
      return result!.changes === 1;
    },
  };
}

const ENABLED = 'exists (select 1 from users where id = ? and disabled_at is null)';

function seen(userId: string, now: number) {
  return statement(SEEN, [now, userId, now - TOKEN_USE_WRITE_MS]);
}

/** The password may have been changed, and every session ended, while the old one was being checked. */
const CREATE_SESSION = `${SESSIONS.insertSelect} where exists (select 1 from users where id = ? and password_hash = ? and disabled_at is null)`;

export function createSessionVerbs(driver: SqlDriver): SessionStore {
  return {
    async create(row, passwordHash) {
      const unit = [
        statement(CREATE_SESSION, [...SESSIONS.args(row), row.userId, passwordHash], 1),
        seen(row.userId, row.createdAt),
      ];
      await writeOr(driver, unit, refuse('conflict', NO_SESSION));
    },
    async use(secretHash, now) {
      const sql = `${SESSION} where secret_hash = ? and expires_at > ?`;
      const found = await one(driver, sql, [secretHash, now]);
      if (found === undefined) return undefined;
      const session = SESSIONS.read(found);
      const user = await one(driver, `${USER} where id = ?`, [session.userId]);
      if (user === undefined) return undefined;
      if (now - session.lastSeenAt < TOKEN_USE_WRITE_MS) return { session, user: USERS.read(user) };
      await driver.write([
        statement('update sessions set last_seen_at = ? where id = ?', [now, session.id]),
        seen(session.userId, now),
      ]);
      return { session: { ...session, lastSeenAt: now }, user: USERS.read(user) };
    },
    async list(userId, page, now) {
      const limit = checkLimit(page.limit);
      const before = decodeCursor(page, 'text');
      const older = before === null ? '' : 'and id < ?';
      const sql = `${SESSION} where user_id = ? and expires_at > ? ${older} order by id desc limit ?`;
      const rows = await many(driver, sql, [userId, now, ...(before === null ? [] : [before]), limit + 1]);
      return toPage(rows.map(SESSIONS.read), limit, (row) => row.id);
    },
    async delete(id, userId) {
      const [result] = await driver.write([
        statement('delete from sessions where id = ? and user_id = ?', [id, userId]),
      ]);
      return result!.changes === 1;
    },
    async deleteAll(userId, keep) {
      const [result] = await driver.write([
        statement('delete from sessions where user_id = ? and id is not ?', [userId, keep]),
      ]);
      return result!.changes;
    },
    async purge(now) {
      const [result] = await driver.write([statement('delete from sessions where expires_at <= ?', [now])]);
      return result!.changes;
    },
  };
}

export const NO_SESSION = 'The password was changed meanwhile, or the user disabled. Sign in with the new one.';

export function unknownUser(id: string): AppError {
  return new AppError('not_found', `There is no user ${id}.`);
}

export function lastAdministrator(name: string): AppError {
  return new AppError(
    'conflict',
    `${name} is the only administrator who may sign in. Make somebody else one first: without one, nobody could.`,
  );
}

export function otherSetUpCode(): AppError {
  return new AppError('conflict', 'The server has been set up already, or its set-up code is another one by now.');
}
