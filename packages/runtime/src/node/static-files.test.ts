import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStaticFiles, type StaticFiles } from './static-files.ts';

let folder: string;
let files: StaticFiles;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vaquita-static-'));
  mkdirSync(join(folder, 'ui/_app'), { recursive: true });
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  writeFileSync(join(folder, 'ui/index.html'), '<main>');
  writeFileSync(join(folder, 'ui/about.html'), '<about>');
  writeFileSync(join(folder, 'ui/_app/a.js'), 'plain');
  writeFileSync(join(folder, 'ui/_app/a.js.br'), 'brotli');
  files = await openStaticFiles({
    folder: join(folder, 'ui'),
    fallback: 'index.html',
    immutablePrefix: '/_app/',
  });
});
afterEach(() => rmSync(folder, { recursive: true }));

const get = (path: string, headers: Record<string, string> = {}) =>
  files.serve(new Request(`http://x${path}`, { headers }));

describe('openStaticFiles', () => {
  it('serves files with their type, and hashed ones for ever', async () => {
    const response = await get('/_app/a.js');
    expect(response?.headers.get('content-type')).toContain('text/javascript');
    expect(response?.headers.get('cache-control')).toContain('immutable');
    expect(await response?.text()).toBe('plain');
    expect((await get('/'))?.headers.get('cache-control')).toBe('no-cache');
  });

  it('prefers the compressed file for who accepts it', async () => {
    const response = await get('/_app/a.js', { 'accept-encoding': 'gzip, br' });
    expect(response?.headers.get('content-encoding')).toBe('br');
    expect(await response?.text()).toBe('brotli');
    const refused = await get('/_app/a.js', { 'accept-encoding': 'br;q=0' });
    expect(refused?.headers.get('content-encoding')).toBeNull();
  });

  it('serves the page as it has to be below a base path, and files as they are', async () => {
    const script = '{ base: "" }';
    const hash = createHash('sha256').update(script).digest('base64');
    const html = `<meta content="script-src 'sha256-${hash}'"><link href="/a.css"><script>${script}</script>`;
    writeFileSync(join(folder, 'ui/index.html'), html);
    writeFileSync(join(folder, 'ui/index.html.br'), 'the page as it was');
    files = await openStaticFiles({ folder: join(folder, 'ui'), fallback: 'index.html', basePath: '/v' });
    for (const path of ['/', '/index.html', '/p/some/page']) {
      const response = await get(path, { 'accept-encoding': 'br' });
      expect(response?.headers.get('content-encoding')).toBeNull();
      expect(await response?.text()).toContain('href="/v/a.css"');
    }
    expect(await (await get('/_app/a.js'))?.text()).toBe('plain');
  });

  it('answers 304 to who has it already', async () => {
    const tag = (await get('/'))!.headers.get('etag')!;
    expect((await get('/', { 'if-none-match': tag }))?.status).toBe(304);
  });

  it('answers pages of the application with its one page, but no missing script', async () => {
    expect(await (await get('/workflows/etl/daily'))?.text()).toBe('<main>');
    expect(await (await get('/about'))?.text()).toBe('<about>');
    expect(await get('/_app/gone.js', { accept: '*/*' })).toBeUndefined();
  });

  it.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e%2fsecret.txt',
    '/_app/..%2f..%2fsecret.txt',
  ])('does not lead out of its folder by %s', async (path) => {
    const response = await get(path, { accept: 'text/plain' });
    expect((await response?.text()) ?? '').not.toContain('secret');
  });

  it('leaves other methods and broken addresses alone', async () => {
    expect(await files.serve(new Request('http://x/', { method: 'POST' }))).toBeUndefined();
    expect(await get('/%ff')).toBeUndefined();
  });

  it('tells that a folder is missing', async () => {
    const missing = await openStaticFiles({ folder: join(folder, 'none'), fallback: 'index.html' });
    expect(missing.present).toBe(false);
    expect(await missing.serve(new Request('http://x/'))).toBeUndefined();
  });
});
