/**
 * One connection to a NATS server, for publishing: https://docs.nats.io/reference/reference-protocols/nats-protocol
 *
 * N1 It connects to the servers that were entered and to no other: what a server says of its cluster is not followed.
 * N2 A message counts as sent when the server has answered what was asked after it, and has not said no before.
 * N3 No password is said before the connection is encrypted, where encryption was asked for.
 */

import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import type { NatsAccess, Peer } from '@vaquita/plugins';
import { TLS_HINT } from './broker-link.ts';
import { brokenOff, openSocket, type SocketMeans, startTls } from './guarded-socket.ts';
import { loginFields } from './nats-login.ts';
import { createNatsParser, type NatsInfo, type NatsSaid } from './nats-parser.ts';

export interface NatsPublication {
  readonly subject: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface NatsClient {
  readonly peer: string;
  isOpen(): boolean;
  /** The server has taken it. */
  publish(publication: NatsPublication): Promise<void>;
  /** The answer of whoever takes it; its status is 503 when nobody does. */
  request(publication: NatsPublication): Promise<{ readonly status: number | null; readonly payload: string }>;
  destroy(): void;
}

/** Connects and signs in; the signal breaks that off. */
export async function openNats(
  peer: Peer,
  { access, means, signal }: { readonly access: NatsAccess; readonly means: SocketMeans; readonly signal: AbortSignal },
): Promise<NatsClient> {
  let socket: Socket = await openSocket(peer, means, signal);
  const stop = () => socket.destroy();
  signal.addEventListener('abort', stop, { once: true });
  const name = `${peer.host}:${peer.port}`;
  try {
    const info = await readInfo(socket, name);
    checkTls(access, info, name);
    if (access.tls !== null) socket = await startTls(socket, peer, { order: access.tls, trust: means.trust, signal });
    return await signIn(speak(socket, name, info), access, info);
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** The server speaks first. What comes with the same piece is none of its words before the client has answered. */
function readInfo(socket: Socket, peer: string): Promise<NatsInfo> {
  const parser = createNatsParser();
  const done = Promise.withResolvers<NatsInfo>();
  const broken = () => done.reject(brokenOff(peer));
  const read = (piece: Buffer) => {
    try {
      const [said] = parser.read(piece);
      if (said?.kind === 'info') done.resolve(said.info);
      else if (said) throw new Error('what answers there is no NATS server');
    } catch {
      done.reject(new Error(`${peer} is not understood: what answers there is no NATS server${TLS_HINT}`));
    }
  };
  socket.on('data', read).once('close', broken);
  return done.promise.finally(() => socket.off('data', read).off('close', broken));
}

function checkTls({ tls }: NatsAccess, info: NatsInfo, peer: string): void {
  const offered = info.tls_required === true || info.tls_available === true;
  if (tls === null && info.tls_required) throw new Error(`${peer} asks for TLS: switch TLS on`);
  if (tls !== null && !offered) throw new Error(`${peer} does not offer TLS: switch TLS off, or set it up there`);
}

type Speaking = NatsClient & { connect(fields: object): Promise<void> };

async function signIn(client: Speaking, { tls, login, clientName }: NatsAccess, info: NatsInfo): Promise<NatsClient> {
  if (!info.headers) throw new Error(`${client.peer} is too old to take headers: it must be NATS 2.2 or newer`);
  await client.connect({
    verbose: false,
    pedantic: false,
    echo: false,
    headers: true,
    no_responders: true,
    protocol: 1,
    lang: 'vaquita',
    version: '1',
    name: clientName,
    tls_required: tls !== null,
    ...loginFields(login, info.nonce ?? ''),
  });
  return client;
}

interface Waiting<T> {
  resolve(value: T): void;
  reject(error: Error): void;
}

type Answer = Extract<NatsSaid, { kind: 'message' }>;

function speak(
  socket: Socket,
  peer: string,
  { max_payload: maxPayload = Number.MAX_SAFE_INTEGER }: NatsInfo,
): Speaking {
  const parser = createNatsParser();
  const pongs: Waiting<void>[] = [];
  const answers = new Map<string, Waiting<Answer>>();
  const inbox = `_INBOX.${randomBytes(11).toString('hex')}`;
  let asked = 0;
  let ended: Error | null = null;
  /** Of a publication: it comes before the pong of the ping after it (N2). */
  let refusal: Error | null = null;

  function end(error: Error): void {
    ended ??= error;
    socket.destroy();
    for (const one of [...pongs.splice(0), ...answers.values()]) one.reject(ended);
    answers.clear();
  }

  function hear(said: NatsSaid): void {
    if (said.kind === 'ping') socket.write('PONG\r\n');
    else if (said.kind === 'error') {
      const error = new Error(`${peer} said no: ${adviceFor(said.text)} (${said.text})`);
      // All others are followed by the end of the connection.
      if (/^Permissions Violation/i.test(said.text)) refusal = error;
      else end(error);
    } else if (said.kind === 'pong') {
      const first = pongs.shift();
      const wrong = refusal;
      refusal = null;
      if (wrong) first?.reject(wrong);
      else first?.resolve();
    } else if (said.kind === 'message') {
      answers.get(said.subject)?.resolve(said);
      answers.delete(said.subject);
    }
  }

  socket.on('close', () => end(brokenOff(peer)));
  socket.on('data', (piece) => {
    try {
      for (const said of parser.read(piece)) hear(said);
    } catch (error) {
      end(new Error(`${peer} is not understood: ${(error as Error).message}`));
    }
  });

  /** Sends it with a ping behind it; resolves with the pong. */
  function say(...pieces: (string | Buffer)[]): Promise<void> {
    if (ended !== null) return Promise.reject(ended);
    return new Promise((resolve, reject) => {
      pongs.push({ resolve, reject });
      socket.write(Buffer.concat([...pieces, 'PING\r\n'].map((piece) => Buffer.from(piece))));
    });
  }

  function frame({ subject, headers, body }: NatsPublication, replyTo: string | null): Buffer {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const head = Buffer.from(`NATS/1.0\r\n${lines.join('')}\r\n`);
    const payload = Buffer.from(body);
    const size = head.length + payload.length;
    if (size > maxPayload) {
      throw new Error(`The event has ${size} bytes, and ${peer} takes ${maxPayload}: raise max_payload there`);
    }
    const reply = replyTo === null ? '' : ` ${replyTo}`;
    const line = Buffer.from(`HPUB ${subject}${reply} ${head.length} ${size}\r\n`);
    return Buffer.concat([line, head, payload, Buffer.from('\r\n')]);
  }

  return {
    peer,
    isOpen: () => ended === null,
    connect: (fields) => say(`CONNECT ${JSON.stringify(fields)}\r\n`),
    publish: async (publication) => say(frame(publication, null)),
    async request(publication) {
      asked += 1;
      const replyTo = `${inbox}.${asked}`;
      const framed = frame(publication, replyTo);
      const answer = new Promise<Answer>((resolve, reject) => answers.set(replyTo, { resolve, reject }));
      answer.catch(() => undefined);
      // A refusal comes as an error before the pong; then there is no answer to wait for.
      const subscribe = asked === 1 ? `SUB ${inbox}.* 1\r\n` : '';
      try {
        await say(subscribe, framed);
        return await answer;
      } finally {
        answers.delete(replyTo);
      }
    },
    destroy: () => end(brokenOff(peer)),
  };
}

function adviceFor(text: string): string {
  if (/authorization|authentication/i.test(text))
    return 'it does not accept who this is: check user, password, token or key';
  if (/^Permissions Violation for Subscription/i.test(text))
    return 'the user may not hear answers: let it subscribe to _INBOX.>';
  if (/^Permissions Violation/i.test(text)) return 'the user may not publish there: let it publish to the subject';
  if (/maximum connections/i.test(text)) return 'it has too many connections';
  if (/payload/i.test(text)) return 'the event is too large for it';
  return 'it closes the connection';
}
