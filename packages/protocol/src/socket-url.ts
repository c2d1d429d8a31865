/** Where the worker socket of a server is. */
import { SOCKET_PATH } from './constants.ts';

const SCHEMES: Readonly<Record<string, string>> = { 'http:': 'ws:', 'https:': 'wss:', 'ws:': 'ws:', 'wss:': 'wss:' };

/** `http(s)://` or `ws(s)://host:port[/base]` → the address of the worker socket there; undefined when it is neither. */
export function socketUrl(server: string): string | undefined {
  if (!URL.canParse(server)) return undefined;
  const url = new URL(server);
  const scheme = SCHEMES[url.protocol];
  if (scheme === undefined || url.host === '') return undefined;
  const base = url.pathname.replace(/\/+$/, '');
  return `${scheme}//${url.host}${base.endsWith(SOCKET_PATH) ? base : base + SOCKET_PATH}`;
}
