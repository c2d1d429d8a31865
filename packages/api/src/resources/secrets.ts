/** /secrets: values that are given and never shown. What is kept is sealed before it goes anywhere (ADR 0032, 0044). */
import { AppError, checkSecretValue, type SecretRow } from '@vaquita/core';
import type { Audit } from '../audit.ts';
import type { ApiDeps, ApiStore } from '../deps.ts';
import { notFound, projectNames, scopeOf, subjectOf } from '../environments/scopes.ts';
import { createOnce } from '../http/create-once.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import {
  ScopedPageQuery,
  ScopeQuery,
  SecretChange,
  SecretCreate,
  SecretDetail,
  SecretPage,
  type SecretView,
} from '../views/environment.ts';
import { isoTime, pageRequest } from './paging.ts';

const TAG = 'Environments and secrets';
const LIST = '/api/v1/secrets';
const ITEM = `${LIST}/{secret}`;
const NAMED = 20;

export function secretEndpoints(deps: ApiDeps, audit: Audit): readonly Endpoint[] {
  return [...readEndpoints(deps), ...changeEndpoints(deps, audit)];
}

/** @throws AppError `not_found` */
async function requireSecret(store: ApiStore, idOrName: string, project: string | undefined): Promise<SecretRow> {
  const row = await store.secrets.find({ projectId: await scopeOf(store, project), idOrName });
  if (row) return row;
  throw notFound('secret', idOrName);
}

function toView(row: SecretRow, project: string | null): SecretView {
  const { id, name, description, createdBy, updatedBy } = row;
  const times = { createdAt: isoTime(row.createdAt), updatedAt: isoTime(row.updatedAt) };
  return { id, name, project, description, createdBy, updatedBy, ...times };
}

async function detailOf(store: ApiStore, row: SecretRow): Promise<SecretDetail> {
  const { environments, dataSources } = await store.secrets.usedBy(row.id, NAMED);
  const nameOf = await projectNames(store, [row, ...environments, ...dataSources]);
  const toUse = ({ id, name, projectId }: (typeof environments)[number] | (typeof dataSources)[number]) => ({
    ...{ id, name, project: nameOf(projectId) },
  });
  const usedBy = environments.map(toUse);
  return { ...toView(row, nameOf(row.projectId)), usedBy, usedByDataSources: dataSources.map(toUse) };
}

function readEndpoints({ store }: ApiDeps): readonly Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: LIST,
      tag: TAG,
      access: 'edit',
      summary: 'List secrets by name, without their values',
      query: ScopedPageQuery,
      status: 200,
      answer: SecretPage,
      async handle({ query }) {
        const projectId = await scopeOf(store, query.project);
        const page = await store.secrets.list(projectId === null ? {} : { projectId }, pageRequest(query));
        const nameOf = await projectNames(store, page.items);
        return { items: page.items.map((row) => toView(row, nameOf(row.projectId))), nextCursor: page.next };
      },
    }),
    endpoint({
      method: 'get',
      path: ITEM,
      tag: TAG,
      access: 'edit',
      summary: 'Show a secret and who uses it, without its value',
      query: ScopeQuery,
      status: 200,
      answer: SecretDetail,
      handle: async ({ params, query }) => detailOf(store, await requireSecret(store, params.secret, query.project)),
    }),
  ];
}

function changeEndpoints(deps: ApiDeps, audit: Audit): readonly Endpoint[] {
  const { store, sealer, clock } = deps;
  return [
    endpoint({
      method: 'post',
      path: LIST,
      tag: TAG,
      access: 'admin',
      summary: 'Create a secret',
      description: 'Its value is sealed at once, and no endpoint answers it.',
      body: SecretCreate,
      secretBody: true,
      errors: ['name_in_use', 'bad_settings'],
      status: 201,
      answer: SecretDetail,
      async handle({ body, caller, ids }) {
        requireValue(body.value);
        const now = clock.now();
        const id = ids.next<'secret'>();
        const projectId = await scopeOf(store, body.project);
        const { name, description } = body;
        const row: SecretRow = {
          ...{ id, projectId, name, description, sealed: await sealer.seal(id, body.value) },
          ...{ createdBy: caller.name, createdAt: now, updatedBy: caller.name, updatedAt: now },
        };
        await createOnce(
          () => store.secrets.create(row),
          () => store.secrets.find({ projectId, idOrName: id }),
        );
        const data = { id, name, description };
        await audit(caller, { action: 'secret.create', subject: await subjectOf(store, row), data });
        return detailOf(store, row);
      },
    }),
    endpoint({
      method: 'patch',
      path: ITEM,
      tag: TAG,
      access: 'admin',
      summary: 'Give a secret another value or description',
      description: 'Tasks that are sent to workers from now on get the new value.',
      query: ScopeQuery,
      body: SecretChange,
      errors: ['bad_settings'],
      status: 200,
      answer: SecretDetail,
      async handle({ params, query, body, caller }) {
        const row = await requireSecret(store, params.secret, query.project);
        if (body.value !== undefined) requireValue(body.value);
        const { description } = body;
        const change = {
          ...(description === undefined ? {} : { description }),
          ...(body.value === undefined ? {} : { sealed: await sealer.seal(row.id, body.value) }),
        };
        await store.secrets.update(row.id, { ...change, by: caller.name, at: clock.now() });
        const data = {
          id: row.id,
          ...(description === undefined ? {} : { description, before: { description: row.description } }),
          valueChanged: body.value !== undefined,
        };
        await audit(caller, { action: 'secret.update', subject: await subjectOf(store, row), data });
        return detailOf(store, await requireSecret(store, row.id, undefined));
      },
    }),
    endpoint({
      method: 'delete',
      path: ITEM,
      tag: TAG,
      access: 'admin',
      summary: 'Delete a secret that no environment and no data source uses',
      query: ScopeQuery,
      errors: ['conflict'],
      status: 204,
      async handle({ params, query, caller }) {
        const row = await requireSecret(store, params.secret, query.project);
        const subject = await subjectOf(store, row);
        await store.secrets.delete(row.id);
        const { id, description } = row;
        await audit(caller, { action: 'secret.delete', subject, data: { id, before: { description } } });
      },
    }),
  ];
}

/** @throws AppError `bad_request`, which does not repeat it. */
function requireValue(value: string): void {
  const message = checkSecretValue(value);
  if (message === undefined) return;
  throw new AppError('bad_request', 'The secret cannot be kept like this.', { problems: [{ path: 'value', message }] });
}
