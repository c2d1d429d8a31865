/**
 * Makes dist/ (or the folder that is named) the package that is published: one file of code, declarations that stand by
 * themselves, and a manifest without what only this repository needs.
 */
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import ts from 'typescript';
import { isUnpublished, SHAPES_MODULE, writeShapes } from './plain-types.ts';

const root = fileURLToPath(new URL('.', import.meta.url));
const entry = join(root, 'src/index.ts');
const dist = resolve(process.argv[2] ?? join(root, 'dist'));

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
await bundleCode();
await writeDeclarations();
await writeManifest();

async function bundleCode(): Promise<void> {
  const bundle = await rolldown({ cwd: root, input: entry, platform: 'neutral', transform: { target: 'es2022' } });
  const file = join(dist, 'index.js');
  const { output } = await bundle.write({ file, format: 'esm', codeSplitting: false, sourcemap: false });
  await bundle.close();
  const foreign = output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.imports : []));
  if (foreign.length > 0) throw new Error(`The client must stand by itself and imports ${foreign.join(', ')}.`);
}

async function writeDeclarations(): Promise<void> {
  const program = ts.createProgram([entry], {
    target: ts.ScriptTarget.ES2024,
    lib: ['lib.es2024.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    exactOptionalPropertyTypes: true,
    allowImportingTsExtensions: true,
    verbatimModuleSyntax: true,
    skipLibCheck: true,
    types: [],
    declaration: true,
    emitDeclarationOnly: true,
    rootDir: join(root, 'src'),
    outDir: dist,
  });
  const own = program.getSourceFiles().filter(({ fileName }) => resolve(fileName).startsWith(join(root, 'src/')));
  const problems = own.flatMap((source) => [...program.getSemanticDiagnostics(source)]);
  if (problems.length > 0) throw new Error(ts.formatDiagnostics(problems, formatHost()));

  const written: Promise<void>[] = [];
  const keep = (path: string, text: string) => written.push(writeText(path, text));
  for (const source of own) {
    program.emit(source, (path, text) => keep(path, withPublishedModules(text, path)), undefined, true);
  }
  keep(join(dist, SHAPES_MODULE.replace('.js', '.d.ts')), writeShapes(program.getTypeChecker(), own));
  await Promise.all(written);
}

/** Specifiers as they are once everything stands in dist/. */
function withPublishedModules(text: string, path: string): string {
  const isNested = basename(join(path, '..')) === 'resources';
  return text.replaceAll(/from '([^']+)'/g, (_, specifier: string) => {
    if (isUnpublished(specifier)) return `from '${isNested ? `.${SHAPES_MODULE}` : SHAPES_MODULE}'`;
    return `from '${specifier.replace(/\.ts$/, '.js')}'`;
  });
}

function formatHost(): ts.FormatDiagnosticsHost {
  return {
    getCanonicalFileName: (name) => name,
    getCurrentDirectory: () => root,
    getNewLine: () => '\n',
  };
}

async function writeText(path: string, text: string): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, text);
}

async function writeManifest(): Promise<void> {
  const { name, version, description, license, type, sideEffects } = JSON.parse(
    await readFile(join(root, 'package.json'), 'utf8'),
  );
  const exports = { '.': { types: './index.d.ts', default: './index.js' } };
  const manifest = { name, version, description, license, type, sideEffects, exports };
  await writeText(join(dist, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  await copyFile(join(root, '../../LICENSE'), join(dist, 'LICENSE'));
}
