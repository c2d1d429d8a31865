/** /projects/{project}/workflows: definitions, saved as versions, in YAML or JSON. */
import type { ProjectRow, WorkflowFilter, WorkflowRow } from '@vaquita/store';
import type { Audit } from '../audit.ts';
import type { ApiDeps } from '../deps.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { namedRevision } from '../http/revision.ts';
import { PageQuery } from '../views/page.ts';
import { BaseVersionQuery, WorkflowDetail, WorkflowPage, WorkflowSaved, WorkflowView } from '../views/workflow.ts';
import { WorkflowFilterQuery } from '../views/workflow-list.ts';
import { requireProject, requireWorkflow } from './lookup.ts';
import { isoTime, pageRequest, toPage } from './paging.ts';
import { createSaveFirst, createSaveVersion, readText } from './saved-definition.ts';
import { taskEvents } from './task-events.ts';
import { workflowEvent } from './workflow-events.ts';
import { requireVersion } from './workflow-versions.ts';

const TAG = 'Workflows';
const COLLECTION = '/api/v1/projects/{project}/workflows';
const ITEM = '/api/v1/projects/{project}/workflows/{workflow}';

export function toWorkflowView(row: WorkflowRow, project: ProjectRow): WorkflowView {
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

/** @returns the filter of the store for what an address asks for. */
export function workflowFilter({
  name,
  online,
}: {
  readonly name?: string | undefined;
  readonly online?: 'true' | 'false' | undefined;
}): Pick<WorkflowFilter, 'prefix' | 'online'> {
  return {
    ...(name === undefined || name === '' ? {} : { prefix: name }),
    ...(online === undefined ? {} : { online: online === 'true' }),
  };
}

export function workflowEndpoints(deps: ApiDeps, audit: Audit): readonly Endpoint[] {
  return [...definitionEndpoints(deps, audit), ...onlineEndpoints(deps, audit)];
}

function definitionEndpoints(deps: ApiDeps, audit: Audit): readonly Endpoint[] {
  const { store, clock, changes } = deps;
  const saveFirst = createSaveFirst(deps, audit);
  const saveVersion = createSaveVersion(deps, audit);

  return [
    endpoint({
      method: 'get',
      path: COLLECTION,
      tag: TAG,
      access: 'view',
      summary: 'List the workflows of a project by name',
      query: PageQuery.extend(WorkflowFilterQuery.shape),
      status: 200,
      answer: WorkflowPage,
      async handle({ params, query }) {
        const project = await requireProject(store, params.project);
        const page = await store.workflows.list(
          { projectId: project.id, ...workflowFilter(query) },
          pageRequest(query),
        );
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
        return saveFirst({ project, id: ids.next<'workflow'>(), definition: await readText(body), caller });
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
