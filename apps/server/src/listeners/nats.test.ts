import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';
import { sampleContext, sampleEvent } from '@vaquita/plugins/testing';
import { createGuard, type NatsClient, openNats } from '@vaquita/runtime/node/listeners';
import {
  NATS_BINARY,
  NO_NATS,
  type ServerProcess,
  selfSigned,
  serveNothing,
  startNats,
} from '@vaquita/runtime/testing';
import { describe, expect, test } from 'vitest';
import { builtIn, type CloudEvent, describeBrokerListener } from '../testing/broker-contract.ts';

const settings = (port: number) => ({ servers: `127.0.0.1:${port}`, tls: false });
const INFO = 'INFO {"server_id":"x","version":"2.9.0","headers":true,"max_payload":1048576}\r\n';

async function withClient<T>(server: ServerProcess, work: (client: NatsClient) => Promise<T>): Promise<T> {
  const access = { tls: null, login: { kind: 'none' }, clientName: 'test' } as const;
  const means = { guard: createGuard(['127.0.0.1']), trust: [] };
  const { signal } = new AbortController();
  const client = await openNats({ host: '127.0.0.1', port: server.port }, { access, means, signal });
  try {
    return await work(client);
  } finally {
    client.destroy();
  }
}

/** https://docs.nats.io/reference/reference-protocols/nats_api_reference */
async function api(client: NatsClient, subject: string, body: object) {
  const { payload } = await client.request({ subject: `$JS.API.${subject}`, headers: {}, body: JSON.stringify(body) });
  const answer = JSON.parse(payload);
  if (answer.error) throw new Error(payload);
  return answer;
}

const makeStream = (server: ServerProcess) =>
  withClient(server, (client) => api(client, 'STREAM.CREATE.VAQUITA', { name: 'VAQUITA', subjects: ['vaquita.>'] }));

interface Stored {
  readonly subject: string;
  readonly data: string;
  readonly hdrs: string;
}

function stored(server: ServerProcess): Promise<readonly Stored[]> {
  return withClient(server, async (client) => {
    const { state } = await api(client, 'STREAM.INFO.VAQUITA', {});
    const messages: Stored[] = [];
    for (let seq = 1; seq <= state.last_seq; seq += 1) {
      messages.push((await api(client, 'STREAM.MSG.GET.VAQUITA', { seq })).message);
    }
    return messages;
  });
}

const text = (base64: string) => Buffer.from(base64, 'base64').toString();

