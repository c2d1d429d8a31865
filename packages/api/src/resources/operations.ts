/** What an operator looks at: cluster, overview, task types, audit. */
import { AppError, WORKFLOW_STATES, type WorkflowState } from '@vaquita/core';
import type { AuditRow } from '@vaquita/store';
import * as z from 'zod';
import type { ApiDeps } from '../deps.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { toInstanceView } from '../runs/instance-view.ts';
import {
  AuditPage,
  AuditQuery,
  AuditView,
  AuditWordsView,
  ClusterView,
  MAX_COUNTED,
  MAX_SET_ASIDE,
  OverviewView,
  TaskTypePage,
} from '../views/operation.ts';
import { projectNames } from './instances.ts';
import { isoTime, pageRequest, toPage, wholeList } from './paging.ts';
import { listServers } from './servers.ts';
import { listTaskTypes } from './task-types.ts';
import { countWorkers } from './workers.ts';

function toAuditView(row: AuditRow): AuditView {
  const { id, actor, action, subject } = row;
  return { id, at: isoTime(row.at), actor, action, subject, data: { ...row.data } };
}

const HOUR_MS = 3_600_000;
const WEEK_HOURS = 168;
const MAX_WORDS = 500;
const OverviewQuery = z.object({
  hours: z.coerce.number().int().min(1).max(8760).default(24).meta({ description: 'How far back to count' }),
});

export function operationEndpoints(deps: ApiDeps): readonly Endpoint[] {
  const { store, workers } = deps;
  const tag = 'Operation';

  async function spansOf(hours: number, since: number): Promise<OverviewView['perSpan']> {
    if (hours > WEEK_HOURS) return null;
    const every = hours <= 2 ? { text: '5m', ms: HOUR_MS / 12 } : { text: '1h', ms: HOUR_MS };
    const { spans, from } = await store.instances.countsOverTime({ since, everyMs: every.ms, most: MAX_COUNTED });
    const items = spans.map(({ at, state, count }) => ({ at: isoTime(at), state, count }));
    return { every: every.text, items, from: from === null ? null : isoTime(from) };
  }

  return [
    endpoint({
      method: 'get',
      path: '/api/v1/cluster',
      tag,
      access: 'view',
      summary: 'Who leads, what waits, who works',
      status: 200,
      answer: ClusterView,
      description: 'The servers one by one are shown to administrators only.',
      async handle({ caller }) {
        const { role, leaderName, epoch } = deps.leadership();
        const counts = await countWorkers(workers);
        return {
          version: deps.version,
          server: { role },
          leader: leaderName === null ? null : { name: leaderName, epoch },
          queues: { commands: await store.commands.pendingCount() },
          workers: counts,
          latestEventSeq: await store.events.latestSeq(),
          servers: caller.permissions.includes('admin') ? await listServers(deps, counts) : null,
        };
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/v1/overview',
      tag,
      access: 'view',
      summary: 'Counts of runs by state and over time, and the runs that need somebody',
      query: OverviewQuery,
      status: 200,
      answer: OverviewView,
      async handle({ query }) {
        const since = deps.clock.now() - query.hours * HOUR_MS;
        const [counts, aside, perSpan] = await Promise.all([
          store.instances.countsByState(since),
          store.instances.setAside(MAX_SET_ASIDE),
          spansOf(query.hours, since),
        ]);
        const nameOf = projectNames(deps);
        const states = Object.keys(WORKFLOW_STATES) as WorkflowState[];
        return {
          since: isoTime(since),
          instances: Object.fromEntries(states.map((state) => [state, counts[state] ?? 0])) as Record<
            WorkflowState,
            number
          >,
          workers: await countWorkers(workers),
          pendingCommands: await store.commands.pendingCount(),
          perSpan,
          setAside: await Promise.all(aside.map(async (row) => toInstanceView(row, await nameOf(row)))),
        };
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/v1/task-types',
      tag: 'Workflows',
      access: 'view',
      summary: 'The types a task may have, with the JSON Schema of their settings',
      status: 200,
      answer: TaskTypePage,
      handle: async () => wholeList(listTaskTypes()),
    }),
    endpoint({
      method: 'get',
      path: '/api/v1/audit',
      tag,
      access: 'admin',
      summary: 'Who changed what, newest first',
      description:
        'A record of a change holds under `data` what was given and under `data.before` what it was before. Secrets are in none.',
      query: AuditQuery,
      status: 200,
      answer: AuditPage,
      async handle({ query: { actor, action, subject, since, until, ...page } }) {
        const filter = {
          ...(actor === undefined ? {} : { actor }),
          ...(action === undefined ? {} : { action }),
          ...(subject === undefined ? {} : { subject }),
          ...(since === undefined ? {} : { from: Date.parse(since) }),
          ...(until === undefined ? {} : { to: Date.parse(until) }),
        };
        return toPage(await store.requests.auditLog(pageRequest(page), filter), toAuditView);
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/v1/audit/words',
      tag,
      access: 'admin',
      summary: 'Who is in the audit log, and which actions',
      status: 200,
      answer: AuditWordsView,
      async handle() {
        const { actors, actions } = await store.requests.auditWords(MAX_WORDS);
        return { actors: [...actors], actions: [...actions] };
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/v1/audit/{id}',
      tag,
      access: 'admin',
      summary: 'Show one record of the audit log',
      status: 200,
      answer: AuditView,
      async handle({ params }) {
        const row = await store.requests.auditEntry(params.id);
        if (!row) throw new AppError('not_found', `There is no record with the id “${params.id}” in the audit log.`);
        return toAuditView(row);
      },
    }),
  ];
}
