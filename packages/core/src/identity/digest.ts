/**
 * SHA-256 as lower-case hex, of text in UTF-8 or of bytes. Tokens are remembered so: 256 random bits need no slow hash.
 * WebCrypto, which every runtime has; a computation, no I/O.
 */
export async function sha256Hex(input: string | Uint8Array): Promise<string> {
  const bytes = typeof input === 'string' ? new TextEncoder().encode(input) : input;
  const digest = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
