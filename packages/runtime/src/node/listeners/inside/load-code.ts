/**
 * Loads a plugin from its text: one ES module, which may import what belongs to Node and the package of the plugins' types,
 * and nothing else. What goes wrong is said with its place in the text.
 */
import { isBuiltin, registerHooks } from 'node:module';
import { wordsOf } from './words.ts';

const PLUGIN_URL = 'listener:plugin.js';
const SPI_URL = 'listener:spi.js';
const SPI = '@vaquita/plugins/listener';
const SPI_CODE = 'export const defineListener = (plugin) => plugin;';

/** Rejects with what the module throws. */
export function importCode(code: string): Promise<Readonly<Record<string, unknown>>> {
  registerHooks({
    resolve(specifier, context, next) {
      if (context.parentURL !== PLUGIN_URL && specifier !== PLUGIN_URL) return next(specifier, context);
      if (specifier === PLUGIN_URL) return { url: PLUGIN_URL, format: 'module', shortCircuit: true };
      if (specifier === SPI) return { url: SPI_URL, format: 'module', shortCircuit: true };
      if (isBuiltin(specifier)) return next(specifier, context);
      throw new ImportRefused(specifier);
    },
    load(url, context, next) {
      if (url === PLUGIN_URL) return { format: 'module', source: code, shortCircuit: true };
      if (url === SPI_URL) return { format: 'module', source: SPI_CODE, shortCircuit: true };
      return next(url, context);
    },
  });
  return import(PLUGIN_URL);
}

class ImportRefused extends Error {
  constructor(specifier: string) {
    super(
      `it imports ${JSON.stringify(specifier.slice(0, 200))}. A plugin is one file: only modules of Node (node:…) and ${SPI} may be imported; bundle everything else into it`,
    );
    this.name = 'ImportRefused';
  }
}

/** Node shows the place in a text that does not parse only to those who read what it prints of an error nobody has caught. */
export function hidesItsPlace(error: unknown): boolean {
  return error instanceof SyntaxError && !error.stack?.includes('listener:plugin.js:');
}

/** Why a module cannot be used, for whoever has written it. */
export function explainImport(error: unknown): string {
  if (error instanceof ImportRefused) return error.message;
  const words = wordsOf(error);
  if (!(error instanceof Error)) return `it throws while it is loaded: ${words}`;
  const missing = /^listener:plugin\.js:(\d+)\n/.exec(error.stack ?? '');
  if (error instanceof SyntaxError && missing !== null)
    return `it cannot be read: line ${missing[1]}: ${error.message}`;
  const at = /listener:plugin\.js:(\d+):(\d+)/.exec(error.stack ?? '');
  const place = at === null ? '' : ` (line ${at[1]}, column ${at[2]})`;
  const hint = /^(module|exports|require|__dirname|__filename) is not defined/.test(error.message)
    ? '. A plugin is an ES module: it has import and export, not require and module.exports'
    : '';
  return `it throws while it is loaded: ${words}${place}${hint}`;
}
