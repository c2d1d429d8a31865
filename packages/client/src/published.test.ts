/** What is published stands by itself, and its types say exactly what the sources say. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'vaquita-client-')));
const published = join(folder, 'node_modules/@vaquita/client');

beforeAll(() => {
  mkdirSync(published, { recursive: true });
  execFileSync(process.execPath, [join(root, 'build.ts'), published], { stdio: 'pipe' });
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Checks a program that stands outside the repository. */
function check(name: string, text: string, options: ts.CompilerOptions = {}) {
  const file = join(folder, name);
  writeFileSync(file, text);
  const program = ts.createProgram([file], {
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2024.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    types: [],
    ...options,
  });
  const problems = ts.getPreEmitDiagnostics(program).map(({ file: at, start, messageText }) => {
    const line = at?.text.slice(start).split('\n')[0] ?? '';
    return `${line}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
  return { program, problems };
}

test('needs nothing but itself, in code and in types', async () => {
  const { program, problems } = check(
    'program.mts',
    `import { type ApiError, createClient, type EventView } from '@vaquita/client';
    const client = createClient({ baseUrl: 'http://localhost:8080', token: 'vqa_x' });
    for await (const event of client.stream()) {
      const seen: EventView['type'] = event.type;
      // @ts-expect-error: no event is of this type
      const wrong: 'nonsense' = event.type;
      console.log(seen, wrong);
    }
    const failed = (error: ApiError): string => error.detail;
    console.log(failed, (await client.workflows.diff('p', 'w', { from: 1 })).tasks.changed[0]?.changes[0]?.path);`,
  );
  expect(problems).toEqual([]);
  const read = program.getSourceFiles().map(({ fileName }) => fileName);
  const foreign = read.filter(
    (file) => !file.startsWith(folder) && !/\/typescript\/lib\/lib\.[\w.]+\.d\.ts$/.test(file),
  );
  expect(foreign).toEqual([]);

  const manifest = JSON.parse(readFileSync(join(published, 'package.json'), 'utf8'));
  expect(manifest).not.toHaveProperty('private');
  expect(manifest).not.toHaveProperty('dependencies');
  const code = await import(pathToFileURL(join(published, 'index.js')).href);
  const client = code.createClient({ baseUrl: 'http://server.test', fetch: async () => Response.json({ id: 'me' }) });
  expect(await client.session.me()).toEqual({ id: 'me' });
}, 60_000);

test('has every type of the sources, and each is the same', () => {
  const source = join(root, 'src/index.ts');
  const names = exportedTypes(source);
  expect(names).toContain('EventView');
  const { problems } = check(
    'compare.mts',
    `import type * as Published from '@vaquita/client';
    import type * as Source from ${JSON.stringify(source)};
    type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
    ${names.map((name) => `export const ${name}: Same<Published.${name}, Source.${name}> = true;`).join('\n')}
    // @ts-expect-error: this is how a difference would show
    export const different: Same<Published.EventView, Source.MeView> = true;`,
    { allowImportingTsExtensions: true, skipLibCheck: true },
  );
  expect(problems).toEqual([]);
}, 60_000);

function exportedTypes(file: string): readonly string[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2022);
  return source.statements.flatMap((statement) => {
    if (!ts.isExportDeclaration(statement) || !statement.exportClause || !ts.isNamedExports(statement.exportClause))
      return [];
    return statement.exportClause.elements
      .filter(({ isTypeOnly }) => isTypeOnly || statement.isTypeOnly)
      .map(({ name }) => name.text);
  });
}
