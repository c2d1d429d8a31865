/** Where one plugin runs, apart from the server: a process for foreign code, a thread for our own. */
import type { ListenerLogLevel } from '@vaquita/core';
import type { HostMessage, PluginMessage } from './inside/messages.ts';

export interface Cage {
  send(message: HostMessage): void;
  /** Ends it at once. `reason` is what `ended` will say, if nothing has ended it before. */
  kill(reason: string): void;
  /** Resolves with why, when the process or the thread is no more. */
  readonly ended: Promise<string>;
}

export interface CageEars {
  onMessage(message: PluginMessage): void;
  onLog(level: ListenerLogLevel, text: string): void;
}
