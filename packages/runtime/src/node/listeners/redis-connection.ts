/** A connection to the operator's own Redis that is opened when it is needed, and again when it was lost. */

import { AppError } from '@vaquita/core';
import type { RedisAccess } from '@vaquita/plugins';
import { within } from '../brokers/broker-link.ts';
import { openRedis, type RedisClient } from '../brokers/redis-client.ts';
import { RedisError, type Reply } from '../brokers/resp.ts';
import { createGuard } from '../outbound/guard.ts';

export interface RedisConnection {
  /** Rejects with a `RedisError` when the server says no, and with the AppError `unavailable` when it does not answer. */
  command(...parts: readonly (string | number)[]): Promise<Exclude<Reply, RedisError>>;
  close(): void;
}

export interface RedisTarget extends RedisAccess {
  /** Begins the names of all keys. */
  readonly prefix: string;
}

const TIMEOUT_MS = 10_000;
const DEFAULT_PORT = 6379;
const DEFAULT_PREFIX = 'vaquita';
const WANTED = 'redis://[user:password@]host[:port][/database][?prefix=name], or rediss:// for TLS';

/** Throws `bad_settings`, without the password. */
export function parseRedisUrl(text: string): RedisTarget {
  const url = URL.canParse(text) ? new URL(text) : null;
  const database = Number(url?.pathname.slice(1) ?? '0');
  const prefix = url?.searchParams.get('prefix') ?? DEFAULT_PREFIX;
  const isRedis = url?.protocol === 'redis:' || url?.protocol === 'rediss:';
  if (!url || !isRedis || url.hostname === '' || !Number.isInteger(database) || !/^[\w.-]{1,100}$/.test(prefix)) {
    throw new AppError('bad_settings', `The address of the Redis server for listener events must be ${WANTED}`);
  }
  const user = decodeURIComponent(url.username);
  const password = decodeURIComponent(url.password);
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || DEFAULT_PORT,
    tls: url.protocol === 'rediss:' ? { authority: null, certificate: null, key: null } : null,
    login: password === '' ? null : { user: user === '' ? null : user, password },
    database,
    prefix,
  };
}

/** `trust`: PEM of authorities that are trusted beside those of the system. */
export function createRedisConnection(access: RedisAccess, trust: readonly string[] = []): RedisConnection {
  // The operator has chosen it: it may stand anywhere.
  const means = { guard: createGuard(['0.0.0.0/0', '::/0']), trust };
  const peer = `${access.host}:${access.port}`;
  const closed = new AbortController();
  let opening: Promise<RedisClient> | null = null;

  async function client(): Promise<RedisClient> {
    const known = await opening?.catch(() => null);
    if (known?.isOpen()) return known;
    const control = new AbortController();
    opening = within(
      { peer, timeoutMs: TIMEOUT_MS, signal: closed.signal },
      () => openRedis(access, means, control.signal),
      () => control.abort(),
    );
    return opening;
  }

  return {
    async command(...parts) {
      try {
        const open = await client();
        const limits = { peer, timeoutMs: TIMEOUT_MS, signal: closed.signal };
        return await within(
          limits,
          () => open.command(...parts),
          () => open.destroy(),
        );
      } catch (error) {
        if (error instanceof RedisError) throw error;
        const text = `The log of listener events at ${peer} does not answer: ${(error as Error).message}`;
        throw new AppError('unavailable', text, { cause: error });
      }
    },
    close() {
      closed.abort();
      opening?.then(
        (open) => open.destroy(),
        () => undefined,
      );
    },
  };
}
