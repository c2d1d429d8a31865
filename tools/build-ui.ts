/** Builds the UI into dist/web. `node tools/build-ui.ts` always builds; `ensureUi` only when the sources have changed. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { repoRoot } from './repo.ts';

const BUILT_VERSION = resolve(repoRoot, 'dist/web/_app/version.json');

/** The build carries a hash of its sources as its version; the settings of the UI compute the one it would have now. */
async function isFresh(): Promise<boolean> {
  if (!existsSync(BUILT_VERSION)) return false;
  const settings = (await import(pathToFileURL(resolve(repoRoot, 'svelte.config.js')).href)) as {
    default: { version: { name: string } };
  };
  const built = JSON.parse(readFileSync(BUILT_VERSION, 'utf8')) as { version: string };
  return built.version === settings.default.version.name;
}

function buildUi(): void {
  const vite = resolve(repoRoot, 'node_modules/vite/bin/vite.js');
  const args = [vite, 'build', '--logLevel', 'warn'];
  const { status } = spawnSync(process.execPath, args, { cwd: resolve(repoRoot, 'apps/web'), stdio: 'inherit' });
  if (status !== 0) throw new Error('The UI could not be built; the reason stands above.');
}

export async function ensureUi(): Promise<void> {
  if (await isFresh()) return;
  console.log('Building the UI …');
  buildUi();
}

if (import.meta.main) buildUi();
