/** Finds plugins by the name of their package: beside the server if they are there, otherwise in the operator's registry. */
import { readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FoundPackage, ListenerPackages } from '@vaquita/core';
import { isInside } from '../output-place.ts';
import { MAX_CODE_BYTES } from './limits.ts';
import { readManifest } from './package-entry.ts';
import { fetchPackage, type RegistryAccess } from './registry-package.ts';

export interface PluginPackagesOptions extends Omit<RegistryAccess, 'registry'> {
  /** Null: the operator has named none, and what is not beside the server is not to be had. */
  readonly registry: string | null;
  /** Where the server stands: `node_modules` is looked for here and in the folders above. */
  readonly beside: string;
}

const SPEC = /^((?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*)(?:@(.+))?$/;
const MAX_NAME = 214;
/** One version or tag; no range, so that what is installed is what was asked for. */
const VERSION = /^[A-Za-z0-9][A-Za-z0-9.+-]{0,127}$/;

export function createPluginPackages({ beside, http, registry }: PluginPackagesOptions): ListenerPackages {
  async function find(spec: string, signal: AbortSignal): Promise<FoundPackage> {
    const [, name, version] = SPEC.exec(spec.trim()) ?? [];
    if (name === undefined || name.length > MAX_NAME) {
      return bad(
        `${JSON.stringify(spec.slice(0, MAX_NAME))} is no name of a package, such as vaquita-journal or @team/journal@1.2.0`,
      );
    }
    if (version !== undefined && !VERSION.test(version)) {
      return bad(
        `${JSON.stringify(version.slice(0, 128))} is no version; write one such as 1.2.0, or a tag such as latest`,
      );
    }
    const here = await findBeside(beside, name);
    if (here !== null && (version === undefined || !here.ok || here.version === version)) return here;
    if (registry === null) {
      return bad(
        `${name}${version === undefined ? '' : ` ${version}`} is not installed beside the server, and no registry of packages ` +
          'is set (VAQUITA_PLUGIN_REGISTRY). Install it there, name the registry, or upload the file of the plugin',
      );
    }
    return await fetchPackage({ http, registry }, { name, version: version ?? 'latest' }, signal);
  }

  return { find };
}

/** Null when no such package is there. */
async function findBeside(start: string, name: string): Promise<FoundPackage | null> {
  for (let folder = start; ; folder = dirname(folder)) {
    const root = join(folder, 'node_modules', name);
    const text = await readFile(join(root, 'package.json'), 'utf8').catch(() => null);
    if (text !== null) return await readBeside(root, text);
    if (folder === dirname(folder)) return null;
  }
}

async function readBeside(root: string, text: string): Promise<FoundPackage> {
  const manifest = readManifest(text);
  if ('problem' in manifest) return bad(`${root}: ${manifest.problem}`);
  try {
    const top = await realpath(root);
    const path = await realpath(join(root, manifest.entry));
    if (!isInside(top, path)) return bad(`${root}: ${manifest.entry} is a link that leaves the package`);
    const { size } = await stat(path);
    if (size > MAX_CODE_BYTES)
      return bad(`${root}: ${manifest.entry} has ${size} bytes; a plugin may have at most ${MAX_CODE_BYTES}`);
    const code = await readFile(path, 'utf8');
    return { ok: true, packageName: manifest.name, version: manifest.version, from: 'server', code };
  } catch (error) {
    return bad(`${root}: ${manifest.entry} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

function bad(problem: string): FoundPackage {
  return { ok: false, problem };
}
