/** /environments: variables that tasks get. */
import {
  AppError,
  checkEnvironmentVariables,
  type EnvironmentRow,
  type EnvironmentVariable,
  type Problem,
  type ProjectId,
} from '@vaquita/core';
import type { EnvironmentUses } from '@vaquita/store';
import type { Audit } from '../audit.ts';
import type { ApiDeps, ApiStore } from '../deps.ts';
import { notFound, projectNames, scopeOf, subjectOf, whyNoSecret } from '../environments/scopes.ts';
import { createOnce } from '../http/create-once.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { namedRevision, requireRevision } from '../http/revision.ts';
import {
  EnvironmentChange,
  EnvironmentCreate,
  EnvironmentDetail,
  EnvironmentPage,
  type EnvironmentView,
  ScopedPageQuery,
  ScopeQuery,
} from '../views/environment.ts';
import { isoTime, pageRequest } from './paging.ts';

const TAG = 'Environments and secrets';
const LIST = '/api/v1/environments';
const ITEM = `${LIST}/{environment}`;
/** So many of each kind are named of those that use an environment. */
const NAMED = 20;

export function environmentEndpoints(deps: ApiDeps, audit: Audit): readonly Endpoint[] {
  return [...readEndpoints(deps), ...changeEndpoints(deps, audit)];
}

/** @throws AppError `not_found` */
async function requireEnvironment(
  store: ApiStore,
  idOrName: string,
  project: string | undefined,
): Promise<EnvironmentRow> {
  const row = await store.environments.find({ projectId: await scopeOf(store, project), idOrName });
  if (row) return row;
  throw notFound('environment', idOrName);
}

function toView(row: EnvironmentRow, project: string | null): EnvironmentView {
  const { id, name, description, variables, revision, createdBy, updatedBy } = row;
  return {
    ...{ id, name, project, description, variables: variables.map((variable) => ({ ...variable })), revision },
    ...{ createdBy, createdAt: isoTime(row.createdAt), updatedBy, updatedAt: isoTime(row.updatedAt) },
  };
}

async function detailOf(store: ApiStore, row: EnvironmentRow): Promise<EnvironmentDetail> {
  const [nameOf, uses] = await Promise.all([projectNames(store, [row]), store.environments.uses(row, NAMED)]);
  const { workflows, schedules, triggers, backfills, runs } = uses;
  const usedBy = { workflows: [...workflows], schedules: [...schedules], triggers: [...triggers], backfills, runs };
  return { ...toView(row, nameOf(row.projectId)), usedBy };
}

