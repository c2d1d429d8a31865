/** The access token of a libSQL server: from the settings, or from a file that may be replaced while the server runs. */
import { readFile } from 'node:fs/promises';
import { AppError } from '@vaquita/core';
import type { ServerSettings } from './settings.ts';

/** @throws AppError `bad_settings` when the file cannot be read. */
export async function readDatabaseToken({
  databaseToken,
  databaseTokenFile,
}: Pick<ServerSettings, 'databaseToken' | 'databaseTokenFile'>): Promise<string | null> {
  if (databaseTokenFile === null) return databaseToken;
  try {
    return (await readFile(databaseTokenFile, 'utf8')).trim();
  } catch (cause) {
    throw new AppError(
      'bad_settings',
      `The file of VAQUITA_DATABASE_TOKEN_FILE cannot be read: ${(cause as Error).message}`,
      { cause },
    );
  }
}
