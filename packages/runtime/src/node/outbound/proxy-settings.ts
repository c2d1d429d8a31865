/** Which requests go through a proxy. Only the operator says so; nothing is read from the environment unasked. */
import { AppError, parseIp } from '@vaquita/core';

export interface ProxySettings {
  /** `http://user:password@proxy:3128`: for targets of this scheme. Null: they are reached directly. */
  readonly http: string | null;
  readonly https: string | null;
  /** Hosts that are reached directly: names, `.domain`, addresses, `*`. */
  readonly except: readonly string[];
}

export type ProxyChoice = (target: URL) => URL | null;

/** The usual variables, lower case first as curl reads them. */
export function proxyFromEnvironment(env: Readonly<Record<string, string | undefined>>): ProxySettings {
  const read = (name: string) => env[name.toLowerCase()] || env[name] || null;
  const except = (read('NO_PROXY') ?? '').split(',').map((entry) => entry.trim());
  return { http: read('HTTP_PROXY'), https: read('HTTPS_PROXY'), except: except.filter((entry) => entry !== '') };
}

/** Throws `bad_settings` for an address that is none. */
export function chooseProxies(settings: ProxySettings | null): ProxyChoice {
  if (settings === null) return () => null;
  const proxies = { 'http:': readProxy(settings.http), 'https:': readProxy(settings.https) };
  const except = settings.except.map((entry) => entry.toLowerCase());
  return (target) => {
    const proxy = target.protocol === 'https:' ? proxies['https:'] : proxies['http:'];
    return proxy === null || isExcepted(target.hostname.replace(/^\[|\]$/g, ''), except) ? null : proxy;
  };
}

function readProxy(text: string | null): URL | null {
  if (text === null) return null;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new AppError('bad_settings', 'The address of the proxy must begin with http:// or https://');
}

function isExcepted(host: string, except: readonly string[]): boolean {
  return except.some((entry) => {
    if (entry === '*' || entry === host) return true;
    return parseIp(host) === null && host.endsWith(entry.startsWith('.') ? entry : `.${entry}`);
  });
}
