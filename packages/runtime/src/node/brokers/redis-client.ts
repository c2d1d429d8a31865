/**
 * One connection to a Redis server: commands go out in their order, and replies come back in the same.
 *
 * R1 A connection whose order of replies is in doubt is not used again.
 * R2 A command is answered once: by its reply, or by the end of the connection.
 */

import type { Socket } from 'node:net';
import type { RedisAccess } from '@vaquita/plugins';
import { brokenOff, openSocket, type SocketMeans, startTls } from './guarded-socket.ts';
import { createReplyReader, encodeCommand, RedisError, type Reply } from './resp.ts';

export interface RedisClient {
  readonly peer: string;
  isOpen(): boolean;
  /** Rejects with a `RedisError` when the server says no, with a plain one when the connection is gone. */
  command(...parts: readonly (string | number)[]): Promise<Exclude<Reply, RedisError>>;
  /** Sends all at once; the replies may be errors. */
  commands(all: readonly (readonly (string | number)[])[]): Promise<Reply[]>;
  destroy(): void;
}

/** Connects and signs in; the signal breaks that off. */
export async function openRedis(access: RedisAccess, means: SocketMeans, signal: AbortSignal): Promise<RedisClient> {
  const plain = await openSocket(access, means, signal);
  const { tls } = access;
  const socket = tls === null ? plain : await startTls(plain, access, { order: tls, trust: means.trust, signal });
  const client = speak(socket, `${access.host}:${access.port}`);
  const stop = () => client.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    await signIn(client, access);
    return client;
  } catch (error) {
    client.destroy();
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

async function signIn(client: RedisClient, { login, database }: RedisAccess): Promise<void> {
  if (login !== null) await client.command('AUTH', ...(login.user === null ? [] : [login.user]), login.password);
  await client.command('SELECT', database);
}

interface Waiting {
  resolve(reply: Reply): void;
  reject(error: Error): void;
}

function speak(socket: Socket, peer: string): RedisClient {
  const reader = createReplyReader();
  const waiting: Waiting[] = [];
  let ended: Error | null = null;

  function end(error: Error): void {
    ended ??= error;
    socket.destroy();
    for (const one of waiting.splice(0)) one.reject(ended);
  }

  socket.on('close', () => end(brokenOff(peer)));
  socket.on('data', (piece) => {
    try {
      for (const reply of reader.read(piece)) {
        const first = waiting.shift();
        // R1.
        if (first === undefined) throw new Error('it answers without being asked');
        first.resolve(reply);
      }
    } catch (error) {
      end(new Error(`${peer} is not understood: ${(error as Error).message}`));
    }
  });

  function commands(all: readonly (readonly (string | number)[])[]): Promise<Reply[]> {
    if (ended !== null) return Promise.reject(ended);
    const replies = all.map(() => new Promise<Reply>((resolve, reject) => waiting.push({ resolve, reject })));
    socket.write(Buffer.concat(all.map(encodeCommand)));
    return Promise.all(replies);
  }

  async function command(...parts: readonly (string | number)[]): Promise<Exclude<Reply, RedisError>> {
    const [reply = null] = await commands([parts]);
    if (reply instanceof RedisError) throw inWords(peer, reply);
    return reply;
  }

  return { peer, isOpen: () => ended === null, command, commands, destroy: () => end(brokenOff(peer)) };
}

const ADVICE: Readonly<Record<string, string>> = {
  NOAUTH: 'it asks for a password: enter one',
  WRONGPASS: 'it does not accept the user and password',
  NOPERM: 'the user may not do this: give it the commands and keys',
  WRONGTYPE: 'something that is no stream has that name: choose another one',
  OOM: 'its memory is used up: make room there',
  READONLY: 'it is a replica: enter the address of the primary',
  MOVED: 'another node of the cluster holds the stream: enter its address',
  LOADING: 'it is still loading its data',
  MISCONF: 'it cannot save its data: look at its disk',
  DENIED: 'it only takes connections from its own machine: set a password there',
  NOREPLICAS: 'it has too few replicas to take writes',
};

/** Keeps the code, so that callers can decide by it. */
function inWords(peer: string, error: RedisError): RedisError {
  const advice = error.message.startsWith('ERR AUTH') ? 'it knows no password: leave it empty' : ADVICE[error.code];
  const words = new RedisError(error.message);
  words.message =
    advice === undefined ? `${peer} said: ${error.message}` : `${peer} said no: ${advice} (${error.message})`;
  return words;
}
