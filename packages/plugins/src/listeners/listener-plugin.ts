/**
 * What a listener plugin is: an ES module whose default export is one of these. It hears of events one at a time, in
 * their order, each at least once.
 */
import type { ListenerEvent } from '@vaquita/core';

export type { ListenerEvent, ListenerEventType } from '@vaquita/core';

export interface ListenerPlugin<Settings extends object = Readonly<Record<string, unknown>>> {
  /** Lower case with dashes; unique among the plugins of a cluster. */
  readonly name: string;
  /** For people; the name when it is left out. */
  readonly title?: string;
  readonly version?: string;
  /**
   * JSON Schema (2020-12) of an object: what an instance is told. The UI makes a form of it; properties with
   * `writeOnly: true` are secrets and never shown again.
   */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Before the first event, and again after the plugin was stopped for a failure. Throws: the instance waits and tries again. */
  open?(context: ListenerContext<Settings>): Promise<void> | void;
  /**
   * Resolves when the event has been dealt with for good: only then comes the next one. Throws: the same event comes again
   * later, and no other before it.
   */
  onEvent(event: ListenerEvent, context: ListenerContext<Settings>): Promise<void> | void;
  /** The instance is stopped, changed or moved to another server. */
  close?(context: ListenerContext<Settings>): Promise<void> | void;
}

export interface ListenerContext<Settings extends object = Readonly<Record<string, unknown>>> {
  /** Of the configured use of the plugin. */
  readonly instance: { readonly id: string; readonly name: string };
  readonly settings: Settings;
  /** Fires when the time for the call is over or the instance is stopped. */
  readonly signal: AbortSignal;
  /** A line of the instance's own log. */
  log(level: 'info' | 'warn' | 'error', text: string): void;
  /** Kept between calls of the same opening: connections, counters. Empty after `open` is called again. */
  readonly state: Map<string, unknown>;
}

/** Keeps the type of the settings while a plugin is written. */
export function defineListener<Settings extends object>(plugin: ListenerPlugin<Settings>): ListenerPlugin<Settings> {
  return plugin;
}
