import { expect, it } from 'vitest';
import { checkTree } from './check-tree.ts';

function check(files: Record<string, string>, forbidden: string[] = []): string[] {
  return checkTree({ files: Object.keys(files), read: (path) => files[path] }, forbidden).map(
    ({ place, message }) => `${place} ${message}`,
  );
}

it('accepts addresses and paths that every machine has', () => {
  const text = [
    'https://registry-of-workers.test/x and https://www.apache.org/licenses/',
    'cat /usr/bin/chromium /etc/hosts ./home/me base/home/me',
    '"resolved": "packages/core"',
  ].join('\n');
  expect(check({ 'docs/a.md': text, 'package-lock.json': text })).toEqual([]);
});

// The wrong texts are put together here, so that this file does not hold them.
it.each([
  [['see https://registry.', 'npmjs.org/x'].join(''), /package registry/],
  [["fallback: () => 'https://registry.", "npmjs.org'"].join(''), /package registry/],
  [['see https://npm.', 'pkg.example.org/x'].join(''), /package registry/],
  [['cd /ho', 'me/someone/clone'].join(''), /path of one machine/],
  [['cd /Us', 'ers/someone'].join(''), /path of one machine/],
  [['cat "/ro', 'ot/.ssh"'].join(''), /path of one machine/],
  ['cd /srv/ci/clone-7', /path of this machine/],
])('finds the line of %s', (text, message) => {
  const found = check({ 'src/a.ts': `first\n${text}` }, ['/srv/ci/clone-7']);
  expect(found).toEqual([expect.stringMatching(message)]);
  expect(found[0]).toMatch(/^src\/a\.ts:2 /);
});

it('finds an address in the lockfile', () => {
  expect(check({ 'package-lock.json': '{\n  "resolved": "https://example.org/a.tgz"\n}' })).toEqual([
    expect.stringMatching(/^package-lock\.json:2 the lockfile names an address/),
  ]);
});

it('leaves files that are not text alone', () => {
  expect(checkTree({ files: ['docs/a.png'], read: () => undefined }, ['x'])).toEqual([]);
});

it('wants telling names', () => {
  expect(check({ 'packages/core/src/utils/a.ts': '' })).toEqual([expect.stringMatching(/"utils" says nothing/)]);
  expect(check({ 'packages/core/src/taskGraph.ts': '' })).toEqual([expect.stringMatching(/kebab-case/)]);
  expect(
    check({
      'apps/web/src/lib/a-b.svelte.ts': '',
      'apps/web/src/lib/RunGraph.svelte': '',
      'apps/web/src/routes/[id]/+page.ts': '',
      'apps/web/src/lib/i18n/pt-BR.ts': '',
      'packages/core/src/task-graph.test.ts': '',
    }),
  ).toEqual([]);
});
