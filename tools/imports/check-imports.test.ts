import { describe, expect, it } from 'vitest';
import { checkImports } from './check-imports.ts';
import { IMPORT_TABLE } from './table.ts';

function manifest(name: string, extra: object = {}): string {
  return JSON.stringify({ name: `@vaquita/${name}`, exports: { '.': './src/index.ts', './testing': 't' }, ...extra });
}

const PACKAGES: Record<string, string> = Object.fromEntries(
  IMPORT_TABLE.map(({ folder }) => [`${folder}/package.json`, manifest(folder.split('/')[1] ?? '')]),
);
PACKAGES['packages/runtime/package.json'] = manifest('runtime', {
  exports: { './node/server': './src/node/server.ts', './node/worker': './src/node/worker.ts' },
});

/** The findings for a workspace with every package of the table and the planted files. */
function check(planted: Record<string, string>): string[] {
  const files: Record<string, string> = { ...PACKAGES, ...planted };
  return checkImports({ files: Object.keys(files), read: (path) => files[path] ?? '' }).map(
    ({ place, message }) => `${place} ${message}`,
  );
}

describe('direction', () => {
  it('lets a package import what its row names, itself and foreign modules', () => {
    const source = "import { z } from 'zod';\nimport { AppError } from '@vaquita/core';\nimport './ports/x.ts';";
    expect(check({ 'packages/store/src/a.ts': source })).toEqual([]);
  });

  it.each([
    ["import { a } from '@vaquita/store';"],
    ["import type { A } from '@vaquita/store';"],
    ["import '@vaquita/store';"],
    ["export * from '@vaquita/store';"],
    ["export type { A } from '@vaquita/store';"],
    ["type A = import('@vaquita/store').A;"],
    ["const a = await import('@vaquita/store');"],
    ['const a = await import(`@vaquita/store`);'],
    ["import a = require('@vaquita/store');"],
  ])('refuses %s in core', (source) => {
    expect(check({ 'packages/core/src/a.ts': `// first line\n${source}` })).toContain(
      'packages/core/src/a.ts:2 packages/core may not import @vaquita/store',
    );
  });

  it('reads the scripts of Svelte files and names the line in the file', () => {
    const source = '<h1>hi</h1>\n<script lang="ts">\n  import { x } from "@vaquita/api";\n</script>';
    expect(check({ 'apps/web/src/a.svelte': source })).toEqual([
      'apps/web/src/a.svelte:3 apps/web may not import @vaquita/api',
    ]);
  });

  it('is not fooled by comments and strings', () => {
    const source = '// import "@vaquita/api"\nconst text = "import x from \'@vaquita/api\'";\nexport { text };';
    expect(check({ 'packages/core/src/a.ts': source })).toEqual([]);
  });

  it('takes only types where only types are allowed', () => {
    expect(check({ 'packages/client/src/a.ts': "import type { A } from '@vaquita/api';" })).toEqual([]);
    expect(check({ 'packages/client/src/a.ts': "import { type A } from '@vaquita/api';" })).toHaveLength(1);
    expect(check({ 'packages/client/src/a.test.ts': "import { a } from '@vaquita/api';" })).toEqual([]);
  });

  it("keeps the server's entry points away from the worker", () => {
    expect(check({ 'apps/worker/src/a.ts': "import { a } from '@vaquita/runtime/node/worker';" })).toEqual([]);
    expect(check({ 'apps/worker/src/testing/a.ts': "import { a } from '@vaquita/runtime/node/server';" })).toEqual([]);
    expect(check({ 'apps/worker/src/a.ts': "import { a } from '@vaquita/runtime/node/server';" })).toEqual([
      'apps/worker/src/a.ts:1 apps/worker may not import the entry point ./node/server of @vaquita/runtime',
    ]);
  });

  it('holds the dependencies of package.json against the same row', () => {
    const planted = manifest('protocol', { dependencies: { '@vaquita/store': '0.1.0', '@vaquita/core': '0.1.0' } });
    expect(check({ 'packages/protocol/package.json': planted })).toEqual([
      'packages/protocol/package.json depends on @vaquita/store, which packages/protocol may not import',
    ]);
  });

  it('asks for a row for every package', () => {
    expect(check({ 'packages/extra/package.json': manifest('extra') })[0]).toMatch(/packages\/extra has no row/);
  });
});

