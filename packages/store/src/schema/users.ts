/** Tables of who may ask: users, tokens of programs and workers, sessions of browsers. Secrets are kept as hashes only. */
import type { SessionId, TokenId, UserId } from '@vaquita/core';
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { TokenRow, UserRow } from '../ports/people.ts';

export const users = sqliteTable('users', {
  id: text('id').$type<UserId>().primaryKey(),
  name: text('name').notNull().unique(),
  passwordHash: text('password_hash').notNull(),
  role: text('role').$type<UserRow['role']>().notNull(),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
  passwordExpiresAt: integer('password_expires_at'),
  disabledAt: integer('disabled_at'),
  lastSeenAt: integer('last_seen_at'),
  setUpHash: text('set_up_hash'),
  preferences: text('preferences', { mode: 'json' }).$type<UserRow['preferences']>().notNull().default({}),
});

export const tokens = sqliteTable(
  'tokens',
  {
    id: text('id').$type<TokenId>().primaryKey(),
    kind: text('kind').$type<TokenRow['kind']>().notNull(),
    name: text('name').notNull(),
    prefix: text('prefix').notNull(),
    secretHash: text('secret_hash').notNull().unique(),
    userId: text('user_id')
      .$type<UserId>()
      .references(() => users.id),
    expiresAt: integer('expires_at'),
    lastUsedAt: integer('last_used_at'),
    revokedAt: integer('revoked_at'),
    createdAt: integer('created_at').notNull(),
    /** Tokens from before there were scopes have all that their owner may. */
    scopes: text('scopes', { mode: 'json' })
      .$type<TokenRow['scopes']>()
      .notNull()
      .default(['view', 'operate', 'edit', 'admin']),
  },
  (t) => [index('tokens_kind').on(t.kind, t.id), index('tokens_user').on(t.userId, t.id)],
);

export const sessions = sqliteTable(
  'sessions',
  {
    id: text('id').$type<SessionId>().primaryKey(),
    userId: text('user_id')
      .$type<UserId>()
      .notNull()
      .references(() => users.id),
    secretHash: text('secret_hash').notNull().unique(),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
    address: text('address').notNull().default(''),
    userAgent: text('user_agent').notNull().default(''),
    lastSeenAt: integer('last_seen_at').notNull().default(0),
  },
  (t) => [index('sessions_user').on(t.userId, t.id), index('sessions_expiry').on(t.expiresAt)],
);
