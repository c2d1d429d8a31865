/** Which parts of settings are secret, read from the schema's own marks, and what they look like when a peer repeats them. */
import { escapeHtml } from './rendering/markup.ts';
import type { JsonSchema } from './settings-form.ts';

/** Every secret text inside the settings. */
export function secretsIn(schema: JsonSchema, settings: unknown): string[] {
  return [...walk(schema, settings, false)].filter((text) => text !== '');
}

function* walk(schema: JsonSchema | undefined, value: unknown, inherited: boolean): Generator<string> {
  const secret = inherited || schema?.writeOnly === true;
  if (typeof value === 'string' || typeof value === 'number') {
    if (secret) yield String(value);
  } else if (Array.isArray(value)) {
    for (const entry of value) yield* walk(schema?.items, entry, secret);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, entry] of Object.entries(value)) {
      yield* walk(schema?.properties?.[key] ?? schema?.additionalProperties, entry, secret);
    }
  }
}

export type Redact = (text: string) => string;

const HIDDEN = '•••';
/** Shorter parts of an address, such as `api` or `v2`, say nothing. */
const MIN_PART = 8;
/** A cut-off secret at the end of a text is taken for one from here on. */
const MIN_BEGINNING = 4;

/** Replaces every form in which the secrets may come back: as they are, encoded, or in part when they are addresses. */
export function createRedact(secrets: readonly string[]): Redact {
  const forms = [...new Set(secrets.flatMap(formsOf))]
    .filter((form) => form !== '')
    .sort((a, b) => b.length - a.length);
  return (text) => {
    let safe = text;
    for (const form of forms) safe = safe.replaceAll(form, HIDDEN);
    return withoutBeginning(safe, forms);
  };
}

function formsOf(secret: string): string[] {
  const whole = [secret, ...partsOf(secret)].map((text) => text.toWellFormed());
  return whole.flatMap((text) => {
    const escaped = JSON.stringify(text).slice(1, -1);
    // Some servers write every slash of JSON with a backslash.
    const encoded = [encodeURIComponent(text), encodeURI(text), escaped, escaped.replaceAll('/', '\\/')];
    return [text, ...encoded, escapeHtml(text), ...(text.length >= MIN_PART ? base64Forms(text) : [])];
  });
}

/** As it looks inside the Base64 of a longer text, where it may begin at each of three places. */
function base64Forms(text: string): string[] {
  const bytes = String.fromCharCode(...new TextEncoder().encode(text));
  return [0, 1, 2].map((before) => {
    const [from, to] = [Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6)];
    return btoa('-'.repeat(before) + bytes).slice(from, to);
  });
}

/** Of a webhook's address every long part is a token or leads to one; of `Bearer …` or `12:…` what comes after is. */
function partsOf(secret: string): string[] {
  const isAddress = /^https?:/.test(secret) && URL.canParse(secret);
  const parts = isAddress ? partsOfAddress(new URL(secret)) : secret.split(/[\s:;,]+/);
  return parts.filter((part) => part.length >= MIN_PART);
}

function partsOfAddress(url: URL): string[] {
  const path = url.pathname + url.search;
  return [url.href, path, ...url.pathname.split('/'), ...url.searchParams.values(), url.username, url.password];
}

/** An answer that is cut off can end in the middle of a secret. */
function withoutBeginning(text: string, forms: readonly string[]): string {
  for (const form of forms) {
    for (let length = Math.min(form.length - 1, text.length); length >= MIN_BEGINNING; length -= 1) {
      if (text.endsWith(form.slice(0, length))) return `${text.slice(0, -length)}${HIDDEN}`;
    }
  }
  return text;
}