describe('depth', () => {
  it('refuses an entry point that the other package does not export', () => {
    expect(check({ 'packages/store/src/a.ts': "import { x } from '@vaquita/core/src/time/clock.ts';" })).toEqual([
      expect.stringMatching(/does not export/),
    ]);
  });

  it('refuses a path into another package, from packages and from the root folders', () => {
    expect(
      check({ 'packages/store/src/a.ts': "import { x } from './b.ts';\nimport y from '../package.json';" }),
    ).toEqual([]);
    expect(check({ 'packages/store/src/a.ts': "import { x } from '../../core/src/x.ts';" })).toEqual([
      expect.stringMatching(/reaches into packages\/core by a path/),
    ]);
    expect(check({ 'e2e/a.ts': "import { x } from '../packages/core/src/x.ts';" })).toHaveLength(1);
    expect(check({ 'packages/store/src/a.ts': "import { x } from '../../../e2e/x.ts';" })).toHaveLength(1);
    expect(check({ 'bench/a.ts': "import { x } from '../e2e/x.ts';" })).toEqual([]);
  });

  it('keeps test helpers out of production code', () => {
    const source = "import { fake } from '@vaquita/core/testing';";
    expect(check({ 'packages/store/src/a.ts': source })).toEqual([expect.stringMatching(/for tests only/)]);
    expect(check({ 'packages/store/src/a.test.ts': source })).toEqual([]);
    expect(check({ 'packages/store/src/testing/a.ts': source })).toEqual([]);
    expect(check({ 'e2e/a.ts': source })).toEqual([]);
  });
});

describe('runtimes', () => {
  it.each([
    ["import fs from 'node:fs';"],
    ["import fs from 'fs';"],
    ["import type { Buffer } from 'node:buffer';"],
    ["import { WebSocket } from 'ws';"],
    ["import { serve } from '@hono/node-server';"],
    ["import { DurableObject } from 'cloudflare:workers';"],
    ["import { upgradeWebSocket } from 'hono/deno';"],
    ['export const plugin = (name: string) => import(name);'],
    ['export const home = process.env;'],
    ['export const home = globalThis.process;'],
    ['export const bytes = Buffer.from("a");'],
    ['export const serve = Deno.serve;'],
    ['export let timer: NodeJS.Timeout;'],
  ])('refuses %s in the API and the master', (source) => {
    expect(check({ 'packages/api/src/a.ts': source }).length).toBeGreaterThan(0);
    expect(check({ 'packages/master/src/a.ts': source }).length).toBeGreaterThan(0);
    expect(check({ 'packages/runtime/src/node/a.ts': source })).toEqual([]);
  });

  it('leaves members, keys and own names with such a name alone', () => {
    const source =
      'export interface Port { process(): void }\n' +
      'export function run(port: Port, process: string) { port.process(); return { Buffer: process, global: 1 }; }';
    expect(check({ 'packages/master/src/a.ts': source })).toEqual([]);
  });

  it('lets drivers of the store and tests know their runtime', () => {
    const source = "import { Worker } from 'node:worker_threads';";
    expect(check({ 'packages/store/src/drivers/a.ts': source })).toEqual([]);
    expect(check({ 'packages/store/src/a.test.ts': source })).toEqual([]);
    expect(check({ 'packages/store/src/a.ts': source })).toHaveLength(1);
  });

  it.each([
    ['Date.now()'],
    ['new Date()'],
    ['Math.random()'],
    ['setTimeout(run, 1)'],
    ['performance.now()'],
    ['crypto.randomUUID()'],
    ['fetch("x")'],
    ['console.log("x")'],
  ])('refuses %s in core only', (expression) => {
    const source = `export const run = (): unknown => ${expression};`;
    expect(check({ 'packages/core/src/a.ts': source }).length).toBeGreaterThan(0);
    expect(check({ 'packages/api/src/a.ts': source })).toEqual([]);
  });

  it('lets core compute with given moments and ports', () => {
    const source =
      'export const a = (clock: { setTimeout(): void }, at: number) => { clock.setTimeout(); return [new Date(at), crypto.subtle]; };';
    expect(check({ 'packages/core/src/a.ts': source })).toEqual([]);
  });

  it('follows the chain from the entry point of the worker to a database', () => {
    const found = check({
      'packages/runtime/src/node/worker.ts': "export * from './shared.ts';",
      'packages/runtime/src/node/shared.ts': "import { open } from '@vaquita/store';",
      'packages/runtime/src/node/server.ts': "import { open } from '@vaquita/store';",
    });
    expect(found).toEqual(["packages/runtime/src/node/shared.ts:1 the worker's entry point reaches @vaquita/store"]);
  });
});
