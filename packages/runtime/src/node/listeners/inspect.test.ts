/** What somebody who uploads a file is told about it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { systemClock } from '../system.ts';
import { MAX_CODE_BYTES, MIB } from './limits.ts';
import { createListenerHost } from './listener-host.ts';

const scratch = mkdtempSync(join(tmpdir(), 'vaquita-inspect-'));
const host = createListenerHost({
  clock: systemClock,
  folder: join(scratch, 'empty'),
  builtin: { names: ['webhook'], module: '', exported: '', options: null },
  limits: { startMs: 60_000, memoryBytes: 160 * MIB },
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test('a plugin is described by what it says of itself', async () => {
  const settings = { type: 'object', properties: { url: { type: 'string' } }, required: ['url'] };
  const code = (more: string) =>
    `export default { name: 'run-journal', settings: ${JSON.stringify(settings)}, onEvent() {}, ${more} };`;
  expect(await host.inspect(code('title: "Run journal", version: "1.2.3"'))).toEqual({
    ok: true,
    name: 'run-journal',
    title: 'Run journal',
    version: '1.2.3',
    settings,
  });
  expect(await host.inspect(code(''))).toMatchObject({ title: 'run-journal', version: '0.0.0' });
});

const shaped = (fields: string) =>
  `export default { name: 'p', settings: { type: 'object' }, onEvent() {}, ${fields} };`;

const PROBLEMS: Readonly<Record<string, readonly [string, string]>> = {
  'does not parse': ['export default {\n  name: "p",\n  settings: +;\n};', "line 3, column 14: Unexpected token ';'"],
  'ends too early': ['export default {', 'line 1: Unexpected end of input'],
  'declares twice': ['let a;\n  let a;', "line 2, column 7: Identifier 'a' has already been declared"],
  'wants what Node does not have': [
    'import { fly } from "node:fs"; export default fly;',
    "line 1: The requested module 'node:fs' does not provide an export named 'fly'",
  ],
  'imports a package': [
    'import pad from "left-pad"; export default pad;',
    'it imports "left-pad". A plugin is one file',
  ],
  'imports a file': ['export * from "./other.js";', 'it imports "./other.js". A plugin is one file'],
  'is CommonJS': ['module.exports = {};', 'A plugin is an ES module'],
  throws: ['\nthrow new Error("boo");', 'it throws while it is loaded: Error: boo (line 2, column 7)'],
  'throws nothing': ['throw undefined;', 'it throws while it is loaded: undefined'],
  leaves: ['process.exit(0);', 'it ends while it is loaded: the plugin has ended its process (exit code 0)'],
  'allocates without end': [
    'const all = []; for (;;) { try { all.push(Buffer.alloc(8 << 20, 1)); } catch {} await 1; }',
    'more than 160 MiB of memory',
  ],
  'rejects beside the import': ['Promise.reject(new Error("lost")); await new Promise(() => {});', 'Error: lost'],
  'needs a variable of the environment': [
    'if (!process.env.HOME) throw new Error("HOME is not set"); export default {};',
    'HOME is not set',
  ],
  'is empty': ['', 'no default export'],
  'exports a function': ['export default () => {};', 'must be an object, and is: function'],
  'exports null': ['export default null;', 'must be an object, and is: null'],
  'has a getter that throws': ['export default { get name() { throw new Error("no") } };', 'Error: no'],
  'has no name': [
    'export default { settings: { type: "object" }, onEvent() {} };',
    'name must be a text, and is: undefined',
  ],
  'has a name that is none': [shaped('name: "My Plugin"'), 'it is "My Plugin"'],
  'takes the name of another': [shaped('name: "webhook"'), 'webhook is a plugin that comes with the server'],
  'has no onEvent': ['export default { name: "p", settings: { type: "object" } };', 'onEvent must be a function'],
  'has an open that cannot be called': [shaped('open: 1'), 'open must be a function, and is: number'],
  'has no settings': ['export default { name: "p", onEvent() {} };', 'settings must be an object (a JSON Schema)'],
  'has settings of no object': [shaped('settings: { type: "string" }'), '"type": "object"'],
  'has settings that refer to themselves': [
    'const s = { type: "object" }; s.s = s; export default { name: "p", settings: s, onEvent() {} };',
    'cannot be written as JSON',
  ],
  'has settings without end': [
    shaped('settings: { type: "object", description: "x".repeat(70_000) }'),
    'at most 65536 characters',
  ],
  'has settings longer than a message may be': [
    shaped('settings: { type: "object", description: "x".repeat(400_000) }'),
    'at most 65536 characters',
  ],
  'has a setting of no type': [
    shaped('settings: { type: "object", properties: { a: {} } }'),
    'property "a" needs a "type"',
  ],
  'requires what is not there': [shaped('settings: { type: "object", required: ["a"] }'), 'it requires "a"'],
  'is too big': [`// ${'x'.repeat(MAX_CODE_BYTES)}`, 'at most 1048576'],
};

for (const [what, [code, problem]] of Object.entries(PROBLEMS)) {
  test(`one that ${what} is refused in words`, async () => {
    expect(await host.inspect(code)).toEqual({ ok: false, problem: expect.stringContaining(problem) });
  });
}
