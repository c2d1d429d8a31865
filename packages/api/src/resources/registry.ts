/** /registry: who is alive, what they have put there, who holds which lock, what has changed, and whether it fits together. */
import { AppError, formatDuration } from '@vaquita/core';
import {
  type CheckReport,
  type ClientState,
  checkRegistry,
  type DataEntry,
  FINDING_TEXTS,
  isRegistryPath,
  type LockState,
  type RegistryEvent,
} from '@vaquita/registry';
import * as z from 'zod';
import type { Audit } from '../audit.ts';
import type { ApiDeps } from '../deps.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { PageQuery } from '../views/page.ts';
import {
  RegistryCheckView,
  RegistryClientPage,
  type RegistryClientView,
  RegistryDatumPage,
  type RegistryDatumView,
  RegistryEventPage,
  type RegistryEventView,
  RegistryLockPage,
  type RegistryLockView,
} from '../views/registry.ts';
import { isoTime } from './paging.ts';

const TAG = 'Registry';
const ROOT = '/api/v1/registry';

const PathQuery = z.object({
  ...PageQuery.shape,
  path: z
    .string()
    .default('/')
    .refine(isRegistryPath, 'Write a path as /nodes/server: no slash at the end')
    .meta({ description: 'Only this key and what is below it' }),
});
const EventQuery = z.object({
  ...PathQuery.shape,
  cursor: z.coerce.number().int().positive().optional().meta({ description: '`nextCursor` of the page before' }),
});

export function registryEndpoints(deps: ApiDeps, audit: Audit): readonly Endpoint[] {
  const { registry } = deps;
  return [
    endpoint({
      method: 'get',
      path: `${ROOT}/clients`,
      tag: TAG,
      access: 'admin',
      summary: 'List servers and workers that the registry knows, by id',
      query: PageQuery,
      status: 200,
      answer: RegistryClientPage,
      async handle({ query: { cursor, limit } }) {
        const rows = await registry.clients({ after: cursor ?? null, limit: limit + 1 });
        return toPage(rows, limit, { view: toClientView, key: ({ id }) => id });
      },
    }),
    endpoint({
      method: 'get',
      path: `${ROOT}/data`,
      tag: TAG,
      access: 'admin',
      summary: 'List what was put into the registry, by key',
      query: PathQuery,
      status: 200,
      answer: RegistryDatumPage,
      async handle({ query: { path, cursor, limit } }) {
        const rows = await registry.data(path, { after: cursor ?? null, limit: limit + 1 });
        return toPage(rows, limit, { view: toDatumView, key: ({ key }) => key });
      },
    }),
    endpoint({
      method: 'get',
      path: `${ROOT}/locks`,
      tag: TAG,
      access: 'admin',
      summary: 'List locks by key, held and free',
      query: PageQuery,
      status: 200,
      answer: RegistryLockPage,
      async handle({ query: { cursor, limit } }) {
        const rows = await registry.locks({ after: cursor ?? null, limit: limit + 1 });
        return toPage(rows, limit, { view: toLockView, key: ({ key }) => key });
      },
    }),
    endpoint({
      method: 'get',
      path: `${ROOT}/events`,
      tag: TAG,
      access: 'admin',
      summary: 'List changes of the registry, newest first',
      description: 'Events are kept for some hours only.',
      query: EventQuery,
      status: 200,
      answer: RegistryEventPage,
      async handle({ query: { path, cursor, limit } }) {
        const rows = await registry.events(path, { after: cursor ?? null, limit: limit + 1 });
        return toPage(rows, limit, { view: toEventView, key: ({ id }) => String(id) });
      },
    }),
    endpoint({
      method: 'get',
      path: `${ROOT}/check`,
      tag: TAG,
      access: 'admin',
      summary: 'Check whether the tables of the registry fit together',
      status: 200,
      answer: RegistryCheckView,
      handle: async () => toCheckView(await checkRegistry(registry)),
    }),
    endpoint({
      method: 'post',
      path: `${ROOT}/repair`,
      tag: TAG,
      access: 'admin',
      summary: 'Check the registry, and put right what is wrong',
      description: 'Answers what was found. Nothing that belongs to a client that is alive is touched.',
      status: 200,
      answer: RegistryCheckView,
      async handle({ caller }) {
        const report = await checkRegistry(registry, { repair: true });
        const { ok, findings } = report;
        await audit(caller, { action: 'registry.repair', subject: 'registry', data: { ok, findings } });
        if (!ok) {
          throw new AppError(
            'conflict',
            'Something was wrong again at once. Who else writes to the tables of the registry?',
          );
        }
        return toCheckView(report);
      },
    }),
  ];
}

interface Shown<Row, View> {
  readonly view: (row: Row) => View;
  readonly key: (row: Row) => string;
}

/** `rows` were read with one more than the limit: the extra one only tells that there is more. */
function toPage<Row, View>(rows: readonly Row[], limit: number, { view, key }: Shown<Row, View>) {
  const shown = rows.slice(0, limit);
  return { items: shown.map(view), nextCursor: rows.length > limit ? key(shown.at(-1)!) : null };
}

function toClientView(row: ClientState): RegistryClientView {
  const { id, name, kind, online } = row;
  return {
    id,
    name,
    kind,
    online,
    heartbeatInterval: formatDuration(row.heartbeatIntervalMs),
    sessionTimeout: formatDuration(row.sessionTimeoutMs),
    config: { ...row.config },
    lastHeartbeatAt: isoTime(row.lastHeartbeatAt),
    expiresAt: isoTime(row.expiresAt),
    createdAt: isoTime(row.createdAt),
  };
}

function toDatumView({ createdAt, updatedAt, ...datum }: DataEntry): RegistryDatumView {
  return { ...datum, createdAt: isoTime(createdAt), updatedAt: isoTime(updatedAt) };
}

function toLockView({ key, clientId, clientName, owner, epoch, acquiredAt }: LockState): RegistryLockView {
  const holder = clientId === null ? null : { clientId, name: clientName, owner };
  return { key, holder, epoch, acquiredAt: isoTime(acquiredAt) };
}

function toEventView({ at, ...event }: RegistryEvent): RegistryEventView {
  return { ...event, at: isoTime(at) };
}

function toCheckView({ ok, findings, repaired }: CheckReport): RegistryCheckView {
  return {
    ok,
    findings: findings.map(({ kind, count, examples }) => ({
      kind,
      count,
      examples: [...examples],
      ...FINDING_TEXTS[kind],
    })),
    repaired,
  };
}
