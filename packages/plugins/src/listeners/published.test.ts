/** What authors of plugins install stands by itself, and says what the sources say. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'vaquita-spi-')));
const published = join(folder, 'node_modules/@vaquita/plugins');

beforeAll(() => {
  mkdirSync(published, { recursive: true });
  execFileSync(process.execPath, [join(root, 'build.ts'), published], { stdio: 'pipe' });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Problems of a program that stands outside the repository, and the files that were read for it. */
function check(name: string, text: string, options: ts.CompilerOptions = {}) {
  const file = join(folder, name);
  writeFileSync(file, text);
  const program = ts.createProgram([file], {
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2024.d.ts', 'lib.dom.d.ts'],
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
  return { problems, read: program.getSourceFiles().map(({ fileName }) => fileName) };
}

test('a plugin can be written with nothing else, and its settings keep their type', async () => {
  const { problems, read } = check(
    'plugin.mts',
    `import { defineListener, type ListenerEvent, type ListenerPlugin } from '@vaquita/plugins/listener';
    const plugin = defineListener<{ url: string }>({
      name: 'p',
      settings: { type: 'object', properties: { url: { type: 'string' } } },
      async onEvent(event, { settings, signal, state, log }) {
        const url: string = settings.url;
        if (event.type === 'workflow.failed') log('info', url + event.subject + event.project?.id.length);
        state.set('aborted', signal.aborted);
        // @ts-expect-error: there is no such type of event
        if (event.type === 'workflow.exploded') return;
      },
    });
    const events: ListenerEvent[] = [];
    // @ts-expect-error: it must hear
    const wrong: ListenerPlugin = { name: 'p', settings: {} };
    export { plugin as default, events, wrong };`,
  );
  expect(problems).toEqual([]);
  expect(
    read.filter((file) => !file.startsWith(folder) && !/\/typescript\/lib\/lib\.[\w.]+\.d\.ts$/.test(file)),
  ).toEqual([]);

  const manifest = JSON.parse(readFileSync(join(published, 'package.json'), 'utf8'));
  expect(manifest).not.toHaveProperty('private');
  expect(manifest).not.toHaveProperty('dependencies');
  const { defineListener } = await import(pathToFileURL(join(published, 'listener.js')).href);
  const plugin = { name: 'p' };
  expect(defineListener(plugin)).toBe(plugin);
});

test('what the server sends and calls fits what is published', () => {
  const source = join(root, 'src/listeners/listener-plugin.ts');
  const { problems } = check(
    'compare.mts',
    `import type * as Published from '@vaquita/plugins/listener';
    import type * as Source from ${JSON.stringify(source)};
    type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
    export const event = (sent: Source.ListenerEvent): Published.ListenerEvent => sent;
    export const plugin = (written: Published.ListenerPlugin): Source.ListenerPlugin => written;
    export const context = (given: Source.ListenerContext): Published.ListenerContext => given;
    export const types: Same<Published.ListenerEventType, Source.ListenerEventType> = true;
    export const fields: Same<keyof Published.ListenerEvent, keyof Source.ListenerEvent> = true;
    export const parts: Same<keyof Published.ListenerPlugin, keyof Source.ListenerPlugin> = true;`,
    { allowImportingTsExtensions: true, skipLibCheck: true },
  );
  expect(problems).toEqual([]);
});
