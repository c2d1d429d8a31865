import { describe, expect, it } from 'vitest';
import { BUDGETS, type Build, checkBudgets, measure } from './check-ui-budgets.ts';

/** A frame, one page and the editor, within their budgets; `sizes` puts more weight on some files. */
function build(sizes: Readonly<Record<string, number>> = {}): Build {
  return {
    manifest: {
      'kit/start.js': { file: 'start.js', isEntry: true, imports: ['_runtime'] },
      _runtime: { file: 'runtime.js' },
      'gen/nodes/0.js': {
        file: '0.js',
        isEntry: true,
        isDynamicEntry: true,
        imports: ['_runtime'],
        css: ['0.css'],
        assets: ['inter.woff2', 'logo.svg'],
      },
      'gen/nodes/4.js': {
        file: '4.js',
        isEntry: true,
        isDynamicEntry: true,
        imports: ['_runtime', '_table'],
        css: ['4.css'],
      },
      _table: { file: 'table.js', css: ['table.css'] },
      'src/lib/editor/code-mirror.ts': { file: 'code-mirror.js', isDynamicEntry: true, imports: ['_runtime'] },
    },
    source: (module) =>
      module.endsWith('0.js') ? 'from "routes/+layout.svelte"' : 'from "../src/routes/(app)/runs/+page.svelte"',
    size: (file) => sizes[file] ?? 1024,
  };
}
const found = (sizes: Readonly<Record<string, number>>) =>
  checkBudgets(measure(build(sizes))).map(({ place }) => place);

it('counts for a late part what not all who ask for it have loaded', () => {
  const { manifest, ...rest } = build({ 'shared.js': 7 * 1024 });
  const page = { ...manifest['gen/nodes/4.js']!, imports: ['_runtime', '_shared'], dynamicImports: ['late.ts'] };
  const late = { file: 'late.js', isDynamicEntry: true, imports: ['_shared'] };
  const weigh = (more: object) => {
    const all = { ...manifest, 'gen/nodes/4.js': page, _shared: { file: 'shared.js' }, 'late.ts': late, ...more };
    return measure({ ...rest, manifest: all }).find(({ name }) => name === 'late.ts')?.bytes;
  };
  expect(weigh({})).toBe(1024);
  expect(weigh({ other: { file: 'other.js', dynamicImports: ['late.ts'] } })).toBe(8 * 1024);
});

it('allows the pages on which workflows are written more than others', () => {
  const at = (route: string) => {
    const { source, ...rest } = build();
    const parts = measure({ ...rest, source: (module) => source(module).replace('(app)/runs', `(app)/p/${route}`) });
    return parts.find(({ name }) => name === `page /(app)/p/${route}`)?.budget;
  };
  expect([at('workflows/[workflow]/edit'), at('workflows/new')]).toEqual([BUDGETS.writing, BUDGETS.writing]);
  expect([at('workflows/[workflow]'), at('backfills/new')]).toEqual([BUDGETS.page, BUDGETS.page]);
});

describe('measure', () => {
  it('counts for a page only what the frame has not loaded', () => {
    const bytes = Object.fromEntries(measure(build()).map((part) => [part.name, part.bytes / 1024]));
    expect(bytes).toMatchObject({
      shell: 3,
      'page /(app)/runs': 2,
      "page /(app)/runs, styles with the shell's": 3,
      'code-mirror.ts': 1,
      fonts: 1,
    });
  });
});

describe('checkBudgets', () => {
  it('finds nothing in a build within its budgets', () => expect(found({})).toEqual([]));

  it.each([
    ['runtime.js', BUDGETS.shell, ['shell']],
    ['table.js', BUDGETS.page, ['page /(app)/runs']],
    ['code-mirror.js', BUDGETS.editor + 1, ['code-mirror.ts']],
    ['table.css', BUDGETS.css, ["page /(app)/runs, styles with the shell's"]],
    ['inter.woff2', BUDGETS.fonts + 1, ['fonts']],
  ])('finds that %s is too large', (file, size, places) => expect(found({ [file]: size })).toEqual(places));

  it('says how much is too much', () =>
    expect(checkBudgets(measure(build({ 'inter.woff2': 110 * 1024 })))[0]?.message).toContain(
      '110.0 KiB, and 100.0 are allowed',
    ));
});
