/** Users, credentials, idempotency keys and the audit log in memory. */
import { AppError, firstIdAt } from '@vaquita/core';
import type { AuditRow, RequestStore } from '../../ports/api.ts';
import type { SessionRow, SessionStore, TokenStore, UserRow, UserStore } from '../../ports/people.ts';
import { lastAdministrator, NO_SESSION, otherSetUpCode, TOKEN_USE_WRITE_MS, unknownUser } from '../../verbs/users.ts';
import { compare, type Memory, pageOf, type Tables, type Transaction } from './tables.ts';

export function createMemoryUsers({ tables, unit }: Memory): UserStore {
  const { users, sessions, unique } = tables;
  return {
    async create(row) {
      unit((tx) => {
        if (unique.has(`user:${row.name}`)) {
          throw new AppError('name_in_use', `A user named "${row.name}" exists already.`);
        }
        tx.claim(`user:${row.name}`, row.id);
        tx.put(users, row.id, row);
      });
    },
    async findByName(name) {
      return users.get(unique.get(`user:${name}`) ?? '');
    },
    async find(id) {
      return users.get(id);
    },
    async count() {
      return users.size;
    },
    async list(page) {
      return pageOf(users.values(), page, (row) => row.name, 'up');
    },
    async update(id, { role, disabled, preferences, setUpHash, at }) {
      unit((tx) => {
        const row = users.get(id);
        if (row === undefined) throw unknownUser(id);
        const next: UserRow = {
          ...row,
          ...(role && { role }),
          ...(disabled === undefined ? {} : { disabledAt: disabled ? at : null }),
          ...(preferences && { preferences }),
          ...(setUpHash === undefined ? {} : { setUpHash }),
          updatedAt: at,
        };
        const rules = (one: UserRow) => one.role === 'admin' && one.disabledAt === null;
        const others = [...users.values()].some((other) => other.id !== id && rules(other));
        if (rules(row) && !rules(next) && !others) throw lastAdministrator(row.name);
        tx.put(users, id, next);
        if (!disabled) return;
        for (const session of [...sessions.values()]) if (session.userId === id) dropSession(tx, tables, session);
        for (const token of tables.tokens.values()) {
          if (token.userId === id && token.revokedAt === null)
            tx.put(tables.tokens, token.id, { ...token, revokedAt: at });
        }
      });
    },
    async setPassword(id, { passwordHash, at, keepSession, expiresAt = null, setUpHash }) {
      unit((tx) => {
        const row = users.get(id);
        if (setUpHash !== undefined && row?.setUpHash !== setUpHash) throw otherSetUpCode();
        if (row === undefined) throw unknownUser(id);
        tx.put(users, id, { ...row, passwordHash, passwordExpiresAt: expiresAt, setUpHash: null, updatedAt: at });
        for (const session of [...sessions.values()]) {
          if (session.userId === id && session.id !== keepSession) dropSession(tx, tables, session);
        }
      });
    },
  };
}

function see(tx: Transaction, { users }: Tables, id: string | null, now: number): void {
  const user = users.get(id ?? '');
  if (user === undefined || (user.lastSeenAt !== null && now - user.lastSeenAt < TOKEN_USE_WRITE_MS)) return;
  tx.put(users, user.id, { ...user, lastSeenAt: now });
}

function dropSession(tx: Transaction, { sessions }: Tables, session: SessionRow): void {
  tx.release(`session:${session.secretHash}`);
  tx.drop(sessions, session.id);
}

export function createMemoryTokens({ tables, unit }: Memory): TokenStore {
  const { users, tokens, unique } = tables;

  function checkUser(userId: string | null): void {
    if (userId === null) return;
    if (users.get(userId)?.disabledAt !== null)
      throw new AppError('conflict', `There is no user ${userId}, or disabled.`);
  }

  return {
    async create(row) {
      unit((tx) => {
        checkUser(row.userId);
        if (unique.has(`token:${row.secretHash}`)) throw new AppError('conflict', 'This token exists already.');
        tx.claim(`token:${row.secretHash}`, row.id);
        tx.put(tokens, row.id, row);
      });
    },
    async use(secretHash, now) {
      const token = tokens.get(unique.get(`token:${secretHash}`) ?? '');
      if (token === undefined) return undefined;
      const usable = token.revokedAt === null && (token.expiresAt === null || token.expiresAt > now);
      if (!usable || (token.lastUsedAt !== null && now - token.lastUsedAt < TOKEN_USE_WRITE_MS)) return token;
      const used = { ...token, lastUsedAt: now };
      unit((tx) => {
        tx.put(tokens, token.id, used);
        see(tx, tables, token.userId, now);
      });
      return used;
    },
    async find(id) {
      return tokens.get(id);
    },
    async list(kind, page, userId) {
      return pageOf(
        [...tokens.values()].filter((row) => row.kind === kind && (userId === undefined || row.userId === userId)),
        page,
        (row) => row.id,
        'down',
      );
    },
    async revoke(id, at) {
      const token = tokens.get(id);
      if (token === undefined || token.revokedAt !== null) return false;
      unit((tx) => tx.put(tokens, id, { ...token, revokedAt: at }));
      return true;
    },
  };
}

