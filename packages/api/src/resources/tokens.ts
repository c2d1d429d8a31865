/** /tokens and /worker-tokens: made, listed, revoked; the secret is shown once. */
import { AppError } from '@vaquita/core';
import type { PageRequest, TokenRow } from '@vaquita/store';
import type { Audit } from '../audit.ts';
import type { Caller } from '../auth/caller.ts';
import { makeToken } from '../auth/tokens.ts';
import type { ApiDeps } from '../deps.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { TokenCreate, TokenCreated, TokenPage, type TokenView } from '../views/access.ts';
import { PageQuery } from '../views/page.ts';
import { isoTime, isoTimeOrNull, pageRequest } from './paging.ts';

interface TokenKind {
  readonly kind: TokenRow['kind'];
  readonly path: '/api/v1/tokens' | '/api/v1/worker-tokens';
  readonly noun: string;
  readonly access: 'user' | 'admin';
}

const KINDS: readonly TokenKind[] = [
  { kind: 'api', path: '/api/v1/tokens', noun: 'API token', access: 'user' },
  { kind: 'worker', path: '/api/v1/worker-tokens', noun: 'worker token', access: 'admin' },
];

function toTokenView(row: TokenRow): TokenView {
  const { id, name, prefix, userId } = row;
  return {
    id,
    name,
    prefix,
    userId,
    createdAt: isoTime(row.createdAt),
    expiresAt: isoTimeOrNull(row.expiresAt),
    lastUsedAt: isoTimeOrNull(row.lastUsedAt),
    revokedAt: isoTimeOrNull(row.revokedAt),
  };
}

export function tokenEndpoints(deps: ApiDeps, audit: Audit): readonly Endpoint[] {
  return KINDS.flatMap((kind) => endpointsOf(kind, deps, audit));
}

function endpointsOf({ kind, path, noun, access }: TokenKind, deps: ApiDeps, audit: Audit): readonly Endpoint[] {
  const { tokens } = deps.store;
  const tag = 'Access';

  /** An administrator sees every token; others see their own. */
  const maySee = (caller: Caller, row: TokenRow) => caller.role === 'admin' || row.userId === caller.userId;

  /** Reads on until the page is full, so that hiding other people's tokens does not leave holes in a list. */
  async function visiblePage(caller: Caller, request: PageRequest) {
    const items: TokenRow[] = [];
    let cursor = request.cursor;
    do {
      const page = await tokens.list(kind, { limit: request.limit - items.length, cursor });
      items.push(...page.items.filter((row) => maySee(caller, row)));
      cursor = page.next;
    } while (cursor !== null && items.length < request.limit);
    return { items: items.map(toTokenView), nextCursor: cursor };
  }

  async function findVisible(caller: Caller, id: string): Promise<TokenRow> {
    const row = await tokens.find(id);
    if (row?.kind === kind && maySee(caller, row)) return row;
    throw new AppError('not_found', `There is no ${noun} with the id “${id}”.`);
  }

  return [
    endpoint({
      method: 'get',
      path,
      tag,
      access,
      summary: `List ${noun}s`,
      query: PageQuery,
      status: 200,
      answer: TokenPage,
      handle: async ({ caller, query }) => visiblePage(caller, pageRequest(query)),
    }),
    endpoint({
      method: 'post',
      path,
      tag,
      access,
      summary: `Create ${article(noun)} ${noun}; the answer is the only place that shows it`,
      body: TokenCreate,
      secretAnswer: true,
      status: 201,
      answer: TokenCreated,
      async handle({ body, caller }) {
        const expiresAt = body.expiresAt ? Date.parse(body.expiresAt) : null;
        if (expiresAt !== null && expiresAt <= deps.clock.now()) {
          throw new AppError('bad_request', 'The body is not valid.', {
            problems: [{ path: 'expiresAt', message: 'This moment is past; choose a later one' }],
          });
        }
        const userId = kind === 'api' ? caller.userId : null;
        const { token, row } = await makeToken(deps, { kind, name: body.name, userId, expiresAt });
        await tokens.create(row);
        await audit(caller, { action: `${kind}_token.create`, subject: row.name, data: { id: row.id } });
        return { ...toTokenView(row), token };
      },
    }),
    endpoint({
      method: 'delete',
      path: `${path}/{id}`,
      tag,
      access,
      summary: `Revoke ${article(noun)} ${noun}`,
      status: 204,
      async handle({ params, caller }) {
        const row = await findVisible(caller, params.id);
        await tokens.revoke(row.id, deps.clock.now());
        // Who is connected with it is sent away now, not at the next look.
        if (kind === 'worker') deps.workersChanged();
        await audit(caller, { action: `${kind}_token.revoke`, subject: row.name, data: { id: row.id } });
      },
    }),
  ];
}

function article(noun: string): string {
  return /^[aeiou]/i.test(noun) ? 'an' : 'a';
}
