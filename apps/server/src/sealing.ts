/** The key under which secrets are kept: the operator's, or one of its own beside a database file. */
import { dirname } from 'node:path';
import {
  AppError,
  createRefusingSealer,
  createSealer,
  formatSecretKey,
  readSecretKey,
  type Sealer,
} from '@vaquita/core';
import type { ServerHost } from './host.ts';
import type { ServerSettings } from './settings.ts';

export const SECRET_KEY_FILE = 'secret-key';

export interface Sealing {
  readonly sealer: Sealer;
  /** Why no secret can be kept or read here; null: they can. */
  readonly refusal: string | null;
}

const NO_KEY =
  'Secrets can be neither kept nor read, and no alert reaches a channel: servers that share a database need one key. ' +
  'Set VAQUITA_SECRET_KEY on each of them to the same 32 bytes, as made by: openssl rand -base64 32';

/** @throws AppError `bad_settings` when the file holds no key. */
export async function openSealing(
  host: Pick<ServerHost, 'privateFiles' | 'random'>,
  settings: Pick<ServerSettings, 'secretKey' | 'databaseUrl'>,
): Promise<Sealing> {
  if (settings.secretKey !== null) return sealingWith(host, settings.secretKey, 'VAQUITA_SECRET_KEY');
  if (!settings.databaseUrl.startsWith('file:')) {
    return { sealer: createRefusingSealer(NO_KEY), refusal: NO_KEY };
  }
  // Beside the database and not in the data folder, so that two servers on one file have one key.
  const folder = dirname(settings.databaseUrl.slice('file:'.length));
  const files = host.privateFiles({ dataDir: folder });
  let kept = await files.read(SECRET_KEY_FILE);
  if (kept === undefined) {
    await files.create(SECRET_KEY_FILE, `${formatSecretKey(host.random.bytes(32))}\n`);
    kept = (await files.read(SECRET_KEY_FILE)) ?? '';
  }
  return sealingWith(host, kept, `The file ${SECRET_KEY_FILE} in ${folder}`);
}

function sealingWith({ random }: Pick<ServerHost, 'random'>, text: string, where: string): Sealing {
  const key = readSecretKey(text);
  if (key !== null) return { sealer: createSealer(key, random), refusal: null };
  throw new AppError(
    'bad_settings',
    `${where} is not 32 bytes as base64 or hex. Put back the one that was there: what was sealed with it opens with no other.`,
  );
}
