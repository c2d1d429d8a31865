/** The built UI against its size budgets: `node tools/check-ui-budgets.ts`, after the build. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { repoRoot, report } from './repo.ts';
import { checkBudgets, kib, type Manifest, measure } from './ui-budgets/check-ui-budgets.ts';

const WEB = resolve(repoRoot, 'apps/web');
const MANIFEST = resolve(WEB, '.svelte-kit/output/client/.vite/manifest.json');

if (!existsSync(MANIFEST)) {
  console.error('The UI is not built: run "npm run build:ui" first.');
  process.exit(1);
}
const parts = measure({
  manifest: JSON.parse(readFileSync(MANIFEST, 'utf8')) as Manifest,
  source: (module) => readFileSync(resolve(WEB, module), 'utf8'),
  size(file) {
    const bytes = readFileSync(resolve(repoRoot, 'dist/web', file));
    return file.endsWith('.woff2') ? bytes.length : gzipSync(bytes).length;
  },
});
for (const { name, bytes, budget } of parts) {
  console.log(`${kib(bytes).padStart(7)} of ${kib(budget).padStart(5)} KiB  ${name}`);
}
report('ui-budgets', checkBudgets(parts), `${parts.length} parts are within their budgets`);
