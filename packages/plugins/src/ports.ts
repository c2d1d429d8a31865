/** What channels need of the machine they run on. The runtime implements these behind the guard against inner addresses. */
import type { Clock } from '@vaquita/core';

export interface ChannelPorts {
  readonly http: OutboundHttp;
  readonly mail: MailSender;
  readonly clock: Clock;
  /** Only where runs can be filed. */
  readonly runs?: RunStarter;
}

export interface RunStarter {
  /** Never rejects. One key starts one run, however often it is asked for. */
  start(order: RunOrder): Promise<RunStarted | RunNotStarted>;
}

export interface RunOrder {
  /** An id. */
  readonly key: string;
  readonly project: string;
  readonly workflow: string;
  /** The workflow must have them. */
  readonly params: Readonly<Record<string, string>>;
  /** Given as far as the workflow has them. */
  readonly offered: Readonly<Record<string, string>>;
}

export interface RunStarted {
  readonly ok: true;
  /** Which run it is, for people. */
  readonly answer: string;
}

export interface RunNotStarted {
  readonly ok: false;
  /** `refused`: not like this, and the message says why. `unavailable`: not now. */
  readonly failure: 'refused' | 'unavailable';
  readonly message: string;
}

export interface OutboundHttp {
  /** Never rejects. */
  request(request: OutboundRequest): Promise<OutboundAnswer | OutboundFailure>;
}

export interface OutboundRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** For everything together: looking up, connecting, redirects, reading the answer. */
  readonly timeoutMs: number;
  readonly maxAnswerBytes: number;
  readonly maxRedirects: number;
  readonly signal: AbortSignal;
}

export interface OutboundAnswer {
  readonly ok: true;
  readonly status: number;
  /** Names in lower case; what came more than once is joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** False when the answer went on past the bound. */
  readonly complete: boolean;
}

export interface OutboundFailure {
  readonly ok: false;
  /**
   * `refused`: the operator does not let this server connect there. `bad_request`: it cannot be sent, such as to an
   * address that is none. `network`: no such name, nobody listens, the connection broke, the certificate is not trusted.
   * `stopped`: the signal has fired.
   */
  readonly failure: 'refused' | 'bad_request' | 'timeout' | 'network' | 'stopped';
  /** For people. Names hosts, never paths, queries or headers: those hold secrets. */
  readonly message: string;
}

export interface MailSender {
  /** Never rejects. */
  send(mail: OutboundMail): Promise<MailResult>;
}

export type MailResult = MailAnswer | OutboundFailure | MailRejection;

export interface OutboundMail {
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

export interface MailAnswer {
  readonly ok: true;
  readonly answer: string;
  /** Addresses the server did not take; at least one was taken. */
  readonly refused: readonly string[];
}

export interface MailRejection {
  readonly ok: false;
  readonly failure: 'rejected';
  /** The server says: not now. */
  readonly temporary: boolean;
  readonly message: string;
}
