/** /tokens and /worker-tokens: made, listed, revoked; the secret is shown once. */
import { AppError, PERMISSIONS, type Permission, type UserId } from '@vaquita/core';
import type { PageRequest, TokenRow } from '@vaquita/store';
import type { Audit } from '../audit.ts';
import type { Caller } from '../auth/caller.ts';
import { checkOwnAccount } from '../auth/permit.ts';
import { makeToken } from '../auth/tokens.ts';
import type { ApiDeps } from '../deps.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { TokenCreate, TokenCreated, TokenPage, TokenQuery, type TokenView } from '../views/access.ts';
import { isoTime, isoTimeOrNull, pageRequest, toPage } from './paging.ts';

interface TokenKind {
  readonly kind: TokenRow['kind'];
  readonly path: '/api/v1/tokens' | '/api/v1/worker-tokens';
  readonly noun: string;
  readonly access: 'self' | 'admin';
}

const KINDS: readonly TokenKind[] = [
  { kind: 'api', path: '/api/v1/tokens', noun: 'API token', access: 'self' },
  { kind: 'worker', path: '/api/v1/worker-tokens', noun: 'worker token', access: 'admin' },
];

function toTokenView(row: TokenRow, userName: string | null): TokenView {
  const { id, name, prefix, userId } = row;
  return {
    id,
    name,
    prefix,
    userId,
    userName,
    scopes: [...row.scopes],
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
  const { tokens, users } = deps.store;
  const tag = 'Access';

  /** An administrator sees every token; others see their own. */
  const maySee = (caller: Caller, row: TokenRow) =>
    caller.permissions.includes('admin') || row.userId === caller.userId;

  async function visiblePage(caller: Caller, request: PageRequest, owner: UserId | undefined) {
    const all = kind === 'worker' || caller.permissions.includes('admin');
    const page = await tokens.list(kind, request, all ? owner : caller.userId);
    const owners = new Set(page.items.map(({ userId }) => userId));
    const names = new Map<UserId | null, string | null>();
    for (const id of owners) names.set(id, id === null ? null : ((await users.find(id))?.name ?? null));
    return toPage(page, (row) => toTokenView(row, names.get(row.userId) ?? null));
  }

  async function findVisible(caller: Caller, id: string): Promise<TokenRow> {
    const row = await tokens.find(id);
    if (row?.kind === kind && maySee(caller, row)) return row;
    throw new AppError('not_found', `There is no ${noun} with the id “${id}”.`);
  }

  /** What a token is made for is never more than who makes it may, and it does not outlive the token it is made with. */
  function checkNoMore(caller: Caller, scopes: readonly Permission[], expiresAt: number | null): void {
    checkOwnAccount(caller);
    const problems = scopes
      .filter((scope) => !caller.permissions.includes(scope))
      .map((scope) => ({ path: 'scopes', message: `Your role, ${caller.role}, does not have “${scope}”` }));
    if (kind === 'worker' && scopes.length > 0) problems.push({ path: 'scopes', message: 'A worker token has none' });
    const ends = caller.via === 'token' ? caller.expiresAt : null;
    if (ends !== null && (expiresAt === null || expiresAt > ends)) {
      problems.push({
        path: 'expiresAt',
        message: `The token you use ends at ${isoTime(ends)}; choose that or earlier`,
      });
    }
    if (problems.length > 0) throw new AppError('bad_request', 'The body is not valid.', { problems });
  }

  return [
    endpoint({
      method: 'get',
      path,
      tag,
      access,
      summary: `List ${noun}s`,
      query: TokenQuery,
      status: 200,
      answer: TokenPage,
      handle: async ({ caller, query: { user, ...page } }) =>
        visiblePage(caller, pageRequest(page), user === undefined ? undefined : (user as UserId)),
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
        checkNoMore(caller, body.scopes ?? [], expiresAt);
        const userId = kind === 'api' ? caller.userId : null;
        const scopes = kind === 'worker' ? [] : inOrder(body.scopes ?? caller.permissions);
        const { token, row } = await makeToken(deps, { kind, name: body.name, userId, expiresAt, scopes });
        await tokens.create(row);
        const data = { id: row.id, expiresAt: isoTimeOrNull(expiresAt), ...(kind === 'api' ? { scopes } : {}) };
        await audit(caller, { action: `${kind}_token.create`, subject: row.name, data });
        return { ...toTokenView(row, userId === null ? null : caller.name), token };
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
        checkOwnAccount(caller);
        const row = await findVisible(caller, params.id);
        await tokens.revoke(row.id, deps.clock.now());
        // Who is connected with it is sent away now, not at the next look.
        if (kind === 'worker') deps.workersChanged();
        await audit(caller, { action: `${kind}_token.revoke`, subject: row.name, data: { id: row.id } });
      },
    }),
  ];
}

function inOrder(scopes: readonly Permission[]): readonly Permission[] {
  return PERMISSIONS.filter((permission) => scopes.includes(permission));
}

function article(noun: string): string {
  return /^[aeiou]/i.test(noun) ? 'an' : 'a';
}
