import { sampleContext, sampleEvent } from '@vaquita/plugins/testing';
import {
  type KafkaBroker,
  type KafkaBrokerOptions,
  selfSigned,
  serveNothing,
  startKafkaBroker,
} from '@vaquita/runtime/testing';
import { describe, expect, test } from 'vitest';
import { builtIn, type CloudEvent, describeBrokerListener } from '../testing/broker-contract.ts';

const settings = (port: number) => ({ brokers: `127.0.0.1:${port}`, tls: false, topic: 'vaquita-events' });
const certificate = selfSigned(['127.0.0.1']);

describe('kafka', () => {
  const brokers = new Map<number, KafkaBroker>();
  describeBrokerListener({
    plugin: 'kafka',
    settings,
    async start() {
      const broker = await startKafkaBroker();
      brokers.set(broker.port, broker);
      return broker;
    },
    read: async ({ port }) => brokers.get(port)!.records.map(({ value }) => JSON.parse(value) as CloudEvent),
  });

  test('a record says which event it is, and records of one key go to one partition', async () => {
    await using broker = await startKafkaBroker({ partitions: 12 });
    for (const keyBy of ['all', 'project', 'subject']) {
      const plugin = builtIn('kafka');
      const context = sampleContext({ ...settings(broker.port), keyBy });
      for (const seq of [1, 2, 3]) await plugin.onEvent(sampleEvent(seq, { subject: `workflow/w${seq}` }), context);
      await plugin.close!(context);
    }
    expect(broker.records[0]).toMatchObject({
      key: 'vaquita',
      headers: { 'content-type': 'application/cloudevents+json; charset=utf-8', ce_id: sampleEvent(1).id },
    });
    expect(broker.records.map(({ key }) => key)).toEqual([
      ...Array<string>(3).fill('vaquita'),
      ...Array<string>(3).fill('01J0PROJECT'),
      ...[1, 2, 3].map((seq) => `workflow/w${seq}`),
    ]);
    expect(new Set(broker.records.slice(0, 3).map(({ partition }) => partition)).size).toBe(1);
  });

  test('over TLS, with a certificate that is trusted only, and for the name that was entered', async () => {
    await using broker = await startKafkaBroker({ certificate });
    const open = (more: object, allow?: readonly string[]) =>
      builtIn('kafka', allow).onEvent(sampleEvent(), sampleContext({ ...settings(broker.port), tls: true, ...more }));
    await open({ tlsAuthority: certificate.cert });
    await expect(open({})).rejects.toThrow('certificate');
    const elsewhere = open({ tlsAuthority: certificate.cert, brokers: `localhost:${broker.port}` }, ['localhost']);
    await expect(elsewhere).rejects.toThrow('its certificate is for another name');
    expect(broker.records).toHaveLength(1);
  });

  test('user and password are let in when they are right', async () => {
    const login = { user: 'vaquita', password: 'right-password' };
    await using broker = await startKafkaBroker({ certificate, login });
    const send = (more: object) =>
      builtIn('kafka').onEvent(
        sampleEvent(),
        sampleContext({ ...settings(broker.port), tls: true, tlsAuthority: certificate.cert, ...more }),
      );
    await send(login);
    await expect(send({ ...login, password: 'wrong-password' })).rejects.toThrow(
      'does not accept the user and password',
    );
    await expect(send({ ...login, mechanism: 'scram-sha-256' })).rejects.toThrow(
      /choose another mechanism|does not accept/,
    );
    await expect(send({})).rejects.toThrow('broken off');
    expect(broker.records).toHaveLength(1);
  });

  test.each([
    [29, 'the user may not write to the topic'],
    [10, 'the event is too large'],
    [19, 'too few replicas are in sync'],
    [6, 'another broker leads the partition now'],
  ])('what the broker refuses does not count as heard, and is said in words: error %i', async (refuseWith, words) => {
    const refused = await tellOnce({ refuseWith });
    expect(refused).toContain(words);
  });

  test('K1: a broker that sends on to an inner address leads nowhere', async () => {
    await using broker = await startKafkaBroker({ advertisedHost: '10.0.0.7' });
    const call = builtIn('kafka').onEvent(sampleEvent(), sampleContext(settings(broker.port)));
    await expect(call).rejects.toThrow('outboundAllow');
  });

  test('what is no Kafka is given up when the time is over', async () => {
    const web = await serveNothing();
    const context = sampleContext({ ...settings(web.port), timeoutSeconds: 1 });
    await expect(builtIn('kafka').onEvent(sampleEvent(), context)).rejects.toThrow('has not answered within 1000 ms');
  });
});

test.each([
  [{ user: 'a' }, 'User and password go together'],
  [{ user: 'a', password: 'b' }, 'switch TLS on'],
  [{ topic: 'a b' }, 'name of a topic'],
  [{ brokers: 'kafka' }, 'kafka.example.com:9093'],
])('settings that do not hold are refused: %o', async (more, words) => {
  await expect(builtIn('kafka').open!(sampleContext({ ...settings(1), ...more }))).rejects.toThrow(words);
});

async function tellOnce(options: KafkaBrokerOptions): Promise<string> {
  await using broker = await startKafkaBroker(options);
  const call = builtIn('kafka').onEvent(sampleEvent(), sampleContext(settings(broker.port)));
  return await Promise.resolve(call).then(() => 'heard', String);
}
