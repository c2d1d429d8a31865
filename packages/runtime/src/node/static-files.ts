/**
 * Serves a folder of built files (the UI). The folder is read once into a table of addresses, so nothing a request
 * names can lead out of it.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { movePage } from './moved-page.ts';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
};

/** Suffixes of files compressed at build time, best first. */
const ENCODINGS = [
  { suffix: '.br', name: 'br' },
  { suffix: '.gz', name: 'gzip' },
] as const;

export interface StaticFilesOptions {
  readonly folder: string;
  /** Answered for pages that are not files: the page of a single-page application. */
  readonly fallback?: string;
  /** Addresses below this hold their content's hash in their name and never change. */
  readonly immutablePrefix?: string;
  /** Below which browsers find it, such as `/vaquita`; requests come without it. Default: nothing, the root of the host. */
  readonly basePath?: string;
}

export interface StaticFiles {
  /** False when the folder is missing or empty. */
  readonly present: boolean;
  /** The answer for a GET or HEAD of a file or page; undefined for what is not here. */
  serve(request: Request): Promise<Response | undefined>;
}

interface Found {
  readonly file: string;
  /** What is served instead of the file's own bytes. */
  readonly bytes?: Uint8Array;
  readonly type: string;
  readonly encodings: ReadonlyMap<string, string>;
}

/** @throws AppError `bad_settings` when the page that is the fallback cannot be moved below `basePath`. */
export async function openStaticFiles(options: StaticFilesOptions): Promise<StaticFiles> {
  const files = await scan(options.folder);
  await moveFallback(files, options);
  const fallback = options.fallback === undefined ? undefined : files.get(`/${options.fallback}`);
  const tags = new Map<string, string>();

  async function answer(request: Request, path: string, found: Found): Promise<Response> {
    const accepted = acceptedEncodings(request);
    const encoding = ENCODINGS.find(({ name }) => accepted.has(name) && found.encodings.has(name))?.name;
    const file = encoding === undefined ? found.file : found.encodings.get(encoding)!;
    const bytes = found.bytes ?? (await readFile(file));
    const tag = tags.get(file) ?? `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
    tags.set(file, tag);
    const isImmutable = options.immutablePrefix !== undefined && path.startsWith(options.immutablePrefix);
    const headers: Record<string, string> = {
      'content-type': found.type,
      'cache-control': isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache',
      etag: tag,
      vary: 'accept-encoding',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'content-security-policy': "frame-ancestors 'none'",
      ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
    };
    if (request.headers.get('if-none-match') === tag) return new Response(null, { status: 304, headers });
    headers['content-length'] = String(bytes.byteLength);
    return new Response(request.method === 'HEAD' ? null : new Uint8Array(bytes), { headers });
  }

  return {
    present: files.size > 0,
    async serve(request) {
      if (request.method !== 'GET' && request.method !== 'HEAD') return undefined;
      const path = decodePath(new URL(request.url).pathname);
      if (path === undefined) return undefined;
      const found = files.get(path) ?? files.get(path.endsWith('/') ? `${path}index.html` : `${path}.html`);
      if (found) return answer(request, path, found);
      // A missing script must not be answered with a page: the browser would report a riddle.
      const wantsPage = extname(path) === '' || (request.headers.get('accept') ?? '').includes('text/html');
      return fallback && wantsPage ? answer(request, path, fallback) : undefined;
    },
  };
}

/** Its compressed siblings are of the page as it was. */
async function moveFallback(files: Map<string, Found>, { fallback, basePath = '' }: StaticFilesOptions): Promise<void> {
  const found = files.get(`/${fallback}`);
  if (found === undefined || basePath === '') return;
  const bytes = new TextEncoder().encode(movePage(await readFile(found.file, 'utf8'), basePath));
  files.set(`/${fallback}`, { ...found, bytes, encodings: new Map() });
}

async function scan(folder: string): Promise<Map<string, Found>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const paths = new Set(entries.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name)));
  const files = new Map<string, Found>();
  for (const file of paths) {
    if (ENCODINGS.some(({ suffix }) => file.endsWith(suffix) && paths.has(file.slice(0, -suffix.length)))) continue;
    const encodings = new Map(
      ENCODINGS.filter(({ suffix }) => paths.has(file + suffix)).map(({ suffix, name }) => [name, file + suffix]),
    );
    const type = CONTENT_TYPES[extname(file).toLowerCase()] ?? 'application/octet-stream';
    files.set(file.slice(folder.length).replaceAll('\\', '/').replace(/^\/*/, '/'), { file, type, encodings });
  }
  return files;
}

function acceptedEncodings(request: Request): ReadonlySet<string> {
  const header = request.headers.get('accept-encoding') ?? '';
  return new Set(
    header
      .split(',')
      .filter((part) => !/;\s*q=0(\.0*)?\s*$/.test(part))
      .map((part) => part.split(';')[0]!.trim().toLowerCase()),
  );
}

function decodePath(pathname: string): string | undefined {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
}
