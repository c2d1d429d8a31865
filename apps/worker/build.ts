/** Bundles the agent into dist/worker.js: one file that Node 20 and later run as it is, with the socket library inside. */
import { chmod, rm, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = new URL('.', import.meta.url);
const file = fileURLToPath(new URL('dist/worker.js', root));

await rm(new URL('dist', root), { recursive: true, force: true });
const bundle = await rolldown({
  cwd: fileURLToPath(root),
  input: 'src/main.ts',
  platform: 'node',
  transform: { target: 'node20' },
  // Native and large; npm installs it beside the bundle. ws looks for two optional accelerators and does without.
  external: ['@libsql/client', 'bufferutil', 'utf-8-validate'],
  treeshake: { moduleSideEffects: [{ test: /node_modules\/(ws|sucrase)\//, sideEffects: false }] },
});
await bundle.write({ file, format: 'esm', minify: true, codeSplitting: false, sourcemap: false });
await bundle.close();
await chmod(file, 0o755);
const { size } = await stat(file);
process.stdout.write(`dist/worker.js: ${Math.round(size / 1024)} KiB\n`);
