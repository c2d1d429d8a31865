/** What the host of a plugin and the isolated side say to each other. Both ends read this file; it imports types only. */
import type { ListenerEvent, ListenerLogLevel } from '@vaquita/core';

export type HostMessage =
  | { readonly type: 'load'; readonly source: PluginSource }
  | {
      readonly type: 'open';
      readonly id: number;
      readonly instance: PluginUse['instance'];
      readonly settings: PluginUse['settings'];
    }
  | { readonly type: 'event'; readonly id: number; readonly event: ListenerEvent }
  | { readonly type: 'close'; readonly id: number }
  /** The time of a call is over. */
  | { readonly type: 'abort'; readonly id: number };

/** The text of a module, or a maker among our own. */
export type PluginSource = { readonly code: string } | PluginMaker;

export interface PluginMaker {
  /** Address (`file:`) of a module of our own. */
  readonly module: string;
  /** The name under which it exports a function that is given the arguments and returns the plugin. */
  readonly exported: string;
  /** Plain data. */
  readonly given: readonly unknown[];
}

export interface PluginUse {
  readonly instance: { readonly id: string; readonly name: string };
  readonly settings: Readonly<Record<string, unknown>>;
}

export type PluginMessage =
  | { readonly type: 'loaded'; readonly shape: PluginShape }
  | { readonly type: 'unusable'; readonly problem: string }
  | { readonly type: 'answer'; readonly id: number; readonly error: string | null }
  /** The last word before the end: what nobody has caught. */
  | { readonly type: 'fatal'; readonly reason: string };

/** What the module's default export looks like, as plain data. */
export interface PluginShape {
  /** `typeof`, or `null`, `array`, or `missing`. */
  readonly plugin: string;
  readonly fields: Readonly<Record<PluginField, FieldShape>>;
}

export const PLUGIN_FIELDS = ['name', 'title', 'version', 'settings', 'open', 'onEvent', 'close'] as const;
export type PluginField = (typeof PLUGIN_FIELDS)[number];

/** Of the text of a field. */
export const MAX_TEXT_CHARS = 200;
/** Of the JSON of a field. Longer ones are cut, so that whoever judges it can say that it is too long. */
export const MAX_JSON_CHARS = 65_537;

export interface FieldShape {
  readonly kind: string;
  /** Of a text, or the JSON of an object; null for everything else and for what has no JSON. */
  readonly text: string | null;
}

/** At the beginning of a line of output: the level that it was written with. */
const LEVEL_MARKS: Readonly<Record<ListenerLogLevel, string>> = { info: '\u0001i', warn: '\u0001w', error: '\u0001e' };

export function markLines(level: ListenerLogLevel, text: string): string {
  return text
    .split('\n')
    .map((line) => `${LEVEL_MARKS[level]}${line}\n`)
    .join('');
}

export function readMark(line: string, unmarked: ListenerLogLevel): { level: ListenerLogLevel; text: string } {
  for (const level of ['info', 'warn', 'error'] as const) {
    if (line.startsWith(LEVEL_MARKS[level])) return { level, text: line.slice(2) };
  }
  return { level: unmarked, text: line };
}
