/** Sockets for kafkajs, which wants them at once: they look their name up through the guard, numbers as well as names. */

import net, { type LookupFunction, type Socket } from 'node:net';
import tls from 'node:tls';
import type { TlsOrder } from '@vaquita/plugins';
import type { ISocketFactory } from 'kafkajs';
import { answerWith } from '../outbound/connect.ts';
import type { Guard } from '../outbound/guard.ts';
import { TLS_HINT } from './broker-link.ts';
import { type SocketMeans, tlsClientOptions, wordsFor } from './guarded-socket.ts';

export interface SocketKeeper {
  readonly factory: ISocketFactory;
  areOpen(): boolean;
  /** In words; null when none has failed since `forgetFailure`. */
  lastFailure(): Error | null;
  forgetFailure(): void;
  /** Ends all there are, and lets no more be opened. */
  destroy(): void;
}

class GuardRefusal extends Error {}
class GivenUp extends Error {}

/** Node looks no number up, and the guard would not see it: so the name it connects to is this, whatever is meant. */
const STAND_IN = 'checked.invalid';
const KEEP_ALIVE_MS = 30_000;

export function createSocketKeeper(order: TlsOrder | null, { guard, trust }: SocketMeans): SocketKeeper {
  const open = new Set<Socket>();
  let failure: Error | null = null;
  let ended = false;

  const factory: ISocketFactory = ({ host, port, onConnect }) => {
    const lookup = ended ? refuseAll : lookUpThrough(guard, host);
    const place = {
      host: STAND_IN,
      port,
      lookup,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_MS,
    };
    const socket =
      order === null
        ? net.connect(place, onConnect)
        : tls.connect(
            {
              ...place,
              ...tlsClientOptions(host, order, trust),
              checkServerIdentity: (_name, certificate) => tls.checkServerIdentity(host, certificate),
            },
            onConnect,
          );
    open.add(socket);
    let connected = false;
    socket.once(order === null ? 'connect' : 'secureConnect', () => {
      connected = true;
    });
    socket.on('close', () => open.delete(socket));
    const inWords = (error: Error, inHandshake: boolean) => {
      const words = wordsFor(`${host}:${port}`, error);
      const isReset = (error as NodeJS.ErrnoException).code === 'ECONNRESET';
      return inHandshake && isReset ? new Error(words.message + TLS_HINT, { cause: error }) : words;
    };
    socket.on('error', (error) => {
      if (error instanceof GivenUp) return;
      failure = error instanceof GuardRefusal ? error : inWords(error, order !== null && !connected);
    });
    return socket;
  };

  return {
    factory,
    areOpen: () => open.size > 0,
    lastFailure: () => failure,
    forgetFailure() {
      failure = null;
    },
    destroy() {
      ended = true;
      for (const socket of open) socket.destroy(new GivenUp('given up'));
    },
  };
}

function lookUpThrough(guard: Guard, host: string): LookupFunction {
  return (name, options, done) => {
    guard.check(host).then(
      (checked) => {
        if (checked.ok) answerWith(checked.addresses)(name, options, done);
        else done(new GuardRefusal(checked.message), []);
      },
      (error: NodeJS.ErrnoException) => done(error, []),
    );
  };
}

const refuseAll: LookupFunction = (_name, _options, done) => done(new GivenUp('given up'), []);
