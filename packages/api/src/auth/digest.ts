/** Comparison in constant time, digests of secrets, and random secrets as text. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Random } from '@vaquita/core';

/**
 * As `sha256Hex`, at once: a secret is short and comes with every request, and WebCrypto hands each digest to another
 * thread and back.
 */
export function secretDigest(secret: string): string {
  return bytesToHex(sha256(utf8ToBytes(secret)));
}

/** Takes the same time wherever two texts of one length differ. */
export function equalInConstantTime(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}

export function toBase64Url(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

export function fromBase64Url(text: string): Uint8Array {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (char) => char.charCodeAt(0));
}

const SECRET_BYTES = 32;

/** 256 random bits. */
export function randomSecret(random: Random): string {
  return toBase64Url(random.bytes(SECRET_BYTES));
}
