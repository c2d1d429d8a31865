/** The text of a secret key: 32 bytes as base64, base64url or hex. */
import { SECRET_KEY_BYTES } from './sealer.ts';

/** Null when it is none. Nothing of the text is repeated anywhere. */
export function readSecretKey(text: string): Uint8Array | null {
  const given = text.trim();
  const bytes = /^[0-9a-f]{64}$/i.test(given) ? fromHex(given) : fromBase64(given);
  return bytes?.length === SECRET_KEY_BYTES ? bytes : null;
}

export function formatSecretKey(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

function fromHex(text: string): Uint8Array {
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(i * 2, i * 2 + 2), 16));
}

function fromBase64(text: string): Uint8Array | null {
  if (!/^[\w+/-]+={0,2}$/.test(text)) return null;
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    return Uint8Array.from(binary, (char) => char.charCodeAt(0));
  } catch {
    return null;
  }
}
