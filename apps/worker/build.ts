/**
 * Makes dist/ the package that is published: the agent bundled into worker.js, one file that Node 20 and later run as it
 * is with the socket library inside; the keeper bundled into keeper.js, which is small, because it runs beside each
 * agent; and a manifest without what only this repository needs.
 */
import { chmod, copyFile, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = new URL('.', import.meta.url);
const dist = new URL('dist/', root);

await rm(dist, { recursive: true, force: true });
await write('src/main.ts', 'worker.js');
await write('src/keeper-main.ts', 'keeper.js');
await chmod(new URL('worker.js', dist), 0o755);

async function write(input: string, name: string): Promise<void> {
  const bundle = await rolldown({
    cwd: fileURLToPath(root),
    input,
    platform: 'node',
    transform: { target: 'node20' },
    // Native and large; npm installs it beside the bundle. ws looks for two optional accelerators and does without.
    external: ['@libsql/client', 'bufferutil', 'utf-8-validate'],
    treeshake: { moduleSideEffects: [{ test: /node_modules\/(ws|sucrase)\//, sideEffects: false }] },
  });
  const file = new URL(name, dist);
  await bundle.write({
    file: fileURLToPath(file),
    format: 'esm',
    minify: true,
    codeSplitting: false,
    sourcemap: false,
  });
  await bundle.close();
  process.stdout.write(`dist/${name}: ${Math.round((await stat(file)).size / 1024)} KiB\n`);
}

const { name, version, description, license, type, engines, dependencies } = JSON.parse(
  await readFile(new URL('package.json', root), 'utf8'),
);
const manifest = {
  name,
  version,
  description,
  license,
  type,
  engines,
  bin: { 'vaquita-worker': 'worker.js' },
  dependencies,
};
await writeFile(new URL('package.json', dist), `${JSON.stringify(manifest, null, 2)}\n`);
await copyFile(new URL('README.md', root), new URL('README.md', dist));
await copyFile(new URL('../../LICENSE', root), new URL('LICENSE', dist));
