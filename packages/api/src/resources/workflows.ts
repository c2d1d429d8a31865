/** /projects/{project}/workflows: definitions, saved as versions, in YAML or JSON. */
import type { WorkflowId } from '@vaquita/core';
import type { ProjectRow, WorkflowRow } from '@vaquita/store';
import type { Audit } from '../audit.ts';
import type { ApiDeps } from '../deps.ts';
import { createOnce } from '../http/create-once.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { namedRevision } from '../http/revision.ts';
import { PageQuery } from '../views/page.ts';
import { BaseVersionQuery, WorkflowDetail, WorkflowPage, WorkflowSaved, WorkflowView } from '../views/workflow.ts';
import { requireProject, requireWorkflow } from './lookup.ts';
import { isoTime, pageRequest, toPage } from './paging.ts';
import { createSaveVersion, readText } from './saved-definition.ts';
import { taskEvents } from './task-events.ts';
import { workflowEvent } from './workflow-events.ts';
import { requireVersion } from './workflow-versions.ts';

const TAG = 'Workflows';
const COLLECTION = '/api/v1/projects/{project}/workflows';
const ITEM = '/api/v1/projects/{project}/workflows/{workflow}';

function toWorkflowView(row: WorkflowRow, project: ProjectRow): WorkflowView {
  const { id, projectId, name, description, version, online, taskCount } = row;
  return {
    id,
    projectId,
    projectName: project.name,
    name,
    description,
    version,
    online,
    taskCount,
    createdAt: isoTime(row.createdAt),
    updatedAt: isoTime(row.updatedAt),
  };
}

export function workflowEndpoints(deps: ApiDeps, audit: Audit): readonly Endpoint[] {
  return [...definitionEndpoints(deps, audit), ...onlineEndpoints(deps, audit)];
}

function definitionEndpoints(deps: ApiDeps, audit: Audit): readonly Endpoint[] {
  const { store, clock, changes } = deps;
  const saveVersion = createSaveVersion(deps, audit);

  return [
    endpoint({
      method: 'get',
      path: COLLECTION,
      tag: TAG,
      access: 'view',
      summary: 'List the workflows of a project by name',
      query: PageQuery,
      status: 200,
      answer: WorkflowPage,
      async handle({ params, query }) {
        const project = await requireProject(store, params.project);
        const page = await store.workflows.list({ projectId: project.id }, pageRequest(query));
        return toPage(page, (row) => toWorkflowView(row, project));
      },
    }),
    endpoint({
      method: 'post',
      path: COLLECTION,
      tag: TAG,
      access: 'edit',
      summary: 'Create a workflow from a definition in JSON or YAML',
      body: 'definition',
      errors: ['bad_definition', 'bad_yaml', 'name_in_use'],
      status: 201,
      answer: WorkflowSaved,
      async handle({ params, body, caller, ids }) {
        const project = await requireProject(store, params.project);
        const { document, contentHash, name, description, taskCount } = await readText(body);
        const now = clock.now();
        const id: WorkflowId = ids.next<'workflow'>();
        const times = { createdAt: now, updatedAt: now };
        const row = { id, projectId: project.id, name, description, version: 1, online: false, taskCount, ...times };
        const first = { workflowId: id, version: 1, document, contentHash, createdBy: caller.name, createdAt: now };
        const change = { change: 'created', by: caller.name, at: now } as const;
        const event = workflowEvent(row, { ...change, more: { version: 1, project: project.name } });
        const tasks = taskEvents({ ...row, project: project.name, version: 1 }, { ...change, to: document });
        await createOnce(
          () => store.workflows.create(row, first, event, tasks),
          () => store.workflows.find(project.id, id),
        );
        changes.announce();
        await audit(caller, { action: 'workflow.create', subject: `${project.name}/${name}`, data: { id } });
        return { id, name, version: 1, created: true };
      },
    }),
    endpoint({
      method: 'get',
      path: ITEM,
      tag: TAG,
      access: 'view',
      summary: 'Show a workflow with its newest definition',
      status: 200,
      answer: WorkflowDetail,
      async handle({ params }) {
        const { project, workflow } = await requireWorkflow(store, params);
        const { document } = await requireVersion(store, workflow, workflow.version);
        return { ...toWorkflowView(workflow, project), definition: document };
      },
    }),
    endpoint({
      method: 'put',
      path: ITEM,
      tag: TAG,
      access: 'edit',
      summary: 'Save a new version; unchanged content makes none',
      description:
        'A definition with another name renames the workflow. With a base version, in `baseVersion` or as `If-Match: "4"`, nobody’s version is replaced that the caller has not seen.',
      query: BaseVersionQuery,
      body: 'definition',
      errors: ['bad_definition', 'bad_yaml', 'name_in_use', 'changed_meanwhile'],
      status: 200,
      answer: WorkflowSaved,
      async handle({ params, query, body, raw, caller }) {
        const { project, workflow } = await requireWorkflow(store, params);
        const baseVersion = namedRevision(raw, { revision: query.baseVersion });
        return saveVersion({ project, workflow, caller, baseVersion, definition: await readText(body) });
      },
    }),
    endpoint({
      method: 'delete',
      path: ITEM,
      tag: TAG,
      access: 'edit',
      summary: 'Delete a workflow and its versions',
      errors: ['conflict'],
      status: 204,
      async handle({ params, caller }) {
        const { project, workflow } = await requireWorkflow(store, params);
        const change = { change: 'deleted', by: caller.name, at: clock.now() } as const;
        const { version } = workflow;
        const { document } = await requireVersion(store, workflow, version);
        const event = workflowEvent(workflow, { ...change, more: { version, project: project.name } });
        const events = taskEvents({ ...workflow, project: project.name }, { ...change, from: document });
        await store.workflows.delete(workflow.id, event, { base: version, events });
        changes.announce();
        const subject = `${project.name}/${workflow.name}`;
        await audit(caller, { action: 'workflow.delete', subject, data: { id: workflow.id } });
      },
    }),
  ];
}

function onlineEndpoints({ store, clock, changes, schedulesChanged }: ApiDeps, audit: Audit): readonly Endpoint[] {
  return (['online', 'offline'] as const).map((target) =>
    endpoint({
      method: 'post',
      path: `${ITEM}/${target}`,
      tag: TAG,
      access: 'operate',
      summary: target === 'online' ? 'Allow runs of this workflow' : 'Allow no new runs; runs under way go on',
      status: 200,
      answer: WorkflowView,
      async handle({ params, caller }) {
        const { project, workflow } = await requireWorkflow(store, params);
        const more = { version: workflow.version, project: project.name };
        const event = { change: target, by: caller.name, at: clock.now(), more };
        const online = target === 'online';
        const changed = await store.workflows.setOnline(workflow.id, online, workflowEvent(workflow, event));
        if (!changed) return toWorkflowView({ ...workflow, online }, project);
        changes.announce();
        schedulesChanged();
        const subject = `${project.name}/${workflow.name}`;
        await audit(caller, { action: `workflow.${target}`, subject, data: { id: workflow.id } });
        return toWorkflowView((await requireWorkflow(store, params)).workflow, project);
      },
    }),
  );
}
