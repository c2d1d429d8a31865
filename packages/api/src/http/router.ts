/** Puts the endpoints on a Hono app: who asks, what is asked, the answer; and the OpenAPI entry of each. */
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { AppError, ERROR_CODES, type ErrorCode, rolesWith, sha256Hex } from '@vaquita/core';
import * as z from 'zod';
import { authenticate, type Caller } from '../auth/caller.ts';
import { checkPermitted } from '../auth/permit.ts';
import { checkSameOrigin } from '../auth/same-origin.ts';
import { requireWorkerToken } from '../auth/worker-token.ts';
import type { ApiDeps } from '../deps.ts';
import { ProblemView } from '../views/page.ts';
import { readBody } from './body.ts';
import type { AnyRequest, Endpoint } from './endpoint.ts';
import { entityTag, isKnown } from './entity-tag.ts';
import { HttpError } from './http-error.ts';
import type { Idempotency, Recorded } from './idempotency.ts';
import { createQueryReader, type QueryReader, readInput } from './request-input.ts';

export interface RequestInfo {
  readonly requestId: string;
  readonly address: string;
}

/** Set by the outermost middleware. */
export interface ApiEnv {
  Variables: { info: RequestInfo };
}

export function mountEndpoints(
  app: OpenAPIHono<ApiEnv>,
  endpoints: readonly Endpoint[],
  tools: { readonly deps: ApiDeps; readonly idempotency: Idempotency },
): void {
  const methods = new Map<string, string[]>();
  for (const one of endpoints) {
    const path = one.path.replaceAll(/\{(\w+)\}/g, ':$1');
    methods.set(path, [...(methods.get(path) ?? []), one.method.toUpperCase()]);
    app.openAPIRegistry.registerPath(describe(one));
    const readQuery = createQueryReader(one.query);
    app.on(one.method.toUpperCase(), path, async (c) => {
      const params = c.req.param() as Record<string, string>;
      return handle({ endpoint: one, readQuery }, { raw: c.req.raw, params, ...c.get('info') }, tools);
    });
  }
  for (const [path, allowed] of methods) {
    app.all(path, (c) => {
      const allow = [...allowed, ...(allowed.includes('GET') ? ['HEAD'] : [])].join(', ');
      throw new HttpError('method_not_allowed', `${c.req.method} is not possible here; ${allow} is.`, {
        headers: { allow },
      });
    });
  }
}

type Incoming = Pick<AnyRequest, 'raw' | 'params' | 'requestId' | 'address'>;

async function handle(
  { endpoint, readQuery }: { readonly endpoint: Endpoint; readonly readQuery: QueryReader },
  incoming: Incoming,
  { deps, idempotency }: { readonly deps: ApiDeps; readonly idempotency: Idempotency },
): Promise<Response> {
  const { raw } = incoming;
  const caller = await admit(endpoint, raw, deps);
  const url = new URL(raw.url);
  const query = readQuery(url);
  if (endpoint.streamedBody)
    return endpoint.respond?.({
      ...incoming,
      caller,
      query,
      body: undefined,
      ids: deps.ids,
    } as never) as Promise<Response>;
  const { bodyLimitBytes, definitionLimitBytes } = deps.settings;
  const bytes = await readBody(raw, endpoint.body === 'definition' ? definitionLimitBytes : bodyLimitBytes);
  const body = readInput(raw, bytes, endpoint);
  const request = { ...incoming, caller, query, body };

  if (endpoint.respond) return endpoint.respond({ ...request, ids: deps.ids } as never);

  const run = async (ids: AnyRequest['ids']): Promise<Recorded> => {
    const answer = await endpoint.handle?.({ ...request, ids } as never);
    return { status: endpoint.status, body: answer === undefined ? '' : JSON.stringify(answer) };
  };
  const key = endpoint.method === 'post' ? readKey(raw, endpoint) : undefined;
  if (endpoint.method === 'get' && caller !== undefined) return toKeep(raw, caller, await run(deps.ids));
  if (key === undefined || caller === undefined) return toResponse(await run(deps.ids));

  const who = caller.tokenId ?? caller.userId;
  // What is asked for in the address makes another request of it as well.
  const bodyHash =
    url.search === '' ? await sha256Hex(bytes) : await sha256Hex(`${await sha256Hex(bytes)}${url.search}`);
  return toResponse(await idempotency.run({ key: `${who} POST ${url.pathname} ${key}`, bodyHash }, run));
}

async function admit(endpoint: Endpoint, raw: Request, deps: ApiDeps): Promise<Caller | undefined> {
  if (endpoint.access === 'open') return undefined;
  if (endpoint.access === 'worker') {
    await requireWorkerToken(raw, deps);
    return undefined;
  }
  const caller = await authenticate(raw, deps);
  if (caller.via === 'session') checkSameOrigin(raw, { trustProxy: deps.settings.trustProxy, required: true });
  checkPermitted(caller, endpoint.access);
  return caller;
}