function readEndpoints({ store }: ApiDeps): readonly Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: LIST,
      tag: TAG,
      access: 'view',
      summary: 'List environments by name',
      query: ScopedPageQuery,
      status: 200,
      answer: EnvironmentPage,
      async handle({ query }) {
        const projectId = await scopeOf(store, query.project);
        const page = await store.environments.list(projectId === null ? {} : { projectId }, pageRequest(query));
        const nameOf = await projectNames(store, page.items);
        return { items: page.items.map((row) => toView(row, nameOf(row.projectId))), nextCursor: page.next };
      },
    }),
    endpoint({
      method: 'get',
      path: ITEM,
      tag: TAG,
      access: 'view',
      summary: 'Show an environment and who uses it, by id or by name',
      query: ScopeQuery,
      status: 200,
      answer: EnvironmentDetail,
      handle: async ({ params, query }) =>
        detailOf(store, await requireEnvironment(store, params.environment, query.project)),
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
      summary: 'Create an environment',
      body: EnvironmentCreate,
      errors: ['name_in_use'],
      status: 201,
      answer: EnvironmentDetail,
      async handle({ body, caller, ids }) {
        const now = clock.now();
        const id = ids.next<'environment'>();
        const projectId = await scopeOf(store, body.project);
        const variables = await checkedVariables(store, projectId, body.variables);
        const { name, description } = body;
        const row: EnvironmentRow = {
          ...{ id, projectId, name, description, variables, revision: 1 },
          ...{ createdBy: caller.name, createdAt: now, updatedBy: caller.name, updatedAt: now },
        };
        await createOnce(
          () => store.environments.create(row),
          () => store.environments.find({ projectId, idOrName: id }),
        );
        const data = { id, ...auditData(row) };
        await audit(caller, { action: 'environment.create', subject: await subjectOf(store, row), data });
        return detailOf(store, row);
      },
    }),
    endpoint({
      method: 'patch',
      path: ITEM,
      tag: TAG,
      access: 'edit',
      summary: 'Change an environment',
      description:
        'Tasks that are sent to workers from now on get it as it is then. It keeps its name while it is used.',
      query: ScopeQuery,
      body: EnvironmentChange,
      errors: ['name_in_use', 'conflict'],
      status: 200,
      answer: EnvironmentDetail,
      async handle({ params, query, body, raw, caller }) {
        const row = await requireEnvironment(store, params.environment, query.project);
        requireRevision(namedRevision(raw, body), { ...row, what: `The environment “${row.name}”` });
        const { name, description } = body;
        if (name !== undefined && name !== row.name) refuseInUse(row, await store.environments.uses(row, NAMED));
        const variables = body.variables && (await checkedVariables(store, row.projectId, body.variables));
        const change = {
          ...(name === undefined ? {} : { name }),
          ...(description === undefined ? {} : { description }),
          ...(variables === undefined ? {} : { variables }),
        };
        await store.environments.update(row, { ...change, by: caller.name, at: clock.now() });
        const data = { id: row.id, ...auditData(change), before: auditData(row) };
        await audit(caller, { action: 'environment.update', subject: await subjectOf(store, row), data });
        return detailOf(store, await requireEnvironment(store, row.id, undefined));
      },
    }),
    endpoint({
      method: 'delete',
      path: ITEM,
      tag: TAG,
      access: 'edit',
      summary: 'Delete an environment that nothing uses',
      query: ScopeQuery,
      errors: ['conflict'],
      status: 204,
      async handle({ params, query, raw, caller }) {
        const row = await requireEnvironment(store, params.environment, query.project);
        requireRevision(namedRevision(raw, {}), { ...row, what: `The environment “${row.name}”` });
        refuseInUse(row, await store.environments.uses(row, NAMED));
        const subject = await subjectOf(store, row);
        await store.environments.delete(row.id);
        await audit(caller, { action: 'environment.delete', subject, data: { id: row.id, before: auditData(row) } });
      },
    }),
  ];
}

/** @throws AppError `bad_request` with each wrong place, secrets that are not there among them. */
async function checkedVariables(
  store: ApiStore,
  projectId: ProjectId | null,
  variables: readonly EnvironmentVariable[],
): Promise<readonly EnvironmentVariable[]> {
  const problems: Problem[] = [...checkEnvironmentVariables(variables)];
  if (problems.length === 0) {
    for (const [index, { secret }] of variables.entries()) {
      if (secret === null) continue;
      const message = await whyNoSecret(store, projectId, secret);
      if (message !== undefined) problems.push({ path: `variables[${index}].secret`, message });
    }
  }
  if (problems.length > 0) throw new AppError('bad_request', 'The environment cannot be kept like this.', { problems });
  return variables;
}

/** Values are no secrets, and still none of the log's business. */
function auditData({ name, description, variables }: Partial<EnvironmentRow>) {
  return {
    name,
    description,
    variables: variables?.map(({ name, secret }) => (secret === null ? { name } : { name, secret })),
  };
}

/** @throws AppError `conflict` */
function refuseInUse({ name }: EnvironmentRow, uses: EnvironmentUses): void {
  const users = [
    ...uses.workflows.map(({ project, workflow }) => `workflow ${project}/${workflow}`),
    ...uses.schedules.map((one) => `schedule ${one.project}/${one.workflow}/${one.name}`),
    ...uses.triggers.map((one) => `trigger ${one.project}/${one.workflow}/${one.name}`),
    ...(uses.backfills > 0 ? [count(uses.backfills, 'backfill')] : []),
    ...(uses.runs > 0 ? [count(uses.runs, 'run')] : []),
  ];
  if (users.length === 0) return;
  const more = [uses.workflows, uses.schedules, uses.triggers].some((list) => list.length === NAMED);
  const listed = `${users.join(', ')}${more ? ', and maybe others' : ''}`;
  throw new AppError(
    'conflict',
    `The environment “${name}” is used by ${listed}. Let them name another, or wait for them to end.`,
  );
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? ' that has' : 's that have'} not ended`;
}
