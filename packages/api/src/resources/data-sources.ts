/** /data-sources: databases and services that tasks name. Their secrets are named here and kept under /secrets. */
import {
  AppError,
  checkDataSource,
  DATA_SOURCE_KINDS,
  type DataSourceRow,
  dataSourceJsonSchema,
  type ProjectId,
} from '@vaquita/core';
import type { DataSourceUses } from '@vaquita/store';
import type { Audit } from '../audit.ts';
import { tryDataSource } from '../data-sources/try-data-source.ts';
import type { ApiDeps, ApiStore } from '../deps.ts';
import { notFound, projectNames, scopeOf, subjectOf, whyNoSecret } from '../environments/scopes.ts';
import { createOnce } from '../http/create-once.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { namedRevision, requireRevision } from '../http/revision.ts';
import {
  DataSourceChange,
  DataSourceCreate,
  DataSourceDetail,
  DataSourceKindPage,
  DataSourcePage,
  DataSourceTest,
  DataSourceTestAnswer,
  type DataSourceView,
} from '../views/data-source.ts';
import { ScopedPageQuery, ScopeQuery } from '../views/environment.ts';
import { isoTime, pageRequest, wholeList } from './paging.ts';

const TAG = 'Data sources';
const LIST = '/api/v1/data-sources';
const ITEM = `${LIST}/{dataSource}` as const;
/** So many workflows are named of those that use a data source. */
const NAMED = 20;

export function dataSourceEndpoints(deps: ApiDeps, audit: Audit): readonly Endpoint[] {
  // The kinds come first: a path is answered by the first that fits it.
  return [...readEndpoints(deps), ...changeEndpoints(deps, audit), testEndpoint(deps, audit)];
}

/** @throws AppError `not_found` */
async function requireDataSource(
  store: ApiStore,
  idOrName: string,
  project: string | undefined,
): Promise<DataSourceRow> {
  const row = await store.dataSources.find({ projectId: await scopeOf(store, project), idOrName });
  if (row) return row;
  throw notFound('data source', idOrName);
}

function toView(row: DataSourceRow, project: string | null): DataSourceView {
  const { id, name, description, kind, settings, secrets, revision, createdBy, updatedBy } = row;
  return {
    ...{ id, name, project, description, kind, settings: { ...settings }, secrets: { ...secrets }, revision },
    ...{ createdBy, createdAt: isoTime(row.createdAt), updatedBy, updatedAt: isoTime(row.updatedAt) },
  };
}

async function detailOf(store: ApiStore, row: DataSourceRow): Promise<DataSourceDetail> {
  const [nameOf, { workflows, runs }] = await Promise.all([
    projectNames(store, [row]),
    store.dataSources.uses(row, NAMED),
  ]);
  return { ...toView(row, nameOf(row.projectId)), usedBy: { workflows: [...workflows], runs } };
}

function readEndpoints({ store }: ApiDeps): readonly Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: `${LIST}/kinds`,
      tag: TAG,
      access: 'view',
      summary: 'The kinds of data sources, with the JSON Schema of their settings and the secrets they take',
      status: 200,
      answer: DataSourceKindPage,
      async handle() {
        return wholeList(
          Object.entries(DATA_SOURCE_KINDS).map(([kind, described]) => {
            const { title, description, taskType, secrets } = described;
            const named = Object.entries(secrets).map(([name, text]) => ({ name, description: text }));
            return {
              kind,
              title,
              description,
              taskType,
              schema: { ...dataSourceJsonSchema(described) },
              secrets: named,
            };
          }),
        );
      },
    }),
    endpoint({
      method: 'get',
      path: LIST,
      tag: TAG,
      access: 'view',
      summary: 'List data sources by name',
      query: ScopedPageQuery,
      status: 200,
      answer: DataSourcePage,
      async handle({ query }) {
        const projectId = await scopeOf(store, query.project);
        const page = await store.dataSources.list(projectId === null ? {} : { projectId }, pageRequest(query));
        const nameOf = await projectNames(store, page.items);
        return { items: page.items.map((row) => toView(row, nameOf(row.projectId))), nextCursor: page.next };
      },
    }),
    endpoint({
      method: 'get',
      path: ITEM,
      tag: TAG,
      access: 'view',
      summary: 'Show a data source and who uses it, by id or by name',
      query: ScopeQuery,
      status: 200,
      answer: DataSourceDetail,
      handle: async ({ params, query }) =>
        detailOf(store, await requireDataSource(store, params.dataSource, query.project)),
    }),
  ];
}

