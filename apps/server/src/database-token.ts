/** The access token of a libSQL server: from the settings, or from a file that may be replaced while the server runs. */
import { readFile } from 'node:fs/promises';
import { AppError } from '@vaquita/core';
import type { ServerSettings } from './settings.ts';

/** @throws AppError `bad_settings` when the file cannot be read. */
export function readDatabaseToken({
  databaseToken,
  databaseTokenFile,
}: Pick<ServerSettings, 'databaseToken' | 'databaseTokenFile'>): Promise<string | null> {
  return readToken(databaseToken, databaseTokenFile, 'VAQUITA_DATABASE_TOKEN_FILE');
}

/** Likewise, for logs and files. */
export function readContentToken({
  contentDatabaseToken,
  contentDatabaseTokenFile,
}: Pick<ServerSettings, 'contentDatabaseToken' | 'contentDatabaseTokenFile'>): Promise<string | null> {
  return readToken(contentDatabaseToken, contentDatabaseTokenFile, 'VAQUITA_CONTENT_DATABASE_TOKEN_FILE');
}

async function readToken(token: string | null, file: string | null, setting: string): Promise<string | null> {
  if (file === null) return token;
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (cause) {
    throw new AppError('bad_settings', `The file of ${setting} cannot be read: ${(cause as Error).message}`, { cause });
  }
}
