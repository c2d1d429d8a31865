/** E-mail over SMTP (RFC 5321), as text and as an HTML table. */
import { sha256Hex } from '@vaquita/core';
import * as z from 'zod';
import { defineChannel } from '../channel.ts';
import { destination, line, secret } from '../form.ts';
import { mailHtml, mailText } from '../rendering/mail.ts';
import { cut, headline } from '../rendering/words.ts';
import { sendFailure } from '../send-result.ts';

const MAX_SUBJECT = 200;
const MAX_PEOPLE = 100;
const ADDRESS = /^[^\s<>@,;:"]+@[\w.-]+$/;
const NAMED_ADDRESS = /^(?:[^<>@,;:"\r\n]+<[^\s<>@,;:"]+@[\w.-]+>|[^\s<>@,;:"]+@[\w.-]+)$/;

function addresses() {
  return z.array(z.string().max(320).regex(ADDRESS, 'This must be an e-mail address')).max(MAX_PEOPLE);
}

export const email = defineChannel({
  name: 'email',
  title: 'E-mail',
  settings: z
    .strictObject({
      host: destination(
        z
          .string()
          .max(253)
          .regex(/^[\w.:-]+$/, 'This must be a host name or an address'),
        {
          title: 'SMTP server',
          examples: ['smtp.example.com'],
        },
      ),
      port: destination(z.int().min(1).max(65_535).default(587), { title: 'Port' }),
      security: destination(z.enum(['starttls', 'tls', 'none']).default('starttls'), {
        title: 'Encryption',
        description: 'starttls usually goes with port 587, tls with 465. The certificate is always checked.',
      }),
      user: line({ title: 'User' }).optional(),
      password: secret({ title: 'Password' }).optional(),
      from: z
        .string()
        .max(320)
        .regex(NAMED_ADDRESS, 'This must be an e-mail address, or a name and an address in angle brackets')
        .meta({ title: 'From', examples: ['Vaquita <vaquita@example.com>'] }),
      to: addresses().min(1).meta({ title: 'To' }),
      cc: addresses().default([]).meta({ title: 'Copy to' }),
      subjectPrefix: z
        .string()
        .max(50)
        .regex(/^[^\r\n]*$/)
        .default('[Vaquita]')
        .meta({ title: 'Before the subject' }),
    })
    .refine(({ user, password }) => (user === undefined) === (password === undefined), {
      path: ['password'],
      message: 'A user and a password go together',
    })
    .refine(({ password, security }) => password === undefined || security !== 'none', {
      path: ['security'],
      message: 'A password is only sent over an encrypted connection: use starttls or tls',
    }),
  async send(delivery, settings, ports) {
    const { message } = delivery;
    const { host, port, security, user, password, from, to, cc, subjectPrefix } = settings;
    const domain = from.replace(/>$/, '').split('@').at(-1);
    const sent = await ports.mail.send({
      host,
      port,
      security,
      login: user === undefined || password === undefined ? null : { user, password },
      from,
      to,
      cc,
      subject: cut(`${subjectPrefix} ${headline(message)}`.trim(), MAX_SUBJECT),
      text: mailText(message),
      html: mailHtml(message),
      messageId: `<${delivery.id}@${domain}>`,
      headers: {
        // RFC 3834: answers by machines are not wanted.
        'Auto-Submitted': 'auto-generated',
        'X-Vaquita-Alert': delivery.id,
        // Mails about one thing stand together.
        References: `<${(await sha256Hex(message.subject)).slice(0, 32)}.subject@${domain}>`,
      },
      sentAt: ports.clock.now(),
      timeoutMs: delivery.timeoutMs,
      signal: delivery.signal,
    });
    if (sent.ok) {
      const not = sent.refused.length === 0 ? '' : `, but not taken for ${sent.refused.join(', ')}`;
      return { ok: true, answer: `${sent.answer}${not}` };
    }
    if (sent.failure === 'rejected') return sendFailure(sent.temporary ? 'server_error' : 'rejected', sent.message);
    return sendFailure(sent.failure === 'bad_request' ? 'bad_settings' : sent.failure, sent.message);
  },
});
