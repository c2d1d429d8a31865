import { expect, it } from 'vitest';
import { checkDocPaths } from './check-doc-paths.ts';

const TREE: Record<string, string> = {
  'package.json': JSON.stringify({ name: 'root', scripts: { verify: 'x', start: 'y' } }),
  'apps/web/package.json': JSON.stringify({ name: '@vaquita/web', scripts: { check: 'x' } }),
  'packages/core/src/graph/graph.ts': '',
  'packages/protocol/PROTOCOL.md': '# Protocol',
  'docs/guide/install.md': '# Install\n\n## What you need, first\n\n```sh\n# not a heading\n```\n',
};

/** The findings for the tree with one more document, docs/guide/a.md. */
function check(text: string): string[] {
  const files: Record<string, string> = { ...TREE, 'docs/guide/a.md': text };
  return checkDocPaths({ files: Object.keys(files), read: (path) => files[path] ?? '' }).map(
    ({ place, message }) => `${place} ${message}`,
  );
}

it('accepts what is there: links, headings, paths, patterns, scripts', () => {
  const text = [
    '[install](install.md) [why](./install.md#what-you-need-first) [top](#a-title) [far](https://example.org/x.md)',
    '# A title',
    'See `packages/core/src/graph/graph.ts`, `packages/core/`, `packages/*/src` and packages/<name>/src.',
    'Also `install.md` and `npm run verify`, `npm run -w @vaquita/web check`.',
    '```sh',
    'npm ci && npm start',
    'ls packages/core/src/graph/graph.ts',
    'npx vaquita run examples/weather',
    '```',
  ].join('\n');
  expect(check(text)).toEqual([]);
});

it.each([
  ['[x](missing.md)', /links to missing\.md/],
  ['![x](../pictures/none.png)', /links to \.\.\/pictures\/none\.png/],
  ['[x](install.md#gone)', /no such heading/],
  ['[x](install.md#not-a-heading)', /no such heading/],
  ['`packages/core/src/gone.ts`', /names packages\/core\/src\/gone\.ts/],
  ['plain packages/core/src/gone.ts, in prose', /names packages\/core\/src\/gone\.ts/],
  ['`examples/gone.yaml`', /names examples\/gone\.yaml/],
  ['`packages/*/lib`', /names packages\/\*\/lib/],
  ['```sh\nnode tools/gone.ts\n```', /names tools\/gone\.ts/],
  ['`GONE.md`', /names GONE\.md/],
  ['`npm run gone`', /no such script/],
  ['`npm test`', /no such script/],
  ['`npm run -w @vaquita/web verify`', /no such script/],
])('finds what is missing in %s', (text, message) => {
  const found = check(`\n${text}\n`);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(message);
  expect(found[0]).toMatch(/^docs\/guide\/a\.md:[23] /);
});

it('leaves parts of other paths and addresses alone', () => {
  expect(check('https://example.org/docs/none.md and @scope/packages/x and my-tools/x')).toEqual([]);
});
