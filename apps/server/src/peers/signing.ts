/**
 * How a server proves to another that it is one of those that share the database: with a key pair it makes at its start, whose
 * public half stands in its entry of the registry. No secret is shared, and none is written anywhere.
 */
const ALGORITHM = 'Ed25519';

export interface Signer {
  /** Base64url. */
  readonly publicKey: string;
  /** @returns base64url. */
  sign(text: string): Promise<string>;
}

export async function createSigner(): Promise<Signer> {
  const pair = (await crypto.subtle.generateKey(ALGORITHM, false, ['sign', 'verify'])) as CryptoKeyPair;
  return {
    publicKey: encode(await crypto.subtle.exportKey('raw', pair.publicKey)),
    sign: async (text) => encode(await crypto.subtle.sign(ALGORITHM, pair.privateKey, bytesOf(text))),
  };
}

/** False also when the key or the signature is none at all. */
export async function isSigned(text: string, signature: string, publicKey: string): Promise<boolean> {
  try {
    const key = await crypto.subtle.importKey('raw', decode(publicKey), ALGORITHM, false, ['verify']);
    return await crypto.subtle.verify(ALGORITHM, key, decode(signature), bytesOf(text));
  } catch {
    return false;
  }
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function encode(bytes: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

/** @throws when it is no base64url. */
function decode(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (char) => char.charCodeAt(0));
}
