/**
 * How a delivery to a webhook proves that it comes from who has the secret: HMAC-SHA256, by WebCrypto, which every runtime has.
 *
 * - ours, in `x-vaquita-signature`: `t=<unix seconds>,v1=<hex>`, over `<unix seconds>.<body>`; more than one `v1` may be given.
 * - GitHub's, in `x-hub-signature-256`: `sha256=<hex>`, over the body alone.
 *
 * H1 What is compared is compared by WebCrypto's `verify`, in a time that says nothing of how much was right.
 * H2 The key of a delivery follows from what was signed and from nothing beside it: the same delivery has the same key however
 *    often and with whatever headers it comes.
 */
import { sha256Hex } from '../identity/digest.ts';

export interface HookSignature {
  /** Null: GitHub's, which signs no time. */
  readonly timestamp: string | null;
  /** Each in hex; one of them must be right. */
  readonly signatures: readonly string[];
}

const HEX = /^[0-9a-f]{64}$/i;
const MAX_HEADER = 1_000;

/** @returns the parts of `x-vaquita-signature`, or what is wrong with it, in a sentence. */
export function parseHookSignature(header: string): HookSignature | { readonly problem: string } {
  if (header.length > MAX_HEADER) return { problem: `The signature is longer than ${MAX_HEADER} characters.` };
  const signatures: string[] = [];
  let timestamp: string | null = null;
  for (const part of header.split(',')) {
    const [name, value = ''] = part.trim().split('=', 2);
    if (name === 't') {
      if (timestamp !== null || !/^\d{1,12}$/.test(value)) {
        return { problem: 't must be given once, as whole seconds since 1970.' };
      }
      timestamp = value;
    } else if (name === 'v1') {
      if (!HEX.test(value)) return { problem: 'v1 must be the 64 hexadecimal digits of an HMAC-SHA256.' };
      signatures.push(value);
    }
  }
  if (timestamp === null) return { problem: 't is missing: the signature is t=<unix seconds>,v1=<hex>.' };
  if (signatures.length === 0) return { problem: 'v1 is missing: the signature is t=<unix seconds>,v1=<hex>.' };
  return { timestamp, signatures };
}

/** @returns the same for `x-hub-signature-256`. */
export function parseGithubSignature(header: string): HookSignature | { readonly problem: string } {
  const digits = header.startsWith('sha256=') ? header.slice('sha256='.length) : '';
  if (!HEX.test(digits)) return { problem: 'It must be sha256= and the 64 hexadecimal digits of an HMAC-SHA256.' };
  return { timestamp: null, signatures: [digits] };
}

/** True when the signed time is no further from `now` than the tolerance; a time ahead is as wrong as one long ago. */
export function isTimely(timestamp: string, toleranceMs: number, now: number): boolean {
  return Math.abs(now - Number(timestamp) * 1000) <= toleranceMs;
}

/** Whether one of the signatures is that of the body with one of the secrets (H1). */
export async function isSignedWith(
  { timestamp, signatures }: HookSignature,
  body: Uint8Array,
  secrets: readonly string[],
): Promise<boolean> {
  const signed = signedBytes(timestamp, body);
  let isRight = false;
  for (const secret of secrets) {
    const raw = new TextEncoder().encode(secret);
    const key = await crypto.subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
    for (const signature of signatures) {
      if (await crypto.subtle.verify('HMAC', key, fromHex(signature), signed)) isRight = true;
    }
  }
  return isRight;
}

/** H2 */
export function deliveryKey(timestamp: string | null, body: Uint8Array): Promise<string> {
  return sha256Hex(signedBytes(timestamp, body));
}

function signedBytes(timestamp: string | null, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const head = new TextEncoder().encode(timestamp === null ? '' : `${timestamp}.`);
  const all = new Uint8Array(head.length + body.length);
  all.set(head);
  all.set(body, head.length);
  return all;
}

function fromHex(digits: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
