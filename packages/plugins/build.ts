/**
 * Makes dist/ (or the folder that is named) what authors of listener plugins install: the types of a plugin and
 * `defineListener`, in one file each, without anything else of this repository.
 */
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('.', import.meta.url));
const dist = resolve(process.argv[2] ?? join(root, 'dist'));
const PLUGIN = join(root, 'src/listeners/listener-plugin.ts');
const EVENT = fileURLToPath(new URL('./listeners/event.ts', import.meta.resolve('@vaquita/core')));
const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  verbatimModuleSyntax: true,
  isolatedDeclarations: false,
};

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
const [plugin, event] = await Promise.all([readFile(PLUGIN, 'utf8'), readFile(EVENT, 'utf8')]);
await writeFile(
  join(dist, 'listener.js'),
  standalone(ts.transpileModule(plugin, { compilerOptions: OPTIONS }).outputText),
);
await writeFile(
  join(dist, 'listener.d.ts'),
  standalone(`${withoutImports(eventTypes(event))}\n${withoutImports(plugin)}`, true),
);
await writeManifest();
await copyFile(join(root, '../../LICENSE'), join(dist, 'LICENSE'));

/** What the events are: types only, with ids as the plain texts they are to others. */
function eventTypes(text: string): string {
  return text
    .replaceAll('ProjectId', 'string')
    .replace('export const LISTENER_EVENT_TYPES', 'const LISTENER_EVENT_TYPES');
}

/** The types of both stand in one file. */
function withoutImports(text: string): string {
  const source = ts.createSourceFile('part.ts', text, ts.ScriptTarget.ES2022, true);
  const kept = source.statements.filter(
    (statement) =>
      !(ts.isImportDeclaration(statement) || (ts.isExportDeclaration(statement) && statement.moduleSpecifier)),
  );
  return kept.map((statement) => statement.getFullText()).join('');
}

/** As declarations, where asked for. Throws when something still leads to a package that is not published. */
function standalone(text: string, asTypes = false): string {
  const written = asTypes
    ? ts.transpileDeclaration(text, { compilerOptions: OPTIONS, fileName: 'listener.ts' }).outputText
    : text;
  if (/\bfrom ['"]|\bimport\b/.test(written)) throw new Error(`What is published must stand by itself:\n${written}`);
  return written;
}

async function writeManifest(): Promise<void> {
  const { name, version, license, type, sideEffects } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const description = 'What a listener plugin of Vaquita is: its types, for whoever writes one.';
  const exports = { './listener': { types: './listener.d.ts', default: './listener.js' } };
  const manifest = { name, version, description, license, type, sideEffects, exports };
  await writeFile(join(dist, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}