function changeEndpoints(deps: ApiDeps, audit: Audit): readonly Endpoint[] {
  const { store, clock } = deps;
  return [
    endpoint({
      method: 'post',
      path: LIST,
      tag: TAG,
      access: 'edit',
      summary: 'Create a data source',
      body: DataSourceCreate,
      errors: ['name_in_use'],
      status: 201,
      answer: DataSourceDetail,
      async handle({ body, caller, ids }) {
        const now = clock.now();
        const id = ids.next<'data-source'>();
        const projectId = await scopeOf(store, body.project);
        const { name, description, kind } = body;
        const { settings, secrets } = await checked(store, { projectId, ...body });
        const row: DataSourceRow = {
          ...{ id, projectId, name, description, kind, settings, secrets, revision: 1 },
          ...{ createdBy: caller.name, createdAt: now, updatedBy: caller.name, updatedAt: now },
        };
        await createOnce(
          () => store.dataSources.create(row),
          () => store.dataSources.find({ projectId, idOrName: id }),
        );
        const data = { id, ...auditData(row) };
        await audit(caller, { action: 'data_source.create', subject: await subjectOf(store, row), data });
        return detailOf(store, row);
      },
    }),
    endpoint({
      method: 'patch',
      path: ITEM,
      tag: TAG,
      access: 'edit',
      summary: 'Change a data source',
      description:
        'Tasks that are sent to workers from now on get it as it is then. It keeps its kind, and its name while it is used.',
      query: ScopeQuery,
      body: DataSourceChange,
      errors: ['name_in_use', 'conflict'],
      status: 200,
      answer: DataSourceDetail,
      async handle({ params, query, body, raw, caller }) {
        const row = await requireDataSource(store, params.dataSource, query.project);
        requireRevision(namedRevision(raw, body), { ...row, what: `The data source “${row.name}”` });
        const { name, description } = body;
        if (name !== undefined && name !== row.name) refuseInUse(row, await store.dataSources.uses(row, NAMED));
        const wanted = { ...row, settings: body.settings ?? row.settings, secrets: body.secrets ?? row.secrets };
        const { settings, secrets } = await checked(store, wanted);
        const change = {
          ...(name === undefined ? {} : { name }),
          ...(description === undefined ? {} : { description }),
          ...(body.settings === undefined ? {} : { settings }),
          ...(body.secrets === undefined ? {} : { secrets }),
        };
        await store.dataSources.update(row, { ...change, by: caller.name, at: clock.now() });
        const data = { id: row.id, ...change, before: auditData(row) };
        await audit(caller, { action: 'data_source.update', subject: await subjectOf(store, row), data });
        return detailOf(store, await requireDataSource(store, row.id, undefined));
      },
    }),
    endpoint({
      method: 'delete',
      path: ITEM,
      tag: TAG,
      access: 'edit',
      summary: 'Delete a data source that nothing uses',
      query: ScopeQuery,
      errors: ['conflict'],
      status: 204,
      async handle({ params, query, raw, caller }) {
        const row = await requireDataSource(store, params.dataSource, query.project);
        requireRevision(namedRevision(raw, {}), { ...row, what: `The data source “${row.name}”` });
        refuseInUse(row, await store.dataSources.uses(row, NAMED));
        const subject = await subjectOf(store, row);
        await store.dataSources.delete(row.id);
        await audit(caller, { action: 'data_source.delete', subject, data: { id: row.id, before: auditData(row) } });
      },
    }),
  ];
}

function testEndpoint(deps: ApiDeps, audit: Audit): Endpoint {
  return endpoint({
    method: 'post',
    path: `${ITEM}/test`,
    tag: TAG,
    access: 'edit',
    summary: 'Try to reach a data source, as it is kept, and say what happened',
    description:
      'Files are looked for by the workers of a group; servers are asked by this one, which may connect only where its operator lets it.',
    query: ScopeQuery,
    body: DataSourceTest,
    status: 200,
    answer: DataSourceTestAnswer,
    async handle({ params, query, body, caller }) {
      const row = await requireDataSource(deps.store, params.dataSource, query.project);
      const answer = await tryDataSource(deps, row, body.workerGroup);
      const data = { id: row.id, outcome: answer.outcome };
      await audit(caller, { action: 'data_source.test', subject: await subjectOf(deps.store, row), data });
      return answer;
    },
  });
}

interface Wanted extends Pick<DataSourceRow, 'kind' | 'settings' | 'secrets'> {
  readonly projectId: ProjectId | null;
}

/** @throws AppError `bad_request` with each wrong place, secrets that are not there among them. */
async function checked(store: ApiStore, { projectId, kind, settings, secrets }: Wanted) {
  const found = checkDataSource({ kind, settings, secrets });
  const problems = 'problems' in found ? [...found.problems] : [];
  if (problems.length === 0) {
    for (const [use, secret] of Object.entries(secrets)) {
      const message = await whyNoSecret(store, projectId, secret);
      if (message !== undefined) problems.push({ path: `secrets.${use}`, message });
    }
  }
  if ('problems' in found || problems.length > 0) {
    throw new AppError('bad_request', 'The data source cannot be kept like this.', { problems });
  }
  return { settings: found.settings, secrets };
}

function auditData({ name, description, kind, settings, secrets }: DataSourceRow) {
  return { name, description, kind, settings, secrets };
}

/** @throws AppError `conflict` */
function refuseInUse({ name }: DataSourceRow, { workflows, runs }: DataSourceUses): void {
  const users = [
    ...workflows.map(({ project, workflow }) => `workflow ${project}/${workflow}`),
    ...(workflows.length === NAMED ? ['maybe others'] : []),
    ...(runs > 0 ? [`${runs} run${runs === 1 ? ' that has' : 's that have'} not ended`] : []),
  ];
  if (users.length === 0) return;
  throw new AppError(
    'conflict',
    `The data source “${name}” is used by ${users.join(', ')}. Let their tasks name another, or wait for the runs to end.`,
  );
}
