/**
 * Sends one mail over SMTP, on a connection of its own that the guard has let through (O1 to O3 in `guard.ts`) and that
 * is closed when the time is over or the caller gives up. nodemailer speaks the protocol and composes the message.
 */
import net, { type Socket } from 'node:net';
import nodemailer from 'nodemailer';
import { answerWith, tlsOptions } from './connect.ts';
import { fail, networkFailure, type OutboundFailure } from './failures.ts';
import type { Guard } from './guard.ts';

export interface MailRequest {
  readonly host: string;
  readonly port: number;
  /** `tls` from the first byte, `starttls` before anything is said; `none` is for relays that know no better. */
  readonly security: 'tls' | 'starttls' | 'none';
  /** Null: the relay asks for none. */
  readonly login: { readonly user: string; readonly password: string } | null;
  readonly from: string;
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** With angle brackets. The same for every try, so that a mailbox can tell a second one. */
  readonly messageId: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Epoch milliseconds. */
  readonly sentAt: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export type MailResult =
  | { readonly ok: true; readonly answer: string; readonly refused: readonly string[] }
  | OutboundFailure
  /** The server has said no. 4xx: not now (RFC 5321, 4.2.1). */
  | {
      readonly ok: false;
      readonly failure: 'rejected';
      readonly temporary: boolean;
      readonly message: string;
    };

export interface MailSender {
  /** Never rejects. */
  send(mail: MailRequest): Promise<MailResult>;
}

export interface MailSenderOptions {
  readonly guard: Guard;
  /** Certificates (PEM) of authorities that are trusted beside those that Node trusts. */
  readonly trust?: readonly string[];
}

/** An answer of a mail server is a line or a few. */
const MAX_ANSWER_BYTES = 16_384;

export function createMailSender({ guard, trust = [] }: MailSenderOptions): MailSender {
  async function send(mail: MailRequest): Promise<MailResult> {
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

function connect({ host, port }: MailRequest, lookup: net.LookupFunction, signal: AbortSignal): Promise<Socket> {
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

async function deliver(mail: MailRequest, connection: Socket, { trust, signal }: Means): Promise<MailResult> {
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
