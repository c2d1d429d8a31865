import type { EnabledListener } from '@vaquita/core';
import { NO_REDIS, REDIS_BINARY, startRedis } from '@vaquita/runtime/testing';
import { describe, expect, test } from 'vitest';
import { openListenerLogs } from './listener-logs.ts';

const nobody = { enabled: async (): Promise<EnabledListener[]> => [] };

test('events are kept in the database when nothing else is said', () => {
  expect(openListenerLogs({ listenerEventsUrl: null, trust: [] }, nobody).openLog).toBeNull();
});

test('an address that is none is found at once', () => {
  const open = () => openListenerLogs({ listenerEventsUrl: 'redis://:secret@host/x', trust: [] }, nobody);
  expect(open).toThrow(/^(?!.*secret).*Redis server/s);
});

describe.skipIf(REDIS_BINARY === undefined)(`a Redis that was named ${REDIS_BINARY ? '' : `(${NO_REDIS})`}`, () => {
  test('keeps them over servers, and asks for its password', async () => {
    await using redis = await startRedis({ password: 'a-password' });
    const open = (login: string) =>
      openListenerLogs({ listenerEventsUrl: `redis://${login}127.0.0.1:${redis.port}/1?prefix=p`, trust: [] }, nobody);
    const first = open(':a-password@');
    await first.openLog!(1).producer.append({ events: [], position: 7 });
    first.close();
    const second = open(':a-password@');
    expect(await second.openLog!(2).producer.position()).toBe(7);
    second.close();
    const wrong = open('');
    await expect(wrong.openLog!(3).producer.position()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('it asks for a password'),
    });
    wrong.close();
  });
});
