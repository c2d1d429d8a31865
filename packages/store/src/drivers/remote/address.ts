/** The address of a libSQL server, as people write it, and the one that requests go to. */
import { AppError } from '@vaquita/core';

export interface ServerAddress {
  /** Without a slash at the end. */
  readonly baseUrl: string;
}

/**
 * `libsql://host` is HTTPS, and HTTP with `?tls=0`; `http://` and `https://` are what they say.
 * @throws AppError `bad_settings` for another scheme, and for an address that carries a secret: addresses are shown in
 * logs, lists of processes and error messages.
 */
export function parseServerAddress(given: string): ServerAddress {
  let url: URL;
  try {
    url = new URL(given.replace(/^libsql:/, 'https:'));
  } catch (cause) {
    throw new AppError('bad_settings', `"${withoutSecrets(given)}" is not an address. Write libsql://<host>.`, {
      cause,
    });
  }
  if (url.username !== '' || url.password !== '' || url.searchParams.has('authToken')) {
    throw new AppError(
      'bad_settings',
      `The address ${withoutSecrets(given)} carries a secret. Take it out and give the token apart, by its own setting or file.`,
    );
  }
  const tls = url.searchParams.get('tls');
  if (given.startsWith('libsql:') && tls === '0') url = new URL(given.replace(/^libsql:/, 'http:'));
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new AppError('bad_settings', `The address ${given} is not one of a libSQL server. Write libsql://<host>.`);
  }
  return { baseUrl: `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, '')}` };
}

/** The address without what nobody should read. */
function withoutSecrets(given: string): string {
  return given.replace(/\/\/[^/@]*@/, '//').replace(/\?.*$/, '');
}
