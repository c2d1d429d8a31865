/** Which server a command talks to, and as whom. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient, type VaquitaClient } from '@vaquita/client';
import { AppError } from '@vaquita/core';
import { loadSettings } from '../settings-file.ts';
import type { CommandIo, OptionSpec, OptionValues } from './command.ts';

/** The file in a server's data folder with a token for the person who owns that folder (mode 0600). */
const CLI_TOKEN_FILE = 'cli-token';
/** The file beside it with the address at which that server was found last; it stays when the server stops. */
const SERVER_URL_FILE = 'server-url';

export const CONNECTION_OPTIONS = {
  server: {
    type: 'string',
    value: 'url',
    help: 'The server (default: VAQUITA_SERVER_URL, else the one on this machine)',
  },
  token: {
    type: 'string',
    value: 'token',
    help: 'An API token (default: VAQUITA_TOKEN, else that of the data folder)',
  },
} as const satisfies Record<string, OptionSpec>;

export interface Connection {
  readonly url: string;
  readonly token: string;
}

/** @throws AppError `unauthenticated` when no token can be found. */
export function findConnection(options: OptionValues, io: Pick<CommandIo, 'env' | 'cwd'>): Connection {
  const url = given(options.server) ?? given(io.env.VAQUITA_SERVER_URL);
  const token = given(options.token) ?? given(io.env.VAQUITA_TOKEN);
  if (url !== undefined && token !== undefined) return { url, token };

  const { settings } = loadSettings(io.env, io.cwd);
  const set = `http://${urlHost(settings.host)}:${settings.port}${settings.basePath}`;
  const told = readLocal(settings.dataDir, SERVER_URL_FILE);
  const local = told !== undefined && isServerUrl(told) ? told : set;
  const found = token ?? readLocal(settings.dataDir, CLI_TOKEN_FILE);
  if (found === undefined) {
    throw new AppError(
      'unauthenticated',
      `No API token: pass --token, set VAQUITA_TOKEN, or run this where the server’s data folder can be read (looked for ${join(settings.dataDir, CLI_TOKEN_FILE)}).`,
    );
  }
  // The token of the local data folder is for the local server: it is not sent anywhere else by accident.
  if (token === undefined && url !== undefined && ![local, set].some((one) => sameHost(one, url))) {
    throw new AppError(
      'unauthenticated',
      `The data folder’s token is for ${local}. Pass --token or set VAQUITA_TOKEN for ${url}.`,
    );
  }
  return { url: url ?? local, token: found };
}

export function connect(options: OptionValues, io: CommandIo): VaquitaClient {
  const { url, token } = findConnection(options, io);
  if (!isServerUrl(url)) {
    throw new AppError(
      'bad_settings',
      `"${url}" is not the address of a server; write http://host:port or https://host.`,
    );
  }
  return createClient({ baseUrl: url, token, fetch: io.fetch });
}

function given(value: OptionValues[string]): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A server that listens everywhere is reached on this machine by its own address. */
function urlHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

function isServerUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:/.test(text);
}

/** What is no address at all is refused where the client is made, with a better sentence. */
function sameHost(one: string, other: string): boolean {
  return !URL.canParse(other) || new URL(one).host === new URL(other).host;
}

function readLocal(dataDir: string, file: string): string | undefined {
  try {
    return readFileSync(join(dataDir, file), 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}
