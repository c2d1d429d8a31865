/** What to ask a data source to find out whether it can be reached: one request that changes nothing, or a file to look for. */
import { joinAddress } from './apply-data-source.ts';
import { type HttpSourceSettings, isFile, pathOfFile } from './kinds.ts';
import type { OpenedDataSource } from './open-data-source.ts';
import { signInOf } from './sign-in.ts';

export type DataSourceProbe =
  | { readonly type: 'file'; readonly path: string }
  | {
      readonly type: 'request';
      /** Whether the answer must be that of a libSQL server. */
      readonly asksDatabase: boolean;
      readonly method: 'GET' | 'POST';
      readonly url: string;
      /** With the values of secrets. */
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string | null;
    };

/** Hrana over HTTP, the protocol of libSQL servers. */
const PIPELINE = '/v2/pipeline';
const SELECT_ONE = JSON.stringify({
  requests: [{ type: 'execute', stmt: { sql: 'select 1' } }, { type: 'close' }],
});

export function probeOf(source: OpenedDataSource): DataSourceProbe {
  const { address, headers, testPath } = source.settings as HttpSourceSettings;
  const signIn = Object.fromEntries(signInHeaders(source));
  if (source.kind === 'libsql') {
    if (isFile(address)) return { type: 'file', path: pathOfFile(address) };
    return {
      ...{ type: 'request', asksDatabase: true, method: 'POST', url: serverOf(address) + PIPELINE },
      headers: { 'content-type': 'application/json', ...signIn },
      body: SELECT_ONE,
    };
  }
  const url = testPath === undefined ? address : joinAddress(address, testPath);
  return { type: 'request', asksDatabase: false, method: 'GET', url, headers: { ...headers, ...signIn }, body: null };
}

function signInHeaders(source: OpenedDataSource): [string, string][] {
  const { headers, secrets } = signInOf(source);
  return headers.map(({ header, text }) => [header, text.replace(/\$\{([^}]+)\}/, (_, name) => secrets[name] ?? '')]);
}

/** `libsql:` and `wss:` servers answer over HTTPS too; `?tls=0` and `ws:` are without encryption. */
function serverOf(address: string): string {
  const isPlain = /^(ws|http):/i.test(address) || /[?&]tls=0(&|$)/.test(address);
  const { protocol, host, pathname } = new URL(address.replace(/^[a-z]+:/i, isPlain ? 'http:' : 'https:'));
  return `${protocol}//${host}${pathname.replace(/\/+$/, '')}`;
}
