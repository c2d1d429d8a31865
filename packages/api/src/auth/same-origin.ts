/**
 * Cross-site request forgery: a cookie is sent by the browser whoever asks, so a request that changes something and
 * is allowed by a cookie must show that the page it comes from is ours.
 */
import { AppError } from '@vaquita/core';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

export interface OriginRules {
  readonly trustProxy: boolean;
  /** True: a request that shows no origin at all is refused. False: only one that shows a foreign origin. */
  readonly required: boolean;
}

/** @throws AppError `forbidden` */
export function checkSameOrigin(request: Request, rules: OriginRules): void {
  if (SAFE.has(request.method)) return;
  const site = request.headers.get('sec-fetch-site');
  const origin = request.headers.get('origin');
  if (site !== null) {
    if (site === 'same-origin') return;
    throw refused(`it comes from another site (Sec-Fetch-Site: ${site})`);
  }
  if (origin !== null) {
    if (originHost(origin) === ownHost(request, rules.trustProxy)) return;
    throw refused(`it comes from ${origin}`);
  }
  if (rules.required) throw refused('it shows neither Origin nor Sec-Fetch-Site');
}

function refused(why: string): AppError {
  return new AppError(
    'forbidden',
    `A request that is signed in by a cookie must come from the server’s own page, and ${why}. Programs use an API token instead.`,
  );
}

function originHost(origin: string): string | undefined {
  try {
    return new URL(origin).host;
  } catch {
    return undefined;
  }
}

function ownHost(request: Request, trustProxy: boolean): string {
  const forwarded = trustProxy ? request.headers.get('x-forwarded-host')?.split(',')[0]?.trim() : undefined;
  return forwarded || request.headers.get('host') || new URL(request.url).host;
}

export function isSecure(request: Request, trustProxy: boolean): boolean {
  const forwarded = trustProxy ? request.headers.get('x-forwarded-proto')?.split(',')[0]?.trim() : undefined;
  return (forwarded ?? new URL(request.url).protocol.replace(':', '')) === 'https';
}
