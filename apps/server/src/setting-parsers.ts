/** How the text of one setting becomes its value, or a sentence that says what to write instead. */
import { parseDuration, readSecretKey } from '@vaquita/core';

export type Value = string | number | boolean | null;
export type Parsed = { readonly value: Value } | { readonly problem: string };
export type Parse = (text: string) => Parsed;

export function text(given: string): Parsed {
  const value = given.trim();
  return value === '' ? { problem: 'This is empty.' } : { value };
}

export function atLeast(length: number): Parse {
  return (given) =>
    given.length >= length
      ? { value: given }
      : { problem: `This is too short: at least ${length} characters are needed.` };
}

export function integer(min: number, max: number): Parse {
  return (given) => {
    const value = Number(given);
    const isGood = /^-?\d+$/.test(given.trim()) && value >= min && value <= max;
    return isGood ? { value } : { problem: `"${given}" is not a whole number from ${min} to ${max}.` };
  };
}

const NO_LIMIT = new Set(['0', 'none']);

/** A whole number, or null where there is to be no limit. */
export function limit(given: string): Parsed {
  const text = given.trim().toLowerCase();
  if (NO_LIMIT.has(text)) return { value: null };
  const parsed = integer(1, 1_000_000_000)(text);
  if ('value' in parsed) return parsed;
  return { problem: `"${given}" is not a limit: write a whole number from 1 on, or 0 or none for no limit.` };
}

const ON = new Set(['1', 'true', 'on', 'yes']);
const OFF = new Set(['0', 'false', 'off', 'no']);

export function flag(given: string): Parsed {
  const word = given.trim().toLowerCase();
  if (ON.has(word)) return { value: true };
  if (OFF.has(word)) return { value: false };
  return { problem: `"${given}" is neither on nor off (1, true, on, yes; 0, false, off, no).` };
}

export function oneOf(words: readonly string[]): Parse {
  return (given) => {
    const value = given.trim().toLowerCase();
    return words.includes(value) ? { value } : { problem: `"${given}" is not one of ${words.join(', ')}.` };
  };
}

export function duration(min: string, max: string): Parse {
  return (given) => {
    const value = parseDuration(given.trim());
    const isGood = value !== undefined && value >= parseDuration(min)! && value <= parseDuration(max)!;
    return isGood ? { value } : { problem: `"${given}" is not a duration from ${min} to ${max}, such as 30s or 10m.` };
  };
}

/** How long something is kept: `none` means for good. */
export function keptFor(given: string): Parsed {
  if (/^(none|forever)$/i.test(given.trim())) return { value: null };
  const parsed = duration('1m', '36500d')(given);
  if ('value' in parsed) return parsed;
  return {
    problem: `"${given}" is not how long something is kept: write a duration such as 90d or 12h, or none to keep it for good.`,
  };
}

/** Addresses are shown in logs and lists of processes, so a secret in one is refused, and not repeated. */
const CARRIES_SECRET = /^[a-z]+:\/\/[^/]*@|[?&](authToken|token)=/i;

export function databaseUrl(given: string): Parsed {
  const value = given.trim();
  if (CARRIES_SECRET.test(value)) {
    return { problem: 'It carries a secret. Take that out and put it into VAQUITA_DATABASE_TOKEN or a file.' };
  }
  if (/^(file:.+|https?:\/\/.+|libsql:\/\/.+)$/.test(value)) return { value };
  return { problem: 'Write file:<path>, http(s)://<host> or libsql://<host>.' };
}

/** A database, or the data folder of each server for itself. */
export function contentDatabaseUrl(given: string): Parsed {
  if (given.trim() === 'folder') return { value: null };
  const parsed = databaseUrl(given);
  if ('value' in parsed) return parsed;
  return {
    problem: parsed.problem
      .replace('file:<path>', 'folder, file:<path>')
      .replace('VAQUITA_DATABASE_TOKEN', 'VAQUITA_CONTENT_DATABASE_TOKEN'),
  };
}

/** The root of a server, such as `https://vaquita.example.org`. */
export function serverUrl(given: string): Parsed {
  const value = given.trim().replace(/\/+$/, '');
  const parsed = URL.canParse(value) ? new URL(value) : undefined;
  const isGood = parsed !== undefined && /^https?:$/.test(parsed.protocol) && parsed.origin === value.toLowerCase();
  return isGood ? { value: parsed.origin } : { problem: `"${given}" is not an address such as https://host:8080.` };
}

/** What the server itself answers below its root: a base path of that name could not be told from it. */
const OWN_NAMES = new Set(['api', 'health', 'ready', 'metrics', '_app']);
const SEGMENT = /^[A-Za-z0-9_~-][A-Za-z0-9._~-]*$/;

/** `/vaquita` or `/tools/vaquita`; `/` is the root. */
export function basePath(given: string): Parsed {
  const value = given.trim().replace(/\/+$/, '');
  if (value === '') return { value };
  const [before, ...segments] = value.split('/');
  if (before !== '' || !segments.every((one) => SEGMENT.test(one))) {
    return {
      problem: `"${given}" is not a path such as /vaquita: write / and words of letters, digits, -, _, . and ~.`,
    };
  }
  if (OWN_NAMES.has(segments[0]!))
    return { problem: `/${segments[0]} is what the server itself answers; choose another word.` };
  return { value };
}

/** With a path, but without anything that would be sent along with each request. */
export function webAddress(given: string): Parsed {
  const value = given.trim().replace(/\/+$/, '');
  const parsed = URL.canParse(value) ? new URL(value) : undefined;
  const isPlain = parsed !== undefined && parsed.username === '' && parsed.search === '' && parsed.hash === '';
  const isGood = isPlain && /^https?:$/.test(parsed.protocol);
  return isGood ? { value } : { problem: 'This is not an address such as https://proxy.corp.example/npm.' };
}

/** Never repeated in a complaint. */
/** What comes after is read when the server starts. */
export function redisUrl(given: string): Parsed {
  const isRedis = URL.canParse(given) && ['redis:', 'rediss:'].includes(new URL(given).protocol);
  return isRedis ? { value: given } : { problem: 'must be redis://<host>:<port> or rediss://<host>:<port>' };
}

export function secretKey(given: string): Parsed {
  if (readSecretKey(given) !== null) return { value: given.trim() };
  return { problem: 'This is not 32 bytes as base64 or hex. Make one with: openssl rand -base64 32' };
}

/** Split at commas or spaces; kept as one text, with commas. */
export function list(given: string): Parsed {
  const entries = given.split(/[\s,]+/).filter((entry) => entry !== '');
  return entries.length > 0 ? { value: entries.join(',') } : { problem: 'This is empty.' };
}
