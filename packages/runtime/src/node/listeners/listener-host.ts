/** Runs listener plugins: foreign code in processes, our own in threads, both behind one port. */
import type { Clock, InspectedPlugin, ListenerCode, ListenerHost, ListenerUse } from '@vaquita/core';
import type { CageEars } from './cage.ts';
import type { PluginSource } from './inside/messages.ts';
import { createInstanceLogs } from './instance-logs.ts';
import { MAX_CODE_BYTES, PLUGIN_LIMITS, type PluginLimits } from './limits.ts';
import { startPluginProcess } from './plugin-process.ts';
import { startPluginThread } from './plugin-thread.ts';
import { readPlugin } from './read-plugin.ts';
import { runListener } from './running-listener.ts';
import { openSession } from './session.ts';

export interface ListenerHostOptions {
  readonly clock: Clock;
  /** A folder of its own that stays empty: foreign plugins stand in it. */
  readonly folder: string;
  readonly builtin: BuiltinListeners;
  readonly limits?: Partial<PluginLimits>;
}

/** The plugins that come with the server. */
export interface BuiltinListeners {
  readonly names: readonly string[];
  /** Address (`file:`) of the module that makes them, and of its function `(name, options) => plugin`. */
  readonly module: string;
  readonly exported: string;
  /** Plain data. */
  readonly options: unknown;
}

export function createListenerHost({ clock, folder, builtin, ...given }: ListenerHostOptions): ListenerHost {
  const limits: PluginLimits = { ...PLUGIN_LIMITS, ...given.limits };
  const logs = createInstanceLogs(clock);
  const cages = {
    builtin: (ears: CageEars) => startPluginThread(clock, limits, ears),
    foreign: (ears: CageEars) => startPluginProcess({ clock, limits, folder }, ears),
  };

  function sourceOf(plugin: ListenerCode): PluginSource {
    if (plugin.kind === 'foreign') return { code: plugin.code };
    const { names, module, exported, options } = builtin;
    if (!names.includes(plugin.name)) throw new Error(`No listener plugin "${plugin.name}" comes with this server`);
    return { module, exported, given: [plugin.name, options] };
  }

  function use({ instance, plugin, settings }: ListenerUse) {
    const onLog: CageEars['onLog'] = (level, text) => logs.add(instance.id, level, text);
    return runListener({
      use: { instance, settings },
      source: sourceOf(plugin),
      limits,
      openSession: () => openSession({ clock, limits, start: cages[plugin.kind], onLog }),
      note: (text) => onLog('error', text),
    });
  }

  async function inspect(code: string): Promise<InspectedPlugin> {
    const bytes = Buffer.byteLength(code);
    if (bytes > MAX_CODE_BYTES) {
      return { ok: false, problem: `it has ${bytes} bytes; a plugin may have at most ${MAX_CODE_BYTES}` };
    }
    const session = openSession({ clock, limits, start: cages.foreign, onLog: () => undefined });
    const loaded = await session.load({ code }, new AbortController().signal);
    await session.end('it was only looked at');
    switch (loaded.type) {
      case 'loaded':
        return readPlugin(loaded.shape, builtin.names);
      case 'unusable':
        return { ok: false, problem: loaded.problem };
      case 'timeout':
        return {
          ok: false,
          problem: `it was not loaded within ${limits.startMs} ms: what it does while it is imported must end`,
        };
      case 'ended':
        return { ok: false, problem: `it ends while it is loaded: ${loaded.reason}` };
    }
  }

  return { use, log: (instance) => logs.read(instance), inspect };
}
