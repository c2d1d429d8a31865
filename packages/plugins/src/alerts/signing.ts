/** HMAC-SHA256 by WebCrypto, which every runtime has. */
export async function hmacSha256(key: string | Uint8Array<ArrayBuffer>, text: string): Promise<Uint8Array> {
  const encoder = new TextEncoder();
  const bytes = typeof key === 'string' ? encoder.encode(key) : key;
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const imported = await crypto.subtle.importKey('raw', bytes, algorithm, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, encoder.encode(text)));
}

export function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

/** Null when it is none. */
function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  } catch {
    return null;
  }
}

/**
 * The headers of a signed request, but for its id:
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export async function signStandardWebhook(
  id: string,
  body: string,
  { secret, now }: { readonly secret: string; readonly now: number },
): Promise<Readonly<Record<string, string>>> {
  const timestamp = String(Math.floor(now / 1_000));
  const signature = await hmacSha256(webhookKey(secret) ?? secret, `${id}.${timestamp}.${body}`);
  return { 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${base64(signature)}` };
}

/** Of a text its bytes, of `whsec_` and Base64 what that says; null when it is not Base64. */
export function webhookKey(text: string): Uint8Array<ArrayBuffer> | string | null {
  if (!text.startsWith('whsec_')) return text;
  const bytes = fromBase64(text.slice('whsec_'.length));
  return bytes === null || bytes.length === 0 ? null : bytes;
}
