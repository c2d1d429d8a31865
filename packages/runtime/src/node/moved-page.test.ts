import { createHash } from 'node:crypto';
import { AppError } from '@vaquita/core';
import { expect, test } from 'vitest';
import { movePage } from './moved-page.ts';

const hashOf = (script: string) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`;
const scriptOf = (html: string) => /<script>([\s\S]*?)<\/script>/.exec(html)![1]!;

function page(script = '{ __kit = { base: "", version: "1" }; import("/_app/start.js"); }') {
  return `<link href="/favicon.svg"><script src="/theme.js"></script><a href="//elsewhere.example/">x</a>
<meta http-equiv="content-security-policy" content="script-src 'self' ${hashOf(script)}"><script>${script}</script>`;
}

test('a page that is moved names its files, and where it is, by the new path', () => {
  const moved = movePage(page(), '/tools/vaquita');
  expect(moved).toContain('<link href="/tools/vaquita/favicon.svg"><script src="/tools/vaquita/theme.js">');
  expect(scriptOf(moved)).toContain('base: "/tools/vaquita"');
  expect(scriptOf(moved)).toContain('import("/tools/vaquita/_app/start.js")');
});

test('other hosts are left alone', () => {
  expect(movePage(page(), '/v')).toContain('href="//elsewhere.example/"');
});

test('the policy of the page allows the script as it has become, and the old one no longer', () => {
  const moved = movePage(page(), '/v');
  expect(moved).toContain(hashOf(scriptOf(moved)));
  expect(moved).not.toContain(hashOf(scriptOf(page())));
});

test.each([
  ['a page without the script', '<p>maintenance</p>'],
  ['a page whose policy names another script', page().replace(/sha256-[^']+/, 'sha256-x')],
  ['a page whose script does not say where it is', page('import("/_app/start.js")')],
])('%s is refused, with what to do', (_, html) => {
  expect(() => movePage(html, '/v')).toThrow(AppError);
  expect(() => movePage(html, '/v')).toThrow('npm run build:ui');
});
