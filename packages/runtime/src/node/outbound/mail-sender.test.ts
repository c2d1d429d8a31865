import net, { type AddressInfo } from 'node:net';
import type { OutboundMail } from '@vaquita/plugins';
import { expect, onTestFinished, test } from 'vitest';
import { serveMail } from '../../testing/mail-server.ts';
import { selfSigned } from '../../testing/self-signed.ts';
import { createGuard } from './guard.ts';
import { createMailSender } from './mail-sender.ts';

const certificate = selfSigned(['relay.test']);
const HERE = [{ address: '127.0.0.1', family: 4 }];
const sender = createMailSender({ guard: createGuard(['127.0.0.1'], async () => HERE), trust: [certificate.cert] });

function mail(changes: Partial<OutboundMail>): OutboundMail {
  return {
    host: 'relay.test',
    port: 0,
    security: 'starttls',
    login: { user: 'vaquita', password: 'right-password' },
    from: 'Vaquita <vaquita@corp.test>',
    to: ['ann@corp.test', 'bob@corp.test'],
    cc: ['cy@corp.test'],
    subject: 'nightly failed – später\r\nBcc: eve@corp.test',
    text: 'the text',
    html: '<p>the text</p>',
    messageId: '<alert-7@vaquita>',
    headers: { 'X-Vaquita-Alert': '7', 'Auto-Submitted': 'auto-generated' },
    sentAt: Date.UTC(2026, 10, 21, 7),
    timeoutMs: 30_000,
    signal: new AbortController().signal,
    ...changes,
  };
}

test.each(['tls', 'starttls'] as const)('sends with %s and a login, as text and HTML', async (security) => {
  const { port, kept } = await serveMail({ ...certificate, secure: security === 'tls' });
  const result = await sender.send(mail({ port, security }));
  expect(result).toMatchObject({ ok: true, refused: [], answer: expect.stringContaining('taken as 7') });
  expect(kept).toHaveLength(1);
  const to = ['ann@corp.test', 'bob@corp.test', 'cy@corp.test'];
  expect(kept[0]).toMatchObject({ from: 'vaquita@corp.test', to, encrypted: true, user: 'vaquita' });
  const { raw } = kept[0]!;
  expect(raw).toMatch(/^Message-ID: <alert-7@vaquita>\r$/m);
  expect(raw).toMatch(/^Date: Sat, 21 Nov 2026 07:00:00 \+0000\r$/m);
  expect(raw).toMatch(/^X-Vaquita-Alert: 7\r$/m);
  expect(raw).toMatch(/^Content-Type: multipart\/alternative/m);
  expect(raw).toContain('<p>the text</p>');
  expect(raw).not.toMatch(/^Bcc:/im);
});

test('a relay in the own network may be without encryption and login', async () => {
  const { port, kept } = await serveMail({ authOptional: true, hideSTARTTLS: true });
  expect(await sender.send(mail({ port, security: 'none', login: null }))).toMatchObject({ ok: true });
  expect(kept[0]).toMatchObject({ encrypted: false, user: null });
});

test('a password is not said before the line is encrypted with a certificate that is trusted', async () => {
  const said: string[] = [];
  const plain = net.createServer((socket) => {
    socket.on('data', (bytes) => {
      said.push(bytes.toString());
      socket.write(bytes.toString().startsWith('EHLO') ? '250-relay\r\n250 AUTH PLAIN LOGIN\r\n' : '502 no\r\n');
    });
    socket.on('error', () => {});
    socket.write('220 relay\r\n');
  });
  await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void plain.close());
  const refused = await sender.send(mail({ port: (plain.address() as AddressInfo).port }));
  expect(refused).toMatchObject({ ok: false });
  expect(said.join('')).not.toMatch(/AUTH|MAIL/);

  const { port, kept } = await serveMail({ ...selfSigned(['relay.test']) });
  expect(await sender.send(mail({ port }))).toMatchObject({ ok: false, failure: 'network' });
  const other = await serveMail({ ...certificate });
  expect(await sender.send(mail({ host: 'other.test', port: other.port }))).toMatchObject({ failure: 'network' });
  expect([...kept, ...other.kept]).toEqual([]);
});

test('tells a no from a not now, and who was refused', async () => {
  const { port, kept } = await serveMail({
    ...certificate,
    onRcptTo({ address }, _session, done) {
      if (address === 'bob@corp.test') return done(new Error('no such mailbox'));
      if (address === 'cy@corp.test') return done(Object.assign(new Error('later'), { responseCode: 451 }));
      return done();
    },
  });
  expect(await sender.send(mail({ port }))).toMatchObject({ ok: true, refused: ['bob@corp.test', 'cy@corp.test'] });
  expect(kept[0]).toMatchObject({ to: ['ann@corp.test'] });
  const only = (to: string) => sender.send(mail({ port, to: [to], cc: [] }));
  expect(await only('bob@corp.test')).toMatchObject({ failure: 'rejected', temporary: false });
  expect(await only('cy@corp.test')).toMatchObject({ failure: 'rejected', temporary: true });
  const wrong = await sender.send(mail({ port, login: { user: 'vaquita', password: 'wrong-password' } }));
  expect(wrong).toMatchObject({ failure: 'rejected', temporary: false });
  expect(JSON.stringify(wrong)).not.toContain('wrong-password');
});

test('O1, O5: is refused inside, and ends with the time or when it is given up', async () => {
  const closed = Promise.withResolvers<void>();
  const silent = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.once('close', () => closed.resolve());
  });
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void silent.close());
  const { port } = silent.address() as AddressInfo;

  const strict = createMailSender({ guard: createGuard([], async () => HERE) });
  expect(await strict.send(mail({ port }))).toMatchObject({ failure: 'refused' });
  expect(await sender.send(mail({ port, timeoutMs: 50 }))).toMatchObject({ failure: 'timeout' });
  await closed.promise;
  const control = new AbortController();
  silent.once('connection', () => control.abort());
  expect(await sender.send(mail({ port, signal: control.signal }))).toMatchObject({ failure: 'stopped' });
});

test('a server that hangs up is a broken connection, whenever it does', async () => {
  const rude = net.createServer((socket) => {
    socket.on('error', () => {});
    if (rude.listenerCount('after-greeting') > 0) socket.write('220 relay\r\n', () => socket.resetAndDestroy());
    else socket.resetAndDestroy();
  });
  await new Promise<void>((resolve) => rude.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void rude.close());
  const { port } = rude.address() as AddressInfo;
  expect(await sender.send(mail({ port }))).toMatchObject({ ok: false, failure: 'network' });
  rude.on('after-greeting', () => {});
  expect(await sender.send(mail({ port }))).toMatchObject({ ok: false, failure: 'network' });
});
