import { once } from 'node:events';
import net from 'node:net';
import { sampleDelivery } from '@vaquita/plugins/testing';
import { expect, onTestFinished, test } from 'vitest';
import { serve } from '../../testing/index.ts';
import { type AlertSenderOptions, openAlertSender } from './sender.ts';

const LOCAL = { allow: ['127.0.0.1'], proxy: null, trust: [] };

function open(options: Partial<AlertSenderOptions> = {}) {
  const sender = openAlertSender({ ...LOCAL, ...options });
  onTestFinished(() => sender.close());
  return sender;
}

const webhook = (port: number) => ({ channel: 'webhook', settings: { url: `http://127.0.0.1:${port}/alerts` } });

/** Takes connections and never answers. */
async function deafServer() {
  const sockets: net.Socket[] = [];
  const server = net.createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.resume();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { server, sockets, port: (server.address() as net.AddressInfo).port };
}

test('an alert is sent from the thread, within what the operator allows', async () => {
  const { port, seen } = await serve((_request, response) => response.writeHead(202).end('taken'));
  expect(await open().send(sampleDelivery(), webhook(port))).toEqual({ ok: true, answer: '202 taken' });
  expect(seen).toHaveLength(1);
  const refused = await open({ allow: [] }).send(sampleDelivery(), webhook(port));
  expect(refused).toMatchObject({ ok: false, reason: 'refused' });
  expect(seen).toHaveLength(1);
});

test('fifty channels that hang do not hold up others, and what is given up is hung up (A3)', async () => {
  const sender = open();
  const deaf = await deafServer();
  const { port, seen } = await serve((_request, response) => response.writeHead(200).end('ok'));
  const control = new AbortController();
  const hanging = Array.from({ length: 50 }, (_, n) =>
    sender.send(sampleDelivery({ id: `hung-${n}`, timeoutMs: 600_000, signal: control.signal }), webhook(deaf.port)),
  );
  while (deaf.sockets.length < 50) await once(deaf.server, 'connection');
  const others = Array.from({ length: 20 }, () => sender.send(sampleDelivery(), webhook(port)));
  expect((await Promise.all(others)).every(({ ok }) => ok)).toBe(true);
  expect(seen).toHaveLength(20);
  const closed = deaf.sockets.map((socket) => once(socket, 'close'));
  control.abort();
  const ends = await Promise.all(hanging);
  expect(new Set(ends.map((end) => !end.ok && end.reason))).toEqual(new Set(['stopped']));
  await Promise.all(closed);
});

test('a thread that dies fails what was under way as to be tried again, and the next send has a new one (A1, A2)', async () => {
  const why: string[] = [];
  // Dies at whatever it is told to send, but for what a counter beside it has seen once.
  const entry = new URL(
    `data:text/javascript,${encodeURIComponent(`
      import { parentPort } from 'node:worker_threads';
      parentPort.on('message', ({ kind, id, delivery }) => {
        if (kind === 'stop') parentPort.postMessage({ id, result: { ok: false, reason: 'stopped' } });
        else if (delivery.id === 'deadly') setImmediate(() => { throw new Error('broken'); });
        else if (delivery.id === 'answered') parentPort.postMessage({ id, result: { ok: true, answer: 'new' } });
      });`)}`,
  );
  const sender = open({ entry, ended: (text) => why.push(text) });
  const waiting = sender.send(sampleDelivery({ id: 'waits' }), webhook(1));
  const deadly = sender.send(sampleDelivery({ id: 'deadly' }), webhook(1));
  for (const result of await Promise.all([waiting, deadly])) {
    expect(result).toMatchObject({ ok: false, retryable: true, message: expect.stringContaining('broken') });
  }
  expect(why).toEqual(['broken']);
  // Within the pause: they wait for the new thread, or for being given up.
  const control = new AbortController();
  const stopped = sender.send(sampleDelivery({ id: 'waits', signal: control.signal }), webhook(1));
  const again = sender.send(sampleDelivery({ id: 'answered' }), webhook(1));
  control.abort();
  expect(await stopped).toMatchObject({ ok: false, reason: 'stopped' });
  expect(await again).toEqual({ ok: true, answer: 'new' });
});

test('closing gives up what is under way, and takes nothing more', async () => {
  const sender = open();
  const deaf = await deafServer();
  const hanging = sender.send(sampleDelivery({ timeoutMs: 600_000 }), webhook(deaf.port));
  await once(deaf.server, 'connection');
  const closed = once(deaf.sockets[0]!, 'close');
  await sender.close();
  expect(await hanging).toMatchObject({ ok: false, reason: 'stopped' });
  await closed;
  expect(await sender.send(sampleDelivery(), webhook(deaf.port))).toMatchObject({ ok: false, reason: 'stopped' });
});

test('what cannot cross to the thread is said to be so', async () => {
  const target = { channel: 'webhook', settings: { url: () => 'no' } };
  expect(await open().send(sampleDelivery(), target)).toMatchObject({ ok: false, reason: 'bad_settings' });
});
