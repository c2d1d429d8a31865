/**
 * The log of listener events in a Redis stream. Entries have the id `<seq>-0`; a hash beside the stream holds up to where the
 * record has been read, the term, and the size of all entries.
 *
 * G1 Events and position are changed by one script: Redis has both or neither, also after it has lost its newest writes.
 * G2 A term that Redis has seen the next of changes nothing any more.
 * G3 Only what every enabled instance has heard is removed, one entry at a time: the stream is never cut by its length.
 * G4 When Redis has lost what it had, the record is read again from where it still is, or else from where the slowest enabled
 *    instance is. It may lose it in the middle of a term: nothing is added behind a gap.
 */
import {
  AppError,
  type Epoch,
  isToHear,
  type ListenerEvent,
  type ListenerInstanceRow,
  type ListenerLog,
  type ListenerSelection,
  MAX_COUNTED_BACKLOG,
} from '@vaquita/core';
import { RedisError } from '../brokers/resp.ts';
import type { RedisConnection } from './redis-connection.ts';

export interface RedisLogOptions {
  readonly redis: RedisConnection;
  /** Begins the names of all keys; another one for each installation. */
  readonly prefix: string;
  readonly epoch: Epoch;
  /** As the database says at the moment of the call. */
  readonly enabledInstances: () => Promise<readonly Pick<ListenerInstanceRow, 'cursor' | 'eventTypes' | 'projectId'>[]>;
}

const PAGE = 500;

const FENCE = `local term = tonumber(redis.call('HGET', KEYS[2], 'epoch') or '0')
if term > tonumber(ARGV[1]) then return redis.error_reply('FENCED another server leads') end
redis.call('HSET', KEYS[2], 'epoch', ARGV[1])
`;

const BEGIN = `${FENCE}return redis.call('HGET', KEYS[2], 'position')`;

/** ARGV: term, position, the one before, and for each event its place and its JSON. What lies at or before the position is there already. */
const APPEND = `${FENCE}local known = tonumber(redis.call('HGET', KEYS[2], 'position') or '-1')
if known < tonumber(ARGV[3]) then return redis.error_reply('BEHIND it has lost what it had') end
local bytes = 0
for i = 4, #ARGV, 2 do
  if tonumber(ARGV[i]) > known then
    redis.call('XADD', KEYS[1], ARGV[i] .. '-0', 'event', ARGV[i + 1])
    bytes = bytes + string.len(ARGV[i + 1])
  end
end
if bytes > 0 then redis.call('HINCRBY', KEYS[2], 'bytes', bytes) end
if tonumber(ARGV[2]) > known then redis.call('HSET', KEYS[2], 'position', ARGV[2]) end
return 1`;

/** ARGV: term, and for each event its entry and its size. */
const REMOVE = `${FENCE}local removed = 0
for i = 2, #ARGV, 2 do
  if redis.call('XDEL', KEYS[1], ARGV[i]) == 1 then
    removed = removed + 1
    redis.call('HINCRBY', KEYS[2], 'bytes', -tonumber(ARGV[i + 1]))
  end
end
return removed`;

interface Entry {
  readonly event: ListenerEvent;
  readonly bytes: number;
}

export function createRedisListenerLog({ redis, prefix, epoch, enabledInstances }: RedisLogOptions): ListenerLog {
  const stream = `{${prefix}}:listener-events`;
  const state = `{${prefix}}:listener-log`;
  /** Redis has answered that it is here, in this term. */
  let reached = -1;

  async function ask(...parts: readonly (string | number)[]) {
    try {
      return await redis.command(...parts);
    } catch (error) {
      if (!(error instanceof RedisError)) throw error;
      if (error.message.includes('FENCED')) {
        throw new AppError('fenced', 'Another server leads: the log of listener events is its own now', {
          cause: error,
        });
      }
      const code = error.code === 'OOM' ? 'storage_full' : 'unavailable';
      throw new AppError(code, `The log of listener events does not work: ${error.message}`, { cause: error });
    }
  }

  function run(script: string, ...args: readonly (string | number)[]) {
    return ask('EVAL', script, 2, stream, state, epoch, ...args);
  }

  async function page(after: number, limit: number): Promise<readonly Entry[]> {
    const found = await ask('XRANGE', stream, `${Math.max(0, after) + 1}-0`, '+', 'COUNT', limit);
    return (found as readonly (readonly [string, readonly [string, string]])[]).map(([, [, json]]) => ({
      event: JSON.parse(json) as ListenerEvent,
      bytes: Buffer.byteLength(json),
    }));
  }

  /** Of the selection, until there are `limit`. */
  async function find(selection: ListenerSelection, after: number, limit: number): Promise<ListenerEvent[]> {
    const found: ListenerEvent[] = [];
    for (let from = after; found.length < limit; ) {
      const entries = await page(from, PAGE);
      found.push(...entries.map(({ event }) => event).filter((event) => isSelected(event, selection)));
      if (entries.length < PAGE) break;
      from = entries.at(-1)!.event.seq;
    }
    return found.slice(0, limit);
  }

  return {
    producer: {
      async position() {
        const known = await run(BEGIN);
        reached = known === null ? -1 : Number(known);
        if (known !== null) return reached;
        // G4.
        const cursors = (await enabledInstances()).map(({ cursor }) => cursor);
        return cursors.length === 0 ? null : Math.min(...cursors);
      },
      async append({ events, position }) {
        await run(APPEND, position, reached, ...events.flatMap((event) => [event.seq, JSON.stringify(event)]));
        reached = Math.max(reached, position);
      },
    },
    consumer: {
      next: ({ after, limit, ...selection }) => find(selection, after, limit),
      async waiting({ after, ...selection }) {
        const found = await find(selection, after, MAX_COUNTED_BACKLOG);
        return {
          events: found.length,
          oldestAt: found.length === 0 ? null : Math.min(...found.map(({ time }) => time)),
        };
      },
    },
    keeper: {
      async weight() {
        const events = await ask('XLEN', stream);
        const bytes = await ask('HGET', state, 'bytes');
        return { events: Number(events), bytes: Number(bytes ?? 0) };
      },
      async removeHeard({ after, before, limit }) {
        const entries = await page(after, limit);
        const next = entries.length < limit ? null : entries.at(-1)!.event.seq;
        // G3. Asked after looking: who is enabled from now on begins after these.
        const instances = await enabledInstances();
        const isHeard = (event: ListenerEvent) => !instances.some((instance) => isToHear(instance, event));
        const old = entries.filter(({ event }) => event.time < before && isHeard(event));
        if (entries.length === 0) return { removed: 0, next };
        const removed = await run(REMOVE, ...old.flatMap(({ event, bytes }) => [`${event.seq}-0`, bytes]));
        return { removed: Number(removed), next };
      },
    },
  };
}

function isSelected({ type, project }: ListenerEvent, selection: ListenerSelection): boolean {
  return selection.types.includes(type) && (selection.project === null || selection.project === project?.id);
}
