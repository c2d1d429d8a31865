import { expect, test } from 'vitest';
import { fakePorts } from '../../testing/fake-ports.ts';
import { hostileMessage, hugeMessage, NOW, sampleDelivery, sampleMessage } from '../../testing/sample-message.ts';
import { sendAlert } from '../send-alert.ts';
import { readSettings, settingsForm } from '../settings-form.ts';
import { email } from './email.ts';

const settings = {
  host: 'smtp.corp.test',
  user: 'vaquita',
  password: 'smtp-Password',
  from: 'Vaquita <vaquita@corp.test>',
  to: ['ann@corp.test', 'bob@corp.test'],
  cc: ['cy@corp.test'],
};
const target = { channel: 'email', settings };
const taken = fakePorts(() => ({ status: 500 }));
type MailServer = NonNullable<Parameters<typeof fakePorts>[1]>;
const answering = (server: MailServer) => fakePorts(() => ({ status: 500 }), server);

test('sends text and a table, over an encrypted line, with an id that stays the same for every try', async () => {
  const ports = answering(async () => ({ ok: true, answer: '250 taken', refused: [] }));
  expect(await sendAlert(sampleDelivery(), target, ports)).toEqual({ ok: true, answer: '250 taken' });
  await sendAlert(sampleDelivery({ message: sampleMessage({ state: 'resolved' }) }), target, ports);
  const [mail, resolution] = ports.mails;
  expect(mail).toMatchObject({
    host: 'smtp.corp.test',
    port: 587,
    security: 'starttls',
    login: { user: 'vaquita', password: 'smtp-Password' },
    from: settings.from,
    to: settings.to,
    cc: settings.cc,
    subject: '[Vaquita] nightly-report #12 failed',
    messageId: '<01J0DELIVERY-7@corp.test>',
    headers: {
      'Auto-Submitted': 'auto-generated',
      References: expect.stringMatching(/^<[0-9a-f]{32}\.subject@corp\.test>$/),
    },
    sentAt: NOW,
    timeoutMs: 10_000,
  });
  expect(mail!.text).toContain('The task load failed: exit code 2\n\nProject: reports\n');
  expect(mail!.text).toContain('Open the run: https://vaquita.example/runs/12?tab=log&line=3');
  expect(mail!.html).toMatch(/<table[^>]*>.*<th[^>]*>Project<\/th><td[^>]*>reports<\/td>/);
  expect(mail!.html).toContain('<a href="https://vaquita.example/runs/12?tab=log&amp;line=3"');
  expect(resolution).toMatchObject({ subject: '[Vaquita] Resolved: nightly-report #12 failed' });
  expect(resolution!.headers.References).toBe(mail!.headers.References);
});

test('a stranger writes neither headers nor HTML, and a long message has an end', async () => {
  const ports = answering(async () => ({ ok: true, answer: '250', refused: [] }));
  await sendAlert(sampleDelivery({ message: hostileMessage() }), target, ports);
  await sendAlert(sampleDelivery({ message: hugeMessage() }), target, ports);
  const [mail, huge] = ports.mails;
  expect(mail!.subject).not.toMatch(/[\r\n]/);
  expect(mail!.html).not.toMatch(/<b>|<at>|<!channel>/);
  expect(mail!.html).toContain('&lt;b&gt;b&lt;/b&gt;');
  expect(huge!.subject.length).toBeLessThanOrEqual(200);
  expect(huge!.html.length).toBeLessThan(1_000_000);
});

test.each([
  [
    { ok: true, answer: '250 ok', refused: ['bob@corp.test'] },
    { ok: true, answer: '250 ok, but not taken for bob@corp.test' },
  ],
  [
    { ok: false, failure: 'rejected', temporary: true, message: '451 later' },
    { reason: 'server_error', retryable: true },
  ],
  [
    { ok: false, failure: 'rejected', temporary: false, message: '550 no' },
    { reason: 'rejected', retryable: false },
  ],
  [
    { ok: false, failure: 'timeout', message: 'm' },
    { reason: 'timeout', retryable: true },
  ],
  [
    { ok: false, failure: 'network', message: 'm' },
    { reason: 'network', retryable: true },
  ],
  [
    { ok: false, failure: 'refused', message: 'm' },
    { reason: 'refused', retryable: false },
  ],
  [
    { ok: false, failure: 'bad_request', message: 'm' },
    { reason: 'bad_settings', retryable: false },
  ],
] as const)('decides by the answer %o', async (answer, expected) => {
  expect(
    await sendAlert(
      sampleDelivery(),
      target,
      answering(async () => answer),
    ),
  ).toMatchObject(expected);
});

test('no secret comes back, also not in the Base64 of the login', async () => {
  const login = Buffer.from('\0vaquita\0smtp-Password').toString('base64');
  const said = `535 no: smtp-Password ${login} ${Buffer.from('smtp-Password').toString('base64')}`;
  const ports = answering(async () => ({ ok: false, failure: 'rejected', temporary: false, message: said }));
  const result = JSON.stringify(await sendAlert(sampleDelivery(), target, ports));
  for (const [, part] of result.matchAll(/([\w+/=-]{8,})/g)) {
    expect(part).not.toContain('smtp-Password');
    expect(Buffer.from(part!, 'base64').toString()).not.toContain('Password');
  }
  expect(settingsForm(email).properties?.password).toMatchObject({ writeOnly: true });
});

test.each([
  [{ to: [] }],
  [{ to: ['ann@corp.test, eve@corp.test'] }],
  [{ to: ['ann@corp.test\r\nBcc: eve@corp.test'] }],
  [{ from: 'nobody' }],
  [{ from: 'A <a@corp.test>\r\nBcc: b@corp.test' }],
  [{ security: 'none' }],
  [{ user: undefined }],
  [{ port: 0 }],
  [{ host: 'a b' }],
  [{ subjectPrefix: 'a\nb' }],
])('refuses %o', async (wrong) => {
  expect(() => readSettings(email, { ...settings, ...wrong })).toThrow(
    expect.objectContaining({ code: 'bad_request' }),
  );
  const result = await sendAlert(sampleDelivery(), { channel: 'email', settings: { ...settings, ...wrong } }, taken);
  expect(result).toMatchObject({ reason: 'bad_settings' });
  expect(taken.mails).toEqual([]);
});

test('a relay without a login', () => {
  const { user: _, password: __, ...relay } = settings;
  expect(readSettings(email, { ...relay, security: 'none' })).toMatchObject({ security: 'none', port: 587 });
});
