/** /projects: namespaces for workflows. */
import type { ProjectId } from '@vaquita/core';
import type { ProjectRow } from '@vaquita/store';
import type { Audit } from '../audit.ts';
import type { ApiDeps } from '../deps.ts';
import { createOnce } from '../http/create-once.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { readProjectParams } from '../runs/project-params.ts';
import { PageQuery } from '../views/page.ts';
import { ProjectChange, ProjectCreate, ProjectPage, ProjectView } from '../views/project.ts';
import { requireProject } from './lookup.ts';
import { isoTime, pageRequest, toPage } from './paging.ts';

function toProjectView(row: ProjectRow): ProjectView {
  const { id, name, description } = row;
  return {
    id,
    name,
    description,
    params: row.params.map(({ value, ...param }) => ({ ...param, value: value ?? '' })),
    createdAt: isoTime(row.createdAt),
    updatedAt: isoTime(row.updatedAt),
  };
}

export function projectEndpoints({ store, clock }: ApiDeps, audit: Audit): readonly Endpoint[] {
  const tag = 'Projects';

  return [
    endpoint({
      method: 'get',
      path: '/api/v1/projects',
      tag,
      access: 'view',
      summary: 'List projects by name',
      query: PageQuery,
      status: 200,
      answer: ProjectPage,
      handle: async ({ query }) => toPage(await store.projects.list(pageRequest(query)), toProjectView),
    }),
    endpoint({
      method: 'post',
      path: '/api/v1/projects',
      tag,
      access: 'edit',
      summary: 'Create a project',
      body: ProjectCreate,
      errors: ['name_in_use'],
      status: 201,
      answer: ProjectView,
      async handle({ body, caller, ids }) {
        const now = clock.now();
        const id: ProjectId = ids.next<'project'>();
        const row = { id, name: body.name, description: body.description, params: [], createdAt: now, updatedAt: now };
        await createOnce(
          () => store.projects.create(row),
          () => store.projects.find(row.id),
        );
        await audit(caller, { action: 'project.create', subject: row.name, data: { id } });
        return toProjectView(row);
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/v1/projects/{project}',
      tag,
      access: 'view',
      summary: 'Show a project',
      status: 200,
      answer: ProjectView,
      handle: async ({ params }) => toProjectView(await requireProject(store, params.project)),
    }),
    endpoint({
      method: 'patch',
      path: '/api/v1/projects/{project}',
      tag,
      access: 'edit',
      summary: 'Rename a project, change its description or its parameters',
      description: 'A task takes a new value of a parameter when it is next sent to a worker.',
      body: ProjectChange,
      errors: ['name_in_use'],
      status: 200,
      answer: ProjectView,
      async handle({ params, body, caller }) {
        const project = await requireProject(store, params.project);
        const newParams = body.params === undefined ? {} : { params: readProjectParams(body.params) };
        await store.projects.update(project.id, {
          ...(body.name === undefined ? {} : { name: body.name }),
          ...(body.description === undefined ? {} : { description: body.description }),
          ...newParams,
          at: clock.now(),
        });
        const { name, description } = project;
        const before = { name, description, params: project.params };
        const data = { id: project.id, ...body, ...newParams, before };
        await audit(caller, { action: 'project.update', subject: project.name, data });
        return toProjectView(await requireProject(store, project.id));
      },
    }),
    endpoint({
      method: 'delete',
      path: '/api/v1/projects/{project}',
      tag,
      access: 'edit',
      summary: 'Delete an empty project',
      errors: ['conflict'],
      status: 204,
      async handle({ params, caller }) {
        const project = await requireProject(store, params.project);
        await store.projects.delete(project.id);
        await audit(caller, { action: 'project.delete', subject: project.name, data: { id: project.id } });
      },
    }),
  ];
}
