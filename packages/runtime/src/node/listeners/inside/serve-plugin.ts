/** The isolated side: loads one plugin, calls it as it is told, and answers. It says what happened and decides nothing. */
import { format } from 'node:util';
import type { ListenerEvent, ListenerLogLevel } from '@vaquita/core';
import { explainImport, hidesItsPlace, importCode } from './load-code.ts';
import {
  type HostMessage,
  markLines,
  type PluginMaker,
  type PluginMessage,
  type PluginSource,
  type PluginUse,
} from './messages.ts';
import { shapeOf } from './shape.ts';
import { wordsOf } from './words.ts';

interface Context extends PluginUse {
  readonly signal: AbortSignal;
  readonly state: Map<string, unknown>;
  log(level: ListenerLogLevel, text: string): void;
}

interface Plugin {
  open?(context: Context): unknown;
  onEvent(event: ListenerEvent, context: Context): unknown;
  close?(context: Context): unknown;
}

/** Returns what is to be called with each message of the host. */
export function servePlugin(answer: (message: PluginMessage) => void): (message: HostMessage) => void {
  const calls = new Map<number, AbortController>();
  let plugin: Plugin | null = null;
  let use: PluginUse & { readonly state: Map<string, unknown> } = {
    instance: { id: '', name: '' },
    settings: {},
    state: new Map(),
  };

  async function load(source: PluginSource): Promise<void> {
    try {
      const exported = 'code' in source ? (await importCode(source.code)).default : await make(source);
      const shape = shapeOf(exported);
      plugin = exported as Plugin;
      answer({ type: 'loaded', shape });
    } catch (error) {
      if ('code' in source && hidesItsPlace(error)) return endUncaught(error);
      answer({ type: 'unusable', problem: 'code' in source ? explainImport(error) : wordsOf(error) });
    }
  }

  async function call(id: number, run: (context: Context) => unknown): Promise<void> {
    const control = new AbortController();
    calls.set(id, control);
    try {
      await run({ ...use, signal: control.signal, log: writeLog });
      answer({ type: 'answer', id, error: null });
    } catch (error) {
      answer({ type: 'answer', id, error: wordsOf(error) });
    } finally {
      calls.delete(id);
    }
  }

  return (message) => {
    switch (message.type) {
      case 'load':
        return void load(message.source);
      case 'open':
        use = { instance: message.instance, settings: message.settings, state: new Map() };
        return void call(message.id, (context) => plugin?.open?.(context));
      case 'event':
        return void call(message.id, (context) => plugin?.onEvent(message.event, context));
      case 'close':
        return void call(message.id, (context) => plugin?.close?.(context));
      case 'abort':
        return calls.get(message.id)?.abort(new Error('the time for this call is over, or the instance is stopped'));
    }
  };
}

async function make({ module, exported, given }: PluginMaker): Promise<unknown> {
  const loaded = await import(module);
  return loaded[exported](...given);
}

/** Whoever started the process reads what Node prints of it. */
function endUncaught(error: unknown): void {
  process.removeAllListeners('uncaughtException');
  setImmediate(() => {
    throw error;
  });
}

/** What the plugin prints is its instance's log. */
export function redirectConsole(): void {
  const writer =
    (level: ListenerLogLevel) =>
    (...given: unknown[]): void =>
      writeLog(level, format(...given));
  const [info, warn, error] = [writer('info'), writer('warn'), writer('error')];
  Object.assign(console, { log: info, info, debug: info, dir: info, warn, error, trace: error });
}

export function writeLog(level: ListenerLogLevel, text: string): void {
  const known = level === 'warn' || level === 'error' ? level : 'info';
  process.stdout.write(markLines(known, String(text)));
}
