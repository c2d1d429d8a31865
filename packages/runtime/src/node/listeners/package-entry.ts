/** Which file of a package is its plugin. Pure. */

export interface Manifest {
  readonly name: string;
  readonly version: string;
  /** Of the plugin's module: a path inside the package, without `./`. */
  readonly entry: string;
}

const CONDITIONS = ['import', 'node', 'module', 'default'];

/** What the text of a package.json says, or what is wrong with it. */
export function readManifest(text: string): Manifest | { readonly problem: string } {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    return { problem: 'its package.json cannot be read' };
  }
  if (!isObject(given)) return { problem: 'its package.json is no object' };
  const { name, version, exports, module, main, type } = given;
  if (typeof name !== 'string' || typeof version !== 'string') {
    return { problem: 'its package.json has no name or no version' };
  }
  const target = exports === undefined ? (module ?? main ?? 'index.js') : targetOf(mainExport(exports));
  if (typeof target !== 'string')
    return { problem: 'its package.json names no module: it needs "exports": { ".": "./plugin.js" }' };
  const entry = target.replace(/^\.\//, '');
  if (entry.split(/[/\\]/).some((part) => part === '..' || part === '') || entry.includes('\0')) {
    return { problem: `its package.json names a module outside the package: ${target.slice(0, 200)}` };
  }
  const isModule = entry.endsWith('.mjs') || (entry.endsWith('.js') && (type === 'module' || module === target));
  if (!isModule) {
    return {
      problem: `${entry.slice(0, 200)} must be an ES module: a .mjs file, or .js with "type": "module" in package.json`,
    };
  }
  return { name, version, entry };
}

function mainExport(exports: unknown): unknown {
  return isObject(exports) && '.' in exports ? exports['.'] : exports;
}

function targetOf(given: unknown): unknown {
  if (!isObject(given)) return given;
  const condition = CONDITIONS.find((name) => name in given);
  return condition === undefined ? undefined : targetOf(given[condition]);
}

function isObject(given: unknown): given is Readonly<Record<string, unknown>> {
  return typeof given === 'object' && given !== null && !Array.isArray(given);
}