function readKey(raw: Request, endpoint: Endpoint): string | undefined {
  const key = raw.headers.get('idempotency-key');
  if (key === null) return undefined;
  if (endpoint.secretAnswer) {
    throw new AppError(
      'bad_request',
      'Idempotency-Key is not possible here: the answer holds a secret, which is never kept for a second answer.',
    );
  }
  if (endpoint.secretBody) {
    throw new AppError(
      'bad_request',
      'Idempotency-Key is not possible here: the body holds a secret, of which no trace is kept.',
    );
  }
  if (/^[\x21-\x7e]{1,200}$/.test(key)) return key;
  throw new AppError('bad_request', 'Idempotency-Key must be 1 to 200 visible ASCII characters.');
}

/** The caller may keep it, and asks each time whether it is still so. */
async function toKeep(raw: Request, caller: Caller, answer: Recorded): Promise<Response> {
  const tag = await entityTag(caller, answer.body);
  const headers = { 'cache-control': 'private, no-cache', etag: tag, vary: 'authorization, cookie' };
  return isKnown(raw, tag)
    ? new Response(null, { status: 304, headers })
    : toResponse(answer, { ...headers, 'x-content-type-options': 'nosniff' });
}

const NOT_KEPT = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

function toResponse(answer: Recorded, headers: Readonly<Record<string, string>> = NOT_KEPT): Response {
  if (answer.body === '') return new Response(null, { status: answer.status, headers });
  return new Response(answer.body, {
    status: answer.status,
    headers: { ...headers, 'content-type': 'application/json' },
  });
}

function describe(endpoint: Endpoint): Parameters<OpenAPIHono['openAPIRegistry']['registerPath']>[0] {
  const names = [...endpoint.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
  const keyed =
    endpoint.method === 'post' && endpoint.access !== 'open' && !endpoint.secretAnswer && !endpoint.secretBody;
  return createRoute({
    method: endpoint.method,
    path: endpoint.path,
    tags: [endpoint.tag],
    summary: endpoint.summary,
    operationId: operationId(endpoint),
    ...describeNeed(endpoint),
    security: SECURITY[endpoint.access === 'open' || endpoint.access === 'worker' ? endpoint.access : 'person'],
    request: {
      ...(names.length > 0 ? { params: z.object(Object.fromEntries(names.map((name) => [name, z.string()]))) } : {}),
      ...(endpoint.query ? { query: endpoint.query } : {}),
      ...(keyed ? { headers: z.object({ 'idempotency-key': z.string().max(200).optional() }) } : {}),
      ...(endpoint.body ? { body: describeBody(endpoint.body) } : {}),
      ...(endpoint.streamedBody
        ? { body: { required: true, content: { 'application/octet-stream': { schema: z.string() } } } }
        : {}),
    },
    responses: {
      [endpoint.status]: describeAnswer(endpoint),
      ...Object.fromEntries(
        Object.entries(endpoint.otherStatuses ?? {}).map(([status, meaning]) => [
          status,
          describeAnswer(endpoint, meaning),
        ]),
      ),
      ...describeErrors(endpoint),
    },
  });
}

const SECURITY = {
  open: [],
  worker: [{ workerToken: [] }],
  person: [{ token: [] }, { session: [] }],
} satisfies Record<string, Record<string, string[]>[]>;

/** Says who may, from what the router holds requests to. */
function describeNeed({ access, description }: Endpoint): { description?: string } {
  const isNamed = access !== 'open' && access !== 'worker' && access !== 'self';
  const need = isNamed ? `Needs the permission \`${access}\`: ${rolesWith(access).join(', ')}.` : '';
  const text = [description ?? '', need].filter((part) => part !== '').join(' ');
  return text === '' ? {} : { description: text };
}

function operationId({ method, path }: Endpoint): string {
  const words = path
    .replace('/api/v1', '')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '');
  return [method, ...words.map((word) => word[0]!.toUpperCase() + word.slice(1))].join('');
}

function describeBody(body: z.ZodType | 'definition') {
  if (body !== 'definition') return { required: true, content: { 'application/json': { schema: body } } };
  const schema = { $ref: '#/components/schemas/WorkflowDefinition' };
  return { required: true, content: { 'application/json': { schema }, 'application/yaml': { schema } } };
}

function describeAnswer(endpoint: Endpoint, description = endpoint.summary) {
  const type = endpoint.contentType ?? 'application/json';
  if (endpoint.status === 204) return { description };
  return { description, content: { [type]: { schema: endpoint.answer ?? z.string() } } };
}

function describeErrors(endpoint: Endpoint) {
  const codes: ErrorCode[] = [
    'bad_request',
    ...(endpoint.access === 'open' ? [] : (['unauthenticated', 'forbidden'] as const)),
    ...(endpoint.path.includes('{') ? (['not_found'] as const) : []),
    ...(endpoint.body ? (['too_large', 'unsupported_media_type'] as const) : []),
    ...(endpoint.errors ?? []),
  ];
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of new Set(codes)) {
    const { status } = ERROR_CODES[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const content = { 'application/problem+json': { schema: ProblemView } };
  return Object.fromEntries(
    [...byStatus].map(([status, all]) => [
      status,
      { description: all.map((code) => `\`${code}\`: ${ERROR_CODES[code].title}`).join('; '), content },
    ]),
  );
}
