/**
 * Sends one mail over SMTP, on a connection of its own that the guard has let through (O1 to O3 in `guard.ts`) and that
 * is closed when the time is over or the caller gives up. nodemailer speaks the protocol and composes the message.
 */
import net, { type Socket } from 'node:net';
import type { MailResult, MailSender, OutboundMail } from '@vaquita/plugins';
import nodemailer from 'nodemailer';
import { answerWith, tlsOptions } from './connect.ts';
import { fail, networkFailure } from './failures.ts';
import type { Guard } from './guard.ts';

export interface MailSenderOptions {
  readonly guard: Guard;
  /** Certificates (PEM) of authorities that are trusted beside those that Node trusts. */
  readonly trust?: readonly string[];
}

/** An answer of a mail server is a line or a few. */
const MAX_ANSWER_BYTES = 16_384;

export function createMailSender({ guard, trust = [] }: MailSenderOptions): MailSender {
  async function send(mail: OutboundMail): Promise<MailResult> {
    const limit = AbortSignal.timeout(mail.timeoutMs);
    const signal = AbortSignal.any([mail.signal, limit]);
    let socket: Socket | null = null;
    try {
      const checked = await guard.check(mail.host);
      if (!checked.ok) return checked;
      signal.throwIfAborted();
      socket = await connect(mail, answerWith(checked.addresses), signal);
      return await deliver(mail, socket, { trust, signal });
    } catch (error) {
      if (mail.signal.aborted) return fail('stopped', `the mail over ${mail.host} was given up`);
      if (limit.aborted) return fail('timeout', `${mail.host} has not taken the mail within ${mail.timeoutMs} ms`);
      return readError(mail.host, error);
    } finally {
      socket?.destroy();
    }
  }

  return { send };
}

function connect({ host, port }: OutboundMail, lookup: net.LookupFunction, signal: AbortSignal): Promise<Socket> {
  const socket = net.connect({ host, port, lookup });
  // Between here and nodemailer nobody else listens, and a reset that nobody hears would end the process.
  socket.on('error', () => {});
  return new Promise((resolve, reject) => {
    const abort = () => {
      socket.destroy();
      reject(signal.reason);
    };
    signal.addEventListener('abort', abort, { once: true });
    socket.once('error', reject);
    socket.once('connect', () => {
      signal.removeEventListener('abort', abort);
      resolve(socket);
    });
  });
}

interface Means {
  readonly trust: readonly string[];
  readonly signal: AbortSignal;
}

async function deliver(mail: OutboundMail, connection: Socket, { trust, signal }: Means): Promise<MailResult> {
  const transport = nodemailer.createTransport({
    host: mail.host,
    port: mail.port,
    secure: mail.security === 'tls',
    requireTLS: mail.security === 'starttls',
    ignoreTLS: mail.security === 'none',
    ...(mail.login === null ? {} : { auth: { user: mail.login.user, pass: mail.login.password } }),
    tls: { ...tlsOptions(mail.host, trust), minVersion: 'TLSv1.2' },
    getSocket: (_options, done) => (connection.destroyed ? done(brokenOff()) : done(null, { connection })),
    connectionTimeout: mail.timeoutMs,
    greetingTimeout: mail.timeoutMs,
    socketTimeout: mail.timeoutMs,
    maxResponseSize: MAX_ANSWER_BYTES,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const info = await transport.sendMail({
    from: mail.from,
    to: [...mail.to],
    cc: [...mail.cc],
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    messageId: mail.messageId,
    date: new Date(mail.sentAt),
    headers: { ...mail.headers },
    signal,
  });
  return { ok: true, answer: info.response, refused: info.rejected.map((address) => String(address)) };
}

function brokenOff(): Error {
  return Object.assign(new Error('the connection was broken off'), { code: 'ECONNRESET' });
}

interface SmtpError {
  readonly code?: unknown;
  readonly responseCode?: unknown;
  readonly response?: unknown;
}

/** A server that has said no: 4xx is "not now" (RFC 5321, 4.2.1). */
function readError(host: string, thrown: unknown): MailResult {
  const { code, responseCode, response } = thrown as SmtpError;
  if (typeof responseCode === 'number' && responseCode >= 400) {
    const said = typeof response === 'string' ? response : String(responseCode);
    const what = code === 'EAUTH' ? 'does not accept the user and password' : 'does not accept the mail';
    return { ok: false, failure: 'rejected', temporary: responseCode < 500, message: `${host} ${what}: ${said}` };
  }
  if (code === 'EENVELOPE' || code === 'EMESSAGE')
    return fail('bad_request', `the mail over ${host} has no valid address`);
  if (code === 'ETLS') return fail('network', `${host} could not be reached: no encrypted connection came about`);
  return networkFailure(host, thrown);
}
