/** Makes API and worker tokens: a telling prefix and 256 random bits, of which only the SHA-256 is kept. */
import {
  type Clock,
  type Id,
  type IdSource,
  PERMISSIONS,
  type Permission,
  type Random,
  sha256Hex,
  type TokenId,
  type UserId,
} from '@vaquita/core';
import type { TokenRow } from '@vaquita/store';
import { randomSecret } from './digest.ts';

export const TOKEN_PREFIXES = { api: 'vqa_', worker: 'vqw_' } as const satisfies Record<TokenRow['kind'], string>;

const SHOWN_CHARS = 10;

export interface TokenRequest {
  readonly kind: TokenRow['kind'];
  readonly name: string;
  readonly userId: UserId | null;
  readonly expiresAt: number | null;
  /** What of the owner's role an API token has; all of it when left out. */
  readonly scopes?: readonly Permission[];
  /** A token chosen by the operator instead of a random one. */
  readonly token?: string | undefined;
}

/** The token itself and the row that remembers it. The token is nowhere else. */
export async function makeToken(
  source: { readonly clock: Pick<Clock, 'now'>; readonly random: Random; readonly ids: IdSource },
  request: TokenRequest,
): Promise<{ readonly token: string; readonly row: TokenRow }> {
  const token = request.token ?? TOKEN_PREFIXES[request.kind] + randomSecret(source.random);
  const id: TokenId = source.ids.next<'token'>() satisfies Id<'token'>;
  return {
    token,
    row: {
      id,
      kind: request.kind,
      name: request.name,
      prefix: token.slice(0, SHOWN_CHARS),
      secretHash: await sha256Hex(token),
      userId: request.userId,
      scopes: request.scopes ?? PERMISSIONS,
      expiresAt: request.expiresAt,
      lastUsedAt: null,
      revokedAt: null,
      createdAt: source.clock.now(),
    },
  };
}