describe.skipIf(NATS_BINARY === undefined)(`nats ${NATS_BINARY ? '' : `(${NO_NATS})`}`, () => {
  describeBrokerListener({
    plugin: 'nats',
    settings,
    greeting: INFO,
    start: () => startNats(),
    prepare: async (server) => void (await makeStream(server)),
    read: async (server) => (await stored(server)).map(({ data }) => JSON.parse(text(data)) as CloudEvent),
  });

  test('the stream tells a second try by the id of the event, and the subject can say its type', async () => {
    await using server = await startNats();
    await makeStream(server);
    const plugin = builtIn('nats');
    const context = sampleContext({ ...settings(server.port), subject: 'vaquita.{type}' });
    for (const seq of [1, 1, 2, 2]) await plugin.onEvent(sampleEvent(seq), context);
    const messages = await stored(server);
    expect(messages.map(({ subject }) => subject)).toEqual(['vaquita.workflow.failed', 'vaquita.workflow.failed']);
    expect(text(messages[0]!.hdrs)).toContain(`Nats-Msg-Id: ${sampleEvent(1).id}\r\n`);
    expect(text(messages[0]!.hdrs)).toContain('content-type: application/cloudevents+json');
  });

  test('without a stream that takes the subject nothing counts as heard', async () => {
    await using server = await startNats();
    const call = builtIn('nats').onEvent(sampleEvent(), sampleContext(settings(server.port)));
    await expect(call).rejects.toThrow('No stream takes the subject vaquita.events');
  });

  test('core: whoever listens hears it, in order, and nobody has to', async () => {
    await using server = await startNats();
    const plugin = builtIn('nats');
    const context = sampleContext({ ...settings(server.port), mode: 'core', subject: 'v.{type}' });
    await plugin.onEvent(sampleEvent(1), context);
    const heard: string[] = [];
    const listener = net.connect(server.port, '127.0.0.1');
    listener.on('data', (piece) => heard.push(String(piece)));
    listener.write('CONNECT {"verbose":false,"headers":true}\r\nSUB v.> 1\r\nPING\r\n');
    await expect.poll(() => heard.join('')).toContain('PONG');
    for (const seq of [2, 3]) await plugin.onEvent(sampleEvent(seq), context);
    const ids = () => [...heard.join('').matchAll(/Nats-Msg-Id: (\S+)/g)].map(([, id]) => id);
    await expect.poll(ids).toEqual([sampleEvent(2).id, sampleEvent(3).id]);
    listener.destroy();
    await once(listener, 'close');
  });

  test.each([
    [
      'password',
      'authorization { user: u, password: right-password }',
      { user: 'u', password: 'right-password' },
      { user: 'u', password: 'wrong-password' },
    ],
    ['token', 'authorization { token: the-right-token }', { token: 'the-right-token' }, { token: 'the-wrong-token' }],
  ])('%s: the right one is let in, a wrong one and none are not', async (_name, config, right, wrong) => {
    await using server = await startNats({ config });
    const open = (more: object) => builtIn('nats').open!(sampleContext({ ...settings(server.port), ...more }));
    await open(right);
    for (const login of [wrong, {}]) await expect(open(login)).rejects.toThrow('does not accept who this is');
  });

  test('a key signs what the server asks, and a seed with a typing error is found before', async () => {
    const { seed, name } = nkey();
    await using server = await startNats({ config: `authorization { users = [ { nkey: ${name} } ] }` });
    const open = (nkeySeed: string) => builtIn('nats').open!(sampleContext({ ...settings(server.port), nkeySeed }));
    await open(seed);
    await expect(open(nkey().seed)).rejects.toThrow('does not accept who this is');
    const typo = seed.slice(0, 20) + (seed[20] === 'A' ? 'B' : 'A') + seed.slice(21);
    await expect(open(typo)).rejects.toThrow('look for a typing error');
  });

  test('a user who may not publish there is told so, and may go on elsewhere', async () => {
    const config =
      'authorization { users = [ { user: u, password: right-password, permissions: { publish: ["ok.>"], subscribe: ["_INBOX.>"] } } ] }';
    await using server = await startNats({ config });
    const plugin = builtIn('nats');
    for (const mode of ['core', 'jetstream']) {
      const context = sampleContext({
        ...settings(server.port),
        user: 'u',
        password: 'right-password',
        subject: 'no.way',
        mode,
      });
      await expect(plugin.onEvent(sampleEvent(), context)).rejects.toThrow('the user may not publish there');
    }
    const allowed = {
      ...settings(server.port),
      user: 'u',
      password: 'right-password',
      subject: 'ok.way',
      mode: 'core',
    };
    await plugin.onEvent(sampleEvent(), sampleContext(allowed));
  });

  test('over TLS, with a certificate that is trusted only, and never without when it is asked for', async () => {
    const certificate = selfSigned(['127.0.0.1']);
    await using server = await startNats({ certificate });
    const open = (more: object) => builtIn('nats').open!(sampleContext({ ...settings(server.port), ...more }));
    await open({ tls: true, tlsAuthority: certificate.cert });
    await expect(open({ tls: true })).rejects.toThrow('certificate');
    await expect(open({ tls: false })).rejects.toThrow('asks for TLS: switch TLS on');
  });

  test('N3: a server that offers no TLS is not told the password', async () => {
    const plain = await serveNothing(INFO);
    const open = builtIn('nats').open!(sampleContext({ ...settings(plain.port), tls: true, user: 'u', password: 'p' }));
    await expect(open).rejects.toThrow('does not offer TLS');
  });

  test('of several servers the first that is there is taken', async () => {
    await using server = await startNats();
    const gone = await startNats();
    await gone[Symbol.asyncDispose]();
    const servers = `127.0.0.1:${gone.port}, 127.0.0.1:${server.port}`;
    await builtIn('nats').open!(sampleContext({ ...settings(0), servers }));
  });

  test('an event that is too large is not sent', async () => {
    await using server = await startNats({ config: 'max_payload: 2000' });
    const event = sampleEvent(1, { data: { text: 'x'.repeat(3_000) } });
    const call = builtIn('nats').onEvent(event, sampleContext(settings(server.port)));
    await expect(call).rejects.toThrow('raise max_payload there');
  });
});

test('what is no NATS server is said to be none', async () => {
  const web = await serveNothing('HTTP/1.1 400 Bad Request\r\n\r\n');
  await expect(builtIn('nats').open!(sampleContext(settings(web.port)))).rejects.toThrow('no NATS server');
});

test.each([
  [{ token: 'a', nkeySeed: 'b' }, 'Only one of'],
  [{ user: 'a' }, 'User and password go together'],
  [{ subject: 'a.*' }, 'without * and >'],
  [{ servers: 'nats://x' }, 'nats.example.com:4222'],
])('settings that do not hold are refused: %o', async (more, words) => {
  await expect(builtIn('nats').open!(sampleContext({ ...settings(1), ...more }))).rejects.toThrow(words);
});

/** As `nk -gen user` makes them, by the description in https://github.com/nats-io/nkeys. */
function nkey(): { seed: string; name: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const bytesOf = (field: string | undefined) => Buffer.from(field ?? '', 'base64url');
  const pub = bytesOf(publicKey.export({ format: 'jwk' }).x);
  const own = bytesOf(privateKey.export({ format: 'jwk' }).d);
  const user = 20 << 3;
  const head = Buffer.from([(18 << 3) | (user >> 5), (user & 31) << 3]);
  return { seed: encode(Buffer.concat([head, own])), name: encode(Buffer.concat([Buffer.from([user]), pub])) };
}

function encode(bytes: Buffer): string {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff;
  }
  const all = [...bytes, crc & 0xff, crc >> 8];
  const bits = all.map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const signs = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  return bits
    .match(/.{1,5}/g)!
    .map((five) => signs[Number.parseInt(five.padEnd(5, '0'), 2)])
    .join('');
}
