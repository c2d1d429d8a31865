/** Events as entries of a Redis stream: https://redis.io/docs/latest/commands/xadd/ */
import type { BrokerLink, BrokerMessage, Dialer, RedisOrder } from '@vaquita/plugins';
import { TLS_HINT, within } from './broker-link.ts';
import type { SocketMeans } from './guarded-socket.ts';
import { openRedis, type RedisClient } from './redis-client.ts';
import { RedisError } from './resp.ts';

export function createRedisDialer(means: SocketMeans): Dialer<RedisOrder> {
  return {
    async open(order, signal) {
      const control = new AbortController();
      const hint = order.tls === null ? '' : TLS_HINT;
      const limits = { peer: `${order.host}:${order.port}`, timeoutMs: order.timeoutMs, signal, hint };
      const client = await within(
        limits,
        () => openRedis(order, means, control.signal),
        () => control.abort(),
      );
      return createLink(client, order);
    },
  };
}

function createLink(client: RedisClient, order: RedisOrder): BrokerLink {
  return {
    isOpen: () => client.isOpen(),
    async publish(message, signal) {
      const limits = { peer: client.peer, timeoutMs: order.timeoutMs, signal };
      await within(
        limits,
        () => add(client, order, message),
        () => client.destroy(),
      );
    },
    close: async () => client.destroy(),
  };
}

async function add(
  client: RedisClient,
  { stream, maxLength, entryIds }: RedisOrder,
  message: BrokerMessage,
): Promise<void> {
  const { id, seq, type, body } = message;
  const trim = maxLength === null ? [] : ['MAXLEN', '~', maxLength];
  const entry = entryIds === 'event' ? `${seq}-0` : '*';
  try {
    await client.command('XADD', stream, ...trim, entry, 'id', id, 'type', type, 'event', body);
  } catch (error) {
    if (entryIds !== 'event' || !isNotAfterTop(error)) throw error;
    await tellSecondTry(client, stream, message);
  }
}

function isNotAfterTop(error: unknown): boolean {
  return error instanceof RedisError && error.message.includes('equal or smaller than the target stream top item');
}

/** The stream takes growing ids only: either this event is there already, or somebody else writes there too. */
async function tellSecondTry(client: RedisClient, stream: string, { id, seq }: BrokerMessage): Promise<void> {
  const found = await client.command('XRANGE', stream, `${seq}-0`, `${seq}-0`);
  if (JSON.stringify(found).includes(JSON.stringify(id))) return;
  throw new Error(
    `The stream ${stream} at ${client.peer} has later entries than this event: something else writes there. Choose a stream of its own, or let the server make the entry ids`,
  );
}
