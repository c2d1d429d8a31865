/**
 * The page of a UI that was built for the root of a host, as it has to be below a path of it. Only the page names places by
 * where they are on the host: scripts and styles name each other by where they are themselves.
 */
import { createHash } from 'node:crypto';
import { AppError } from '@vaquita/core';

/** Attributes that lead to files, and what the one inline script imports. */
const FROM_ROOT = /((?:href|src)="|import\(")\/(?!\/)/g;
const KIT_BASE = 'base: ""';
const INLINE_SCRIPT = /<script>([\s\S]*?)<\/script>/;

/**
 * The inline script becomes another by it, so the hash under which the content security policy of the page lets it run does too.
 * @param basePath such as `/vaquita`.
 * @throws AppError `bad_settings` when this is not a page as it is built.
 */
export function movePage(html: string, basePath: string): string {
  const script = INLINE_SCRIPT.exec(html)?.[1];
  const hash = script === undefined ? undefined : scriptHash(script);
  if (script === undefined || hash === undefined || !script.includes(KIT_BASE) || !html.includes(hash)) {
    const text = `The UI in dist/web cannot be served below ${basePath}: its page is not as this version builds it. Build it with: npm run build:ui`;
    throw new AppError('bad_settings', text);
  }
  const moved = html.replace(FROM_ROOT, `$1${basePath}/`).replace(KIT_BASE, `base: ${JSON.stringify(basePath)}`);
  return moved.replace(hash, scriptHash(INLINE_SCRIPT.exec(moved)![1]!));
}

function scriptHash(script: string): string {
  return `'sha256-${createHash('sha256').update(script).digest('base64')}'`;
}
