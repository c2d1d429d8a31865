/**
 * The settings of alert channels and built-in listeners, for the API: which there are, their forms, and reading, showing
 * and changing what is stored. Nothing here sends.
 */
import { AppError } from '@vaquita/core';
import type { AlertChannel } from './alerts/channel.ts';
import { ALERT_CHANNELS, channelByName } from './alerts/channels.ts';
import * as forms from './alerts/settings-form.ts';
import { BUILT_IN_LISTENERS, builtInListener } from './listeners/built-in.ts';
import { configuredBy } from './listeners/installed-settings.ts';

export type { JsonSchema, ShownSettings } from './alerts/settings-form.ts';

export type ChannelSettings = Readonly<Record<string, unknown>>;

export interface ChannelType {
  readonly name: string;
  readonly title: string;
  /** JSON Schema; secrets have `writeOnly`, what says where they are sent has `x-destination`. */
  readonly schema: forms.JsonSchema;
}

export function channelTypes(): readonly ChannelType[] {
  return ALERT_CHANNELS.map((channel) => ({
    name: channel.name,
    title: channel.title,
    schema: forms.settingsForm(channel),
  }));
}

/** Defaults applied. Throws `not_found` for the channel and `bad_request` with the place of everything that is wrong. */
export function readChannelSettings(name: string, given: unknown): ChannelSettings {
  return forms.readSettings(known(name), given);
}

/** Without secrets, and with the names of those that are set. */
export function showChannelSettings(name: string, settings: ChannelSettings): forms.ShownSettings {
  return forms.showSettings(known(name), settings);
}

/** A secret that is left out stays, null takes it away; all must be said again when the place they are sent to changes. */
export function changeChannelSettings(name: string, old: ChannelSettings, given: ChannelSettings): ChannelSettings {
  return forms.changeSettings(known(name), old, given);
}

function known(name: string): AlertChannel {
  const channel = channelByName(name);
  if (channel !== null) return channel;
  const names = ALERT_CHANNELS.map((one) => one.name).join(', ');
  throw new AppError('not_found', `There is no alert channel "${name}". Known: ${names}`);
}

/** The built-in listeners; plugins that were installed bring a JSON schema of their own. */
export function builtInListenerTypes(): readonly ChannelType[] {
  return BUILT_IN_LISTENERS.map((listener) => ({
    name: listener.name,
    title: listener.title,
    schema: forms.settingsForm(listener),
  }));
}

/** The schema with its rules, for reading, showing and changing as channels are; null when no such listener is built in. */
export function builtInListenerSettings(name: string): ListenerSettings | null {
  const listener = builtInListener(name);
  if (listener === null) return null;
  return {
    read: (given) => forms.readSettings(listener, given),
    show: (settings) => forms.showSettings(listener, settings),
    change: (old, given) => forms.changeSettings(listener, old, given),
  };
}

/** By the JSON schema that an installed plugin brings. Throws `bad_request` for one that cannot be used. */
export function installedListenerSettings(title: string, schema: forms.JsonSchema): ListenerSettings {
  const owner = configuredBy(title, schema);
  return {
    read: (given) => forms.readSettings(owner, given),
    show: (settings) => forms.showSettings(owner, settings),
    change: (old, given) => forms.changeSettings(owner, old, given),
  };
}

export interface ListenerSettings {
  /** Defaults applied. Throws `bad_request` with the place of everything that is wrong. */
  read(given: unknown): ChannelSettings;
  show(settings: ChannelSettings): forms.ShownSettings;
  change(old: ChannelSettings, given: ChannelSettings): ChannelSettings;
}
