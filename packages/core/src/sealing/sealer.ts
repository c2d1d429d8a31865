/**
 * Keeps texts that hold secrets unreadable to who has only the database: AES-256-GCM by WebCrypto, which every runtime has.
 *
 * K1 What is sealed for one row opens as that row's and as no other's: the id is authenticated with the text.
 * K2 A text that was changed, or sealed with another key, is never opened as something else: it is an error that says which.
 * K3 No two texts are sealed with the same nonce but by chance of 96 random bits; one key may seal 2^32 of them (NIST SP 800-38D, 8.3).
 */
import { AppError } from '../errors/app-error.ts';
import type { Random } from '../time/random.ts';

export interface Sealer {
  /** @param id of the row whose text it is. */
  seal(id: string, text: string): Promise<string>;
  /** @throws AppError `bad_settings` for another key than the one it was sealed with, `internal` for what was damaged. */
  open(id: string, sealed: string): Promise<string>;
}

/** Of the envelope `s1.<key id>.<nonce>.<ciphertext and tag>`, in base64url. */
const VERSION = 's1';
const NONCE_BYTES = 12;
export const SECRET_KEY_BYTES = 32;

interface DerivedKey {
  /** Tells keys apart and says nothing of them. */
  readonly id: string;
  readonly key: CryptoKey;
}

/** @param secret 32 random bytes. */
export function createSealer(secret: Uint8Array, random: Pick<Random, 'bytes'>): Sealer {
  if (secret.length !== SECRET_KEY_BYTES) {
    throw new AppError('bad_settings', `A secret key has ${SECRET_KEY_BYTES} bytes, not ${secret.length}.`);
  }
  let deriving: Promise<DerivedKey> | undefined;
  const derived = () => (deriving ??= deriveKey(secret));

  return {
    async seal(id, text) {
      const { id: keyId, key } = await derived();
      const nonce = new Uint8Array(random.bytes(NONCE_BYTES));
      const sealed = await crypto.subtle.encrypt(cipher(nonce, keyId, id), key, new TextEncoder().encode(text));
      return [VERSION, keyId, encode(nonce), encode(new Uint8Array(sealed))].join('.');
    },
    async open(id, sealed) {
      const [version, keyId, nonce, body, ...rest] = sealed.split('.');
      if (version !== VERSION || keyId === undefined || nonce === undefined || body === undefined || rest.length > 0) {
        throw damaged(id);
      }
      const own = await derived();
      if (keyId !== own.id) throw anotherKey(keyId, own.id);
      try {
        const text = await crypto.subtle.decrypt(cipher(decode(nonce), keyId, id), own.key, decode(body));
        return new TextDecoder('utf-8', { fatal: true }).decode(text);
      } catch (cause) {
        throw damaged(id, cause);
      }
    },
  };
}

/** Where there is no key: whatever would need one says what is missing. */
export function createRefusingSealer(why: string): Sealer {
  const refuse = () => Promise.reject(new AppError('bad_settings', why));
  return { seal: refuse, open: refuse };
}

/** The operator's key serves as nothing but the root of others, so that it may serve further purposes. */
async function deriveKey(secret: Uint8Array): Promise<DerivedKey> {
  const root = await crypto.subtle.importKey('raw', new Uint8Array(secret), 'HKDF', false, ['deriveBits']);
  const derive = (purpose: string, bits: number) =>
    crypto.subtle.deriveBits(
      { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: new TextEncoder().encode(purpose) },
      root,
      bits,
    );
  const key = await derive('vaquita sealed settings', 256);
  return {
    id: encode(new Uint8Array(await derive('vaquita key id', 48))),
    key: await crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt', 'decrypt']),
  };
}

/** K1. */
function cipher(nonce: Uint8Array<ArrayBuffer>, keyId: string, id: string): AesGcmParams {
  const additionalData = new TextEncoder().encode([VERSION, keyId, id].join('.'));
  return { name: 'AES-GCM', iv: nonce, additionalData, tagLength: 128 };
}

function anotherKey(sealedWith: string, own: string): AppError {
  return new AppError(
    'bad_settings',
    `This was sealed with the secret key ${sealedWith}, and this server has ${own}. Give it the key of the servers that saved it ` +
      '(VAQUITA_SECRET_KEY, or the file secret-key beside the database), or enter every secret again.',
  );
}

function damaged(id: string, cause?: unknown): AppError {
  return new AppError(
    'internal',
    `The sealed settings of ${id} are damaged, or belong to another row. Enter them again.`,
    {
      cause,
    },
  );
}

function encode(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** @throws when it is no base64url. */
function decode(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (char) => char.charCodeAt(0));
}
