/** What every server tells the others of itself: an ephemeral datum at `/nodes/server/<id>`, as JSON. */
import type { ServerId } from '@vaquita/core';

/** The servers that are alive are the children of this path. */
export const SERVER_NODES = '/nodes/server';

export interface ServerNode {
  /** Host and port, for people. */
  readonly name: string;
  /** Base URL, without a slash at the end, at which workers and other servers reach it; null when nobody has told it. */
  readonly url: string | null;
  readonly version: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** By how much its clock is ahead of that of the database; absent when it has not looked. */
  readonly clockAheadMs?: number;
  /** With which what it says to other servers is signed: the public half, as base64url. */
  readonly publicKey?: string;
  /** It stops in order: when it is gone, nothing is lost with it. */
  readonly leaving?: true;
}

export function serverNodeKey(id: string): string {
  return `${SERVER_NODES}/${id}`;
}

/** Whose key that is; undefined when it is the key of something else. */
export function serverOfKey(key: string): ServerId | undefined {
  const [before, id] = [key.slice(0, SERVER_NODES.length + 1), key.slice(SERVER_NODES.length + 1)];
  return before !== `${SERVER_NODES}/` || id === '' || id.includes('/') ? undefined : (id as ServerId);
}

export function formatServerNode(node: ServerNode): string {
  return JSON.stringify(node);
}

/** Servers of other versions may say more. @returns undefined when that is not what a server says. */
export function parseServerNode(value: string): ServerNode | undefined {
  const { name, url, version, startedAt, clockAheadMs, publicKey, leaving } = parseObject(value);
  if (typeof name !== 'string' || typeof version !== 'string' || typeof startedAt !== 'string') return undefined;
  if (typeof url !== 'string' && url !== null) return undefined;
  return {
    ...{ name, url, version, startedAt },
    ...(typeof clockAheadMs === 'number' ? { clockAheadMs } : {}),
    ...(typeof publicKey === 'string' ? { publicKey } : {}),
    ...(leaving === true ? { leaving } : {}),
  };
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
