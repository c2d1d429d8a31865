/**
 * Options of SvelteKit, flat, imported by apps/web/vite.config.ts. It lives here, outside the Vite root, because
 * Kit 3 takes its options from its Vite plugin. The result is one static build for every runtime: dist/web.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import adapter from '@sveltejs/adapter-static';

const root = fileURLToPath(new URL('.', import.meta.url));
const out = join(root, 'dist/web');

/** The same sources give the same version, so builds repeat; any change makes open tabs notice a new one. */
function sourceVersion() {
  const hash = createHash('sha256');
  for (const folder of ['apps/web/src', 'apps/web/static', 'packages/client/src', 'docs/guide']) {
    for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()) {
      hash.update(entry.slice(root.length)).update(readFileSync(entry));
    }
  }
  return hash
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
    .slice(0, 16);
}

/** @type {import('@sveltejs/kit/vite').Config} */
export default {
  adapter: adapter({ pages: out, assets: out, fallback: 'index.html', precompress: true }),
  csp: {
    mode: 'hash',
    directives: {
      'default-src': ['self'],
      'script-src': ['self'],
      // Svelte's style: directives and CodeMirror write inline styles; no script may be inline but Kit's hashed one.
      'style-src': ['self', 'unsafe-inline'],
      'img-src': ['self', 'data:'],
      'font-src': ['self'],
      'connect-src': ['self'],
      'object-src': ['none'],
      'base-uri': ['self'],
      'form-action': ['self'],
    },
  },
  version: { name: sourceVersion(), pollInterval: 0 },
};
