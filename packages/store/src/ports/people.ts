/** Who may ask: people, the tokens of their programs and of workers, the sessions of their browsers. */
import type { Permission, Role, SessionId, TokenId, UserId } from '@vaquita/core';
import type { PageRequest } from './api.ts';
import type { Page } from './master.ts';

/** How a person wants things shown; what is left out is as the browser has it. */
export interface Preferences {
  readonly locale?: string;
  readonly theme?: string;
  /** An IANA time zone. */
  readonly zone?: string;
  readonly density?: string;
}

export interface UserRow {
  readonly id: UserId;
  readonly name: string;
  readonly passwordHash: string;
  readonly role: Role;
  /** The password was made for the person, works until then, and is to be replaced; null: it is the person's own. */
  readonly passwordExpiresAt: number | null;
  /** Null: may sign in. */
  readonly disabledAt: number | null;
  /** When the person or one of the person's tokens has last asked, to the minute. */
  readonly lastSeenAt: number | null;
  /** SHA-256 of the code that lets somebody choose the first password, hex; null: nobody may. */
  readonly setUpHash: string | null;
  readonly preferences: Preferences;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface TokenRow {
  readonly id: TokenId;
  readonly kind: 'api' | 'worker';
  readonly name: string;
  /** First characters, shown in lists so that people recognise a token. */
  readonly prefix: string;
  /** SHA-256 of the whole token, hex. */
  readonly secretHash: string;
  /** Owner of an API token; null for worker tokens. */
  readonly userId: UserId | null;
  /** What of the owner's role an API token has. */
  readonly scopes: readonly Permission[];
  readonly expiresAt: number | null;
  readonly lastUsedAt: number | null;
  readonly revokedAt: number | null;
  readonly createdAt: number;
}

export interface SessionRow {
  readonly id: SessionId;
  readonly userId: UserId;
  /** SHA-256 of the cookie's secret, hex. */
  readonly secretHash: string;
  /** Where it was begun. */
  readonly address: string;
  /** What the browser has said of itself, cut. */
  readonly userAgent: string;
  /** To the minute. */
  readonly lastSeenAt: number;
  readonly createdAt: number;
  readonly expiresAt: number;
}

export interface UserChange {
  readonly role?: Role;
  readonly disabled?: boolean;
  readonly preferences?: Preferences;
  /** Null: nobody may choose the first password any more. */
  readonly setUpHash?: string | null;
  readonly at: number;
}

export interface PasswordUpdate {
  readonly passwordHash: string;
  /** See {@link UserRow}; left out: null. */
  readonly expiresAt?: number | null;
  readonly at: number;
  readonly keepSession: SessionId | null;
  /** Only while the code for the first password is this one. */
  readonly setUpHash?: string;
}

export interface UserStore {
  /** @throws AppError `name_in_use`. */
  create(row: UserRow): Promise<void>;
  findByName(name: string): Promise<UserRow | undefined>;
  find(id: UserId): Promise<UserRow | undefined>;
  count(): Promise<number>;
  /** By name. */
  list(page: PageRequest): Promise<Page<UserRow>>;
  /**
   * Who is disabled has no session and no API token in force any more, in the same unit.
   * @throws AppError `not_found`; `conflict` when no administrator would be left who may sign in.
   */
  update(id: UserId, change: UserChange): Promise<void>;
  /**
   * Ends every session of the user but the one to keep, and nobody may choose the first password any more, in the same unit.
   * @throws AppError `not_found`; `conflict` when the code is another.
   */
  setPassword(id: UserId, change: PasswordUpdate): Promise<void>;
}

export interface TokenStore {
  /** @throws AppError `conflict` when the secret is already known, and when its owner is disabled. */
  create(row: TokenRow): Promise<void>;
  /**
   * Any token by its hash, revoked and expired ones too: the caller decides. Advances `lastUsedAt`, and `lastSeenAt` of its
   * owner, at most once a minute.
   */
  use(secretHash: string, now: number): Promise<TokenRow | undefined>;
  find(id: string): Promise<TokenRow | undefined>;
  /** Newest first; of one owner, or of all. */
  list(kind: TokenRow['kind'], page: PageRequest, userId?: UserId): Promise<Page<TokenRow>>;
  /** @returns whether it was in force until now. */
  revoke(id: string, at: number): Promise<boolean>;
}

export interface SessionStore {
  /**
   * Begins a session, unless the user's password is no longer the one that was checked, or the user is disabled.
   * @throws AppError `conflict`.
   */
  create(row: SessionRow, passwordHash: string): Promise<void>;
  /** Advances `lastSeenAt` of both at most once a minute. */
  use(secretHash: string, now: number): Promise<{ readonly session: SessionRow; readonly user: UserRow } | undefined>;
  /** Of one user, those that have not ended by then, newest first. */
  list(userId: UserId, page: PageRequest, now: number): Promise<Page<SessionRow>>;
  /** @returns whether it was there, and the user's. */
  delete(id: string, userId: UserId): Promise<boolean>;
  /** Ends all of the user's but the one to keep. @returns how many. */
  deleteAll(userId: UserId, keep: SessionId | null): Promise<number>;
  /** Forgets sessions that have ended by then. @returns how many. */
  purge(now: number): Promise<number>;
}
