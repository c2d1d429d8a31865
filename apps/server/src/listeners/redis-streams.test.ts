import { sampleContext, sampleEvent } from '@vaquita/plugins/testing';
import { createGuard, openRedis } from '@vaquita/runtime/node/listeners';
import { NO_REDIS, REDIS_BINARY, type ServerProcess, selfSigned, startRedis } from '@vaquita/runtime/testing';
import { describe, expect, test } from 'vitest';
import { builtIn, type CloudEvent, describeBrokerListener } from '../testing/broker-contract.ts';

const settings = (port: number) => ({ server: `127.0.0.1:${port}`, tls: false, stream: 'vaquita:events' });
const signal = new AbortController().signal;

async function ask(server: ServerProcess, ...command: readonly (string | number)[]) {
  const access = { host: '127.0.0.1', port: server.port, tls: null, login: null, database: 0 };
  const client = await openRedis(access, { guard: createGuard(['127.0.0.1']), trust: [] }, signal);
  try {
    return await client.command(...command);
  } finally {
    client.destroy();
  }
}

type Entry = readonly [id: string, fields: readonly string[]];
const entries = async (server: ServerProcess) =>
  (await ask(server, 'XRANGE', 'vaquita:events', '-', '+')) as unknown as readonly Entry[];

describe.skipIf(REDIS_BINARY === undefined)(`redis-streams ${REDIS_BINARY ? '' : `(${NO_REDIS})`}`, () => {
  describeBrokerListener({
    plugin: 'redis-streams',
    settings,
    start: () => startRedis(),
    async read(server) {
      return (await entries(server)).map(
        ([, fields]) => JSON.parse(fields[fields.indexOf('event') + 1]!) as CloudEvent,
      );
    },
  });

  test('an entry says which event it is, and a second try makes no second entry', async () => {
    await using server = await startRedis();
    const plugin = builtIn('redis-streams');
    const context = sampleContext(settings(server.port));
    for (const seq of [7, 7, 9, 9]) await plugin.onEvent(sampleEvent(seq), context);
    expect((await entries(server)).map(([id, fields]) => [id, fields.slice(0, 4)])).toEqual([
      ['7-0', ['id', sampleEvent(7).id, 'type', 'workflow.failed']],
      ['9-0', ['id', sampleEvent(9).id, 'type', 'workflow.failed']],
    ]);
    // Somebody else has gone on in the same stream.
    await expect(plugin.onEvent(sampleEvent(8), context)).rejects.toThrow('Choose a stream of its own');
    const elsewhere = sampleContext({ ...settings(server.port), entryIds: 'server' });
    await plugin.onEvent(sampleEvent(8), elsewhere);
    expect(await entries(server)).toHaveLength(3);
  });

  test('as many entries stay as were asked for, about', async () => {
    await using server = await startRedis();
    const plugin = builtIn('redis-streams');
    const context = sampleContext({ ...settings(server.port), maxLength: 10 });
    for (let seq = 1; seq <= 400; seq += 1) await plugin.onEvent(sampleEvent(seq), context);
    const left = await entries(server);
    expect(left.length).toBeLessThan(300);
    expect(left.at(-1)![0]).toBe('400-0');
  });

  test('a password that is wrong or missing is said to be so, and the right one is let in', async () => {
    await using server = await startRedis({ password: 'a-password-of-some-length' });
    const open = (more: object) => builtIn('redis-streams').open!(sampleContext({ ...settings(server.port), ...more }));
    await expect(open({})).rejects.toThrow('it asks for a password');
    const wrong = open({ password: 'another-password' });
    await expect(wrong).rejects.toThrow('does not accept the user and password');
    await expect(open({ user: 'nobody', password: 'a-password-of-some-length' })).rejects.toThrow('does not accept');
    await open({ password: 'a-password-of-some-length' });
    await expect(open({ user: 'somebody' })).rejects.toThrow('A user needs a password');
  });

  test('over TLS, with a certificate that is trusted only', async () => {
    const certificate = selfSigned(['127.0.0.1']);
    await using server = await startRedis({ certificate });
    const open = (more: object) => builtIn('redis-streams').open!(sampleContext({ ...settings(server.port), ...more }));
    await open({ tls: true, tlsAuthority: certificate.cert });
    await expect(open({ tls: true })).rejects.toThrow('certificate');
    await expect(open({ tls: true, tlsAuthority: selfSigned(['127.0.0.1']).cert })).rejects.toThrow('certificate');
    const other = selfSigned(['other.test']);
    await using misnamed = await startRedis({ certificate: other });
    const named = { server: `localhost:${misnamed.port}`, tls: true, tlsAuthority: other.cert };
    const context = sampleContext({ ...settings(misnamed.port), ...named });
    await expect(builtIn('redis-streams', ['localhost']).open!(context)).rejects.toThrow(
      'its certificate is for another name',
    );
  });

  test('what is no stream, and what is no Redis, is said to be so', async () => {
    await using server = await startRedis();
    await ask(server, 'SET', 'vaquita:events', 'text');
    const call = builtIn('redis-streams').onEvent(sampleEvent(), sampleContext(settings(server.port)));
    await expect(call).rejects.toThrow('something that is no stream has that name');
  });
});
