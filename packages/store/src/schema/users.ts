/** Tables of who may ask: users, tokens of programs and workers, sessions of browsers. Secrets are kept as hashes only. */
import type { SessionId, TokenId, UserId } from '@vaquita/core';
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { TokenRow, UserRow } from '../ports/api.ts';

export const users = sqliteTable('users', {
  id: text('id').$type<UserId>().primaryKey(),
  name: text('name').notNull().unique(),
  passwordHash: text('password_hash').notNull(),
  role: text('role').$type<UserRow['role']>().notNull(),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
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
  },
  (t) => [index('tokens_kind').on(t.kind, t.id), index('tokens_user').on(t.userId)],
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
  },
  (t) => [index('sessions_user').on(t.userId), index('sessions_expiry').on(t.expiresAt)],
);
