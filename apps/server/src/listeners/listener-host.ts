/** The host of listener plugins on this server: those it comes with run in threads, installed ones in processes. */
import { join } from 'node:path';
import type { Clock, ListenerHost } from '@vaquita/core';
import { BUILT_IN_LISTENERS } from '@vaquita/plugins';
import { createListenerHost } from '@vaquita/runtime/node/server';
import type { BuiltInOptions } from './built-in-plugin.ts';

export interface ServerListeners {
  readonly clock: Clock;
  /** Absolute. */
  readonly dataDir: string;
  readonly builtIn: BuiltInOptions;
}

export function createServerListenerHost({ clock, dataDir, builtIn }: ServerListeners): ListenerHost {
  return createListenerHost({
    clock,
    folder: join(dataDir, 'listener-processes'),
    builtin: {
      names: BUILT_IN_LISTENERS.map(({ name }) => name),
      module: new URL('./built-in-plugin.ts', import.meta.url).href,
      exported: 'createBuiltInPlugin',
      options: builtIn,
    },
  });
}
