/** Passwords as scrypt hashes that carry their own cost, so the cost can be raised without breaking old ones. */
import { scryptAsync } from '@noble/hashes/scrypt.js';
import { AppError, type Random } from '@vaquita/core';
import { PASSWORD_LENGTH } from '../views/access.ts';
import { equalInConstantTime, fromBase64Url, toBase64Url } from './digest.ts';

export interface PasswordCost {
  /** log2 of scrypt's N. */
  readonly logN: number;
  readonly r: number;
  readonly p: number;
}

/** One of the equal-strength settings OWASP names; the one that needs the least memory (32 MiB). */
export const PASSWORD_COST: PasswordCost = { logN: 15, r: 8, p: 3 };

const SALT_BYTES = 16;
const KEY_BYTES = 32;

/** @throws AppError `bad_request` when the password is too short or too long. */
export async function hashPassword(password: string, random: Random, cost = PASSWORD_COST): Promise<string> {
  const { min, max } = PASSWORD_LENGTH;
  if (password.length < min || password.length > max) {
    throw new AppError('bad_request', `A password has ${min} to ${max} characters.`);
  }
  const salt = random.bytes(SALT_BYTES);
  const key = await derive(password, salt, cost);
  return ['scrypt', cost.logN, cost.r, cost.p, toBase64Url(salt), toBase64Url(key)].join('$');
}

export async function verifyPassword(password: string, hash: string): Promise<boolean> {
  const [scheme, logN, r, p, salt, key] = hash.split('$');
  if (scheme !== 'scrypt' || salt === undefined || key === undefined) return false;
  const derived = await derive(password, fromBase64Url(salt), { logN: Number(logN), r: Number(r), p: Number(p) });
  return equalInConstantTime(toBase64Url(derived), key);
}

/** Costs as much as a real check, so that the time of an answer does not tell whether a name exists. */
export async function pretendToVerify(password: string, cost = PASSWORD_COST): Promise<void> {
  await derive(password, new Uint8Array(SALT_BYTES), cost);
}

async function derive(password: string, salt: Uint8Array, cost: PasswordCost): Promise<Uint8Array> {
  const { r, p } = cost;
  return scryptAsync(password.normalize('NFKC'), salt, { N: 2 ** cost.logN, r, p, dkLen: KEY_BYTES });
}

/** No letters that are easily taken for one another. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const MADE_CHARS = 20;

/** A password for somebody else to replace, or the first one. */
export function makePassword(random: Random): string {
  let password = '';
  while (password.length < MADE_CHARS) {
    for (const byte of random.bytes(MADE_CHARS)) {
      // Bytes past the last whole multiple would favour the first letters.
      if (byte < 256 - (256 % ALPHABET.length)) password += ALPHABET[byte % ALPHABET.length]!;
    }
  }
  return password.slice(0, MADE_CHARS);
}