export function createMemorySessions({ tables, unit }: Memory): SessionStore {
  const { users, sessions, unique } = tables;
  return {
    async create(row, passwordHash) {
      unit((tx) => {
        const user = users.get(row.userId);
        if (user?.passwordHash !== passwordHash || user.disabledAt !== null) throw new AppError('conflict', NO_SESSION);
        if (unique.has(`session:${row.secretHash}`)) throw new AppError('conflict', 'This session exists already.');
        tx.claim(`session:${row.secretHash}`, row.id);
        tx.put(sessions, row.id, row);
        see(tx, tables, row.userId, row.createdAt);
      });
    },
    async use(secretHash, now) {
      const session = sessions.get(unique.get(`session:${secretHash}`) ?? '');
      if (session === undefined || session.expiresAt <= now) return undefined;
      const user = users.get(session.userId)!;
      if (now - session.lastSeenAt < TOKEN_USE_WRITE_MS) return { session, user };
      const used = { ...session, lastSeenAt: now };
      unit((tx) => {
        tx.put(sessions, session.id, used);
        see(tx, tables, user.id, now);
      });
      return { session: used, user };
    },
    async list(userId, page, now) {
      const own = [...sessions.values()].filter((row) => row.userId === userId && row.expiresAt > now);
      return pageOf(own, page, (row) => row.id, 'down');
    },
    async delete(id, userId) {
      const session = sessions.get(id);
      if (session?.userId !== userId) return false;
      unit((tx) => dropSession(tx, tables, session));
      return true;
    },
    async deleteAll(userId, keep) {
      const own = [...sessions.values()].filter((row) => row.userId === userId && row.id !== keep);
      unit((tx) => {
        for (const session of own) dropSession(tx, tables, session);
      });
      return own.length;
    },
    async purge(now) {
      const ended = [...sessions.values()].filter(({ expiresAt }) => expiresAt <= now);
      unit((tx) => {
        for (const session of ended) dropSession(tx, tables, session);
      });
      return ended.length;
    },
  };
}

export function createMemoryRequests({ tables, unit }: Memory): RequestStore {
  const { idempotency, audit } = tables;
  return {
    async claim(key, bodyHash, at, by) {
      const found = idempotency.get(key);
      if (found === undefined) {
        const row = { key, bodyHash, status: 0, response: '', createdAt: at, claimedBy: by };
        unit((tx) => tx.put(idempotency, key, row));
      }
      return found;
    },
    async takeOver({ key, status, claimedBy }, by) {
      const row = idempotency.get(key);
      if (row?.status !== status || row.claimedBy !== claimedBy) return false;
      unit((tx) => tx.put(idempotency, key, { ...row, status: 0, claimedBy: by }));
      return true;
    },
    async finish(key, status, response) {
      const row = idempotency.get(key);
      if (row !== undefined) unit((tx) => tx.put(idempotency, key, { ...row, status, response }));
    },
    async abandon(key, by, { mayBeDone } = { mayBeDone: false }) {
      const row = idempotency.get(key);
      if (row?.status !== 0 || row.claimedBy !== by) return;
      unit((tx) => (mayBeDone ? tx.put(idempotency, key, { ...row, status: 1 }) : tx.drop(idempotency, key)));
    },
    async purge(before) {
      const old = [...idempotency.values()].filter(({ createdAt }) => createdAt < before);
      unit((tx) => {
        for (const { key } of old) tx.drop(idempotency, key);
      });
      return old.length;
    },
    async audit(row) {
      unit((tx) => {
        tx.claim(`audit:${row.id}`, row.id);
        tx.put(audit, row.id, row);
      });
    },
    async auditEntry(id) {
      return audit.get(id);
    },
    async auditLog(page, { actor, action, subject, from, to } = {}) {
      const rows = [...audit.values()].filter(
        (row) =>
          (actor === undefined || row.actor === actor) &&
          (action === undefined || row.action === action) &&
          (subject === undefined || row.subject === subject) &&
          (from === undefined || row.id >= firstIdAt(from)) &&
          (to === undefined || row.id < firstIdAt(to)),
      );
      return pageOf(rows, page, (row) => row.id, 'down');
    },
    async auditWords(limit) {
      const words = (wordOf: (row: AuditRow) => string) =>
        [...new Set([...audit.values()].map(wordOf))].sort(compare).slice(0, limit);
      return { actors: words(({ actor }) => actor), actions: words(({ action }) => action) };
    },
  };
}
