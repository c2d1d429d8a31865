/**
 * Takes away what Node's permission model leaves to a process that runs as the same user as the server. Runs before any
 * foreign code, and only in a process of its own.
 *
 * - Signals to others, which can end the server or open its inspector, and their priority.
 * - Reports and flags of V8: the engine itself writes those files, past every permission, over whatever is there.
 * - Sockets in the file system, such as that of a container engine; refused in the one class that opens them.
 */
import { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';
import v8 from 'node:v8';

/** Each asks the system for something about another process by its id. */
const SIGNALS = ['kill', '_kill', '_debugProcess', '_debugEnd', '_debugPause'];
const ENGINE = ['setFlagsFromString', 'setHeapSnapshotNearHeapLimit', 'writeHeapSnapshot'];
/** What libuv's functions return for "permission denied". */
const EACCES = -13;

export function harden(): void {
  for (const name of SIGNALS) fix(process, name, refuse(`process.${name}`));
  for (const name of ENGINE) fix(v8, name, refuse(`v8.${name}`));
  fix(os, 'setPriority', refuse('os.setPriority'));
  for (const name of Object.getOwnPropertyNames(process.report)) fix(process.report, name, undefined);
  fix(process, 'report', undefined);
  for (const name of ['connect', 'bind']) fix(pipePrototype(), name, () => EACCES);
  for (const name of Object.keys(process.env)) delete process.env[name];
  syncBuiltinESMExports();
}

/** Of the handles behind all sockets in the file system; the process's own output is one. */
function pipePrototype(): object {
  const { _handle: handle } = process.stdout as unknown as { readonly _handle?: object };
  const prototype: object | null = handle === undefined ? null : Object.getPrototypeOf(handle);
  if (prototype === null || !('connect' in prototype) || !('bind' in prototype)) {
    throw new Error('The output of a plugin must be a pipe');
  }
  return prototype;
}

function fix(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, writable: false, configurable: false, enumerable: true });
}

function refuse(what: string): () => never {
  return () => {
    throw Object.assign(new Error(`A listener plugin may not use ${what}`), { code: 'ERR_ACCESS_DENIED' });
  };
}
