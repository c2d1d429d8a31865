/** Reads the settings of this process: its environment and the settings file beside it. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { AppError } from '@vaquita/core';
import { CONFIG_FILE, type Environment, type LoadedSettings, readSettings } from './settings.ts';

/**
 * @param path The settings file; default `VAQUITA_CONFIG`, else `vaquita.config.json` in the folder when it is there.
 * @throws AppError `bad_settings`
 */
export function loadSettings(env: Environment, cwd: string, path = env.VAQUITA_CONFIG): LoadedSettings {
  const file = resolve(cwd, path || CONFIG_FILE);
  if (!path && !existsSync(file)) return readSettings({ env, file: null, cwd });
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new AppError('bad_settings', `The settings file ${file} cannot be read: ${(cause as Error).message}`, {
      cause,
    });
  }
  return readSettings({ env, file: { path: file, text }, cwd });
}
