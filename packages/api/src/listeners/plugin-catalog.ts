/** Every listener plugin there is: those that come with the server, and those that somebody has installed. */
import { AppError, didYouMean, type ListenerPluginRow } from '@vaquita/core';
import {
  builtInListenerSettings,
  builtInListenerTypes,
  installedListenerSettings,
  type ListenerSettings,
} from '@vaquita/plugins/settings';
import type { ApiStore } from '../deps.ts';

export interface KnownPlugin {
  readonly name: string;
  readonly title: string;
  readonly schema: Readonly<Record<string, unknown>>;
  /** Null: it comes with the server. */
  readonly row: ListenerPluginRow | null;
}

/** In order of the names, those of the server first. */
export async function allPlugins(store: Pick<ApiStore, 'listeners'>): Promise<readonly KnownPlugin[]> {
  const installed = await store.listeners.plugins.list();
  return [
    ...builtInListenerTypes().map(({ name, title, schema }) => ({ name, title, schema, row: null })),
    ...installed.map((row) => ({ name: row.name, title: row.title, schema: row.settingsSchema, row })),
  ];
}

/** @throws AppError `bad_request` at the field `plugin`. */
export async function requireKnown(store: Pick<ApiStore, 'listeners'>, name: string): Promise<KnownPlugin> {
  const all = await allPlugins(store);
  const found = all.find((plugin) => plugin.name === name);
  if (found) return found;
  const names = all.map((plugin) => plugin.name);
  const message = `There is no listener plugin “${name}”; there are ${names.join(', ')}.${didYouMean(name, names)}`;
  throw new AppError('bad_request', 'The body is not valid.', { problems: [{ path: 'plugin', message }] });
}

export function settingsOf({ name, title, row }: KnownPlugin): ListenerSettings {
  const builtIn = builtInListenerSettings(name);
  if (row === null && builtIn !== null) return builtIn;
  return installedListenerSettings(title, row?.settingsSchema ?? {});
}

/** The schema of a plugin is used only when somebody stands for it. @throws AppError `conflict`. */
export function checkEnabled({ name, row }: KnownPlugin): void {
  if (row === null || row.enabled) return;
  throw new AppError('conflict', `The plugin “${name}” is not enabled. Look at what it does, and enable it first.`);
}
