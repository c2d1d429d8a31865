/**
 * Takes away what Node's permission model leaves to a process that runs as the same user as the server: signals, which
 * can end the server or open its inspector, its priority, and sockets in the file system, such as that of a container
 * engine. Runs before any foreign code, and only in a process of its own.
 */
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import os from 'node:os';

/** Each asks the system for something about another process by its id. */
const SIGNALS = ['kill', '_kill', '_debugProcess', '_debugEnd', '_debugPause'];

export function harden(): void {
  for (const name of SIGNALS) replace(process, name, refuse(`process.${name}`));
  replace(os, 'setPriority', refuse('os.setPriority'));
  const connect = net.Socket.prototype.connect as (this: net.Socket, ...given: unknown[]) => net.Socket;
  replace(net.Socket.prototype, 'connect', function (this: net.Socket, ...given: unknown[]) {
    if (leadsToFile(given)) throw refusal('a socket in the file system');
    return connect.apply(this, given);
  });
  for (const name of Object.keys(process.env)) delete process.env[name];
  syncBuiltinESMExports();
}

function replace(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, writable: false, configurable: false, enumerable: true });
}

function refuse(what: string): () => never {
  return () => {
    throw refusal(what);
  };
}

function refusal(what: string): Error {
  return Object.assign(new Error(`A listener plugin may not use ${what}`), { code: 'ERR_ACCESS_DENIED' });
}

/** Node's own callers hand the arguments on as one array, everybody else as they are; a text that is no number is a path. */
function leadsToFile(given: readonly unknown[]): boolean {
  const [first] = Array.isArray(given[0]) ? given[0] : given;
  if (typeof first === 'object' && first !== null) return Boolean((first as { path?: unknown }).path);
  return typeof first === 'string' && !(Number(first) >= 0);
}
