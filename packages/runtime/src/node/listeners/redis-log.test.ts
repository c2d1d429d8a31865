import type { ListenerInstanceRow } from '@vaquita/core';
import { describeListenerLog, loggedEvent } from '@vaquita/store/testing/listener-log-contract';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NO_REDIS, REDIS_BINARY, startRedis } from '../../testing/redis-server.ts';
import type { ServerProcess } from '../../testing/server-process.ts';
import { createRedisConnection, parseRedisUrl, type RedisConnection } from './redis-connection.ts';
import { createRedisListenerLog } from './redis-log.ts';

type Instance = Pick<ListenerInstanceRow, 'cursor' | 'eventTypes' | 'projectId'>;

describe.skipIf(REDIS_BINARY === undefined)(`listener events in Redis ${REDIS_BINARY ? '' : `(${NO_REDIS})`}`, () => {
  let server: ServerProcess;
  let redis: RedisConnection;
  let instances: Instance[];
  beforeEach(async () => {
    server = await startRedis();
    redis = createRedisConnection(parseRedisUrl(`redis://127.0.0.1:${server.port}`));
    instances = [];
  });
  afterEach(async () => {
    redis.close();
    await server[Symbol.asyncDispose]();
  });

  const openLog = (epoch: number, prefix = 'vaquita') =>
    createRedisListenerLog({ redis, prefix, epoch, enabledInstances: async () => instances });

  describeListenerLog({
    async lead(epoch) {
      const log = openLog(epoch);
      await log.producer.position();
      return log;
    },
    origin: async () => 0,
    async listen(cursor, { types, project }) {
      instances.push({ cursor, eventTypes: types, projectId: project });
    },
  });

  const ENDED = { types: ['workflow.ended'] as const, project: null, after: 0, limit: 100 };
  const seqsAfter = async (log = openLog(1)) => (await log.consumer.next(ENDED)).map(({ seq }) => seq);

  test('what was kept is there after the server was killed, and the log goes on by itself', async () => {
    const log = openLog(1);
    await log.producer.append({ events: [loggedEvent(1), loggedEvent(2)], position: 2 });
    await server.kill9();
    const lost = log.producer.append({ events: [loggedEvent(3)], position: 3 });
    await expect(lost).rejects.toMatchObject({ code: 'unavailable' });
    await server.start();
    await log.producer.append({ events: [loggedEvent(3)], position: 3 });
    expect(await seqsAfter(log)).toEqual([1, 2, 3]);
  });

  test('G1: a leader that dies at any moment leaves a beginning, which the next one goes on from', async () => {
    const events = Array.from({ length: 60 }, (_, index) => loggedEvent(index + 1));
    for (let told = 0, round = 0; told < events.length; round += 1) {
      const log = openLog(1);
      const batch = events.slice(told, told + 7);
      const appending = log.producer.append({ events: batch, position: batch.at(-1)!.seq }).catch(() => undefined);
      if (round % 2 === 0) redis.close();
      await appending;
      redis.close();
      redis = createRedisConnection(parseRedisUrl(`redis://127.0.0.1:${server.port}`));
      told = (await openLog(1).producer.position()) ?? 0;
    }
    expect(await seqsAfter()).toEqual(events.map(({ seq }) => seq));
  });

  test('G4: when Redis has lost everything, the record is read again from the slowest instance on', async () => {
    instances.push({ cursor: 4, eventTypes: ['workflow.ended'], projectId: null });
    instances.push({ cursor: 7, eventTypes: ['workflow.ended'], projectId: null });
    await openLog(1).producer.append({ events: [loggedEvent(9)], position: 9 });
    await redis.command('FLUSHALL');
    const log = openLog(2);
    expect(await log.producer.position()).toBe(4);
    await log.producer.append({ events: [loggedEvent(5), loggedEvent(9)], position: 9 });
    expect(await seqsAfter(log)).toEqual([5, 9]);
  });

  test('G4: when Redis loses what it had in the middle of a term, nothing is added behind the gap', async () => {
    const log = openLog(1);
    await log.producer.position();
    await log.producer.append({ events: [loggedEvent(1)], position: 1 });
    await log.producer.append({ events: [loggedEvent(2), loggedEvent(3)], position: 3 });
    // As a server does that is killed with its newest writes not yet on its disk.
    await redis.command('XDEL', '{vaquita}:listener-events', '2-0', '3-0');
    await redis.command('XSETID', '{vaquita}:listener-events', '1-0');
    await redis.command('HSET', '{vaquita}:listener-log', 'position', 1);
    const behind = log.producer.append({ events: [loggedEvent(4)], position: 4 });
    await expect(behind).rejects.toMatchObject({ code: 'unavailable' });
    expect(await log.producer.position()).toBe(1);
    await log.producer.append({ events: [2, 3, 4].map((seq) => loggedEvent(seq)), position: 4 });
    expect(await seqsAfter(log)).toEqual([1, 2, 3, 4]);
    await redis.command('FLUSHALL');
    instances.push({ cursor: 1, eventTypes: ['workflow.ended'], projectId: null });
    await expect(log.producer.append({ events: [], position: 5 })).rejects.toMatchObject({ code: 'unavailable' });
    expect(await log.producer.position()).toBe(1);
  });

  test('a Redis that has no memory left keeps what it has, and says so', async () => {
    const log = openLog(1);
    await log.producer.append({ events: [loggedEvent(1)], position: 1 });
    await redis.command('CONFIG', 'SET', 'maxmemory', '1');
    const full = log.producer.append({ events: [loggedEvent(2)], position: 2 });
    await expect(full).rejects.toMatchObject({ code: 'storage_full' });
    await redis.command('CONFIG', 'SET', 'maxmemory', '0');
    expect([await log.producer.position(), await seqsAfter(log)]).toEqual([1, [1]]);
  });

  test('two installations in one Redis do not meet when their prefixes differ', async () => {
    await openLog(5, 'one').producer.append({ events: [loggedEvent(1)], position: 1 });
    const other = openLog(1, 'two');
    expect(await other.producer.position()).toBeNull();
    expect(await seqsAfter(other)).toEqual([]);
  });
});

test('the address says where, as whom, and which keys', () => {
  expect(parseRedisUrl('rediss://u:p%40ss@redis.internal:7000/3?prefix=prod')).toEqual({
    ...{ host: 'redis.internal', port: 7000, tls: { authority: null, certificate: null, key: null } },
    ...{ login: { user: 'u', password: 'p@ss' }, database: 3, prefix: 'prod' },
  });
  expect(parseRedisUrl('redis://:secret@[::1]')).toMatchObject({
    host: '::1',
    port: 6379,
    login: { user: null },
    prefix: 'vaquita',
  });
});

test.each(['http://x', 'redis://', 'redis://h/x', 'nothing', 'redis://h?prefix=a b'])(
  '"%s" is no address of a Redis',
  (text) => {
    expect(() => parseRedisUrl(text)).toThrow(expect.objectContaining({ code: 'bad_settings' }));
  },
);
