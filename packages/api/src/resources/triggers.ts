/** /triggers: what starts workflows when something happens. Deliveries to webhooks come in at /hooks. */
import { AppError, newHookSecret, parseDuration, rotateSecrets, type TriggerId, type TriggerRow } from '@vaquita/core';
import type { Audit } from '../audit.ts';
import type { ApiDeps, ApiStore } from '../deps.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { openSecrets, sealSecrets } from '../triggers/hook-secrets.ts';
import { readTrigger } from '../triggers/read-trigger.ts';
import { firingView, triggerView, triggerViews } from '../triggers/trigger-view.ts';
import { tryTrigger } from '../triggers/try-trigger.ts';
import { PageQuery } from '../views/page.ts';
import {
  TriggerChange,
  TriggerCreate,
  TriggerCreated,
  TriggerFiringPage,
  TriggerFiringQuery,
  TriggerPage,
  TriggerQuery,
  TriggerRotate,
  TriggerTest,
  TriggerTestAnswer,
  TriggerView,
} from '../views/trigger.ts';
import { requireProject, requireWorkflow } from './lookup.ts';
import { pageRequest, toPage } from './paging.ts';

const TAG = 'Triggers';
const OF_WORKFLOW = '/api/v1/projects/{project}/workflows/{workflow}/triggers';
const LIST = '/api/v1/triggers';
const ITEM = `${LIST}/{trigger}`;
const MAX_KEEP_OLD_MS = 7 * 86_400_000;

export function triggerEndpoints(deps: ApiDeps, audit: Audit): readonly Endpoint[] {
  return [
    ...readEndpoints(deps),
    createEndpoint(deps, audit),
    ...changeEndpoints(deps, audit),
    ...onlineEndpoints(deps, audit),
    ...secretEndpoints(deps, audit),
  ];
}

async function requireTrigger(store: ApiStore, id: string): Promise<TriggerRow> {
  const row = await store.triggers.find(id);
  if (row) return row;
  throw new AppError('not_found', `There is no trigger with the id “${id}”.`);
}

/** What is named in the audit log, as people would find it. */
async function subjectOf(store: ApiStore, { projectId, workflowId, name }: TriggerRow): Promise<string> {
  const project = await store.projects.find(projectId);
  const workflow = await store.workflows.find(projectId, workflowId);
  return `${project?.name ?? projectId}/${workflow?.name ?? workflowId}/${name}`;
}

function readEndpoints(deps: ApiDeps): readonly Endpoint[] {
  const { store } = deps;
  return [
    endpoint({
      method: 'get',
      path: OF_WORKFLOW,
      tag: TAG,
      access: 'view',
      summary: 'List the triggers that start a workflow',
      query: PageQuery,
      status: 200,
      answer: TriggerPage,
      async handle({ params, query }) {
        const { workflow } = await requireWorkflow(store, params);
        const page = await store.triggers.list({ workflowId: workflow.id }, pageRequest(query));
        return { items: await triggerViews(deps, page.items), nextCursor: page.next };
      },
    }),
    endpoint({
      method: 'get',
      path: LIST,
      tag: TAG,
      access: 'view',
      summary: 'List triggers, in the order in which they were made',
      query: TriggerQuery,
      status: 200,
      answer: TriggerPage,
      async handle({ query }) {
        const filter = {
          ...(query.project === undefined ? {} : { projectId: (await requireProject(store, query.project)).id }),
          ...(query.kind === undefined ? {} : { kind: query.kind }),
        };
        const page = await store.triggers.list(filter, pageRequest(query));
        return { items: await triggerViews(deps, page.items), nextCursor: page.next };
      },
    }),
    endpoint({
      method: 'get',
      path: ITEM,
      tag: TAG,
      access: 'view',
      summary: 'Show a trigger',
      status: 200,
      answer: TriggerView,
      handle: async ({ params }) => triggerView(deps, await requireTrigger(store, params.trigger)),
    }),
    endpoint({
      method: 'get',
      path: `${ITEM}/firings`,
      tag: TAG,
      access: 'view',
      summary: 'What a trigger has noticed, newest first',
      description: 'Also of a trigger that has been deleted, by its id, as long as its records are kept.',
      query: TriggerFiringQuery,
      status: 200,
      answer: TriggerFiringPage,
      async handle({ params, query }) {
        const filter = query.outcome === undefined ? {} : { outcome: query.outcome };
        const page = await store.firings.list(params.trigger as TriggerId, filter, pageRequest(query));
        if (page.items.length === 0) await requireTrigger(store, params.trigger);
        return toPage(page, firingView);
      },
    }),
    endpoint({
      method: 'post',
      path: `${ITEM}/test`,
      tag: TAG,
      // It has workers look into their folders.
      access: 'operate',
      summary: 'Say what a trigger would start, and start nothing',
      description:
        'Of the kind `file`, without a `file` that is made up: the workers are asked what is there now. That takes as long as they need, and is possible on the server that leads; another one says so in `look`.',
      body: TriggerTest,
      status: 200,
      answer: TriggerTestAnswer,
      handle: async ({ params, body }) => tryTrigger(deps, await requireTrigger(store, params.trigger), body),
    }),
  ];
}

function createEndpoint(deps: ApiDeps, audit: Audit): Endpoint {
  const { store, clock, random } = deps;
  return endpoint({
    method: 'post',
    path: OF_WORKFLOW,
    tag: TAG,
    access: 'edit',
    summary: 'Make a trigger that starts a workflow',
    description: 'The answer for a webhook holds its secret, which is not shown again.',
    body: TriggerCreate,
    errors: ['name_in_use', 'bad_settings'],
    secretAnswer: true,
    status: 201,
    answer: TriggerCreated,
    async handle({ params, body, caller, ids }) {
      const { project, workflow } = await requireWorkflow(store, params);
      const { config, start } = await readTrigger(deps, { project, workflow, config: body.config, start: body.start });
      const id = ids.next<'trigger'>();
      const secret = config.kind === 'webhook' ? newHookSecret(random) : null;
      const now = clock.now();
      const { name, description, online } = body;
      const row: TriggerRow = {
        ...{ id, projectId: project.id, workflowId: workflow.id, kind: config.kind, name, description, config, start },
        secret: secret === null ? null : await sealSecrets(deps, id, { current: secret, previous: null }),
        ...{ online, revision: 1, cursor: 0 },
        ...{ createdBy: caller.name, createdAt: now, updatedBy: caller.name, updatedAt: now },
      };
      await store.triggers.create(row);
      deps.changes.announce();
      const data = { id, config, start, online };
      await audit(caller, { action: 'trigger.create', subject: await subjectOf(store, row), data });
      return { ...(await triggerView(deps, await requireTrigger(store, id))), secret };
    },
  });
}

function changeEndpoints(deps: ApiDeps, audit: Audit): readonly Endpoint[] {
  const { store, clock } = deps;
  return [
    endpoint({
      method: 'patch',
      path: ITEM,
      tag: TAG,
      access: 'edit',
      summary: 'Change a trigger',
      description: 'With another `config` it begins anew: it notices what happens from then on.',
      body: TriggerChange,
      errors: ['name_in_use', 'conflict'],
      status: 200,
      answer: TriggerView,
      async handle({ params, body, caller }) {
        const row = await requireTrigger(store, params.trigger);
        const { id, kind, revision } = row;
        if (body.revision !== undefined && body.revision !== revision) {
          throw new AppError('conflict', `Somebody has changed the trigger: it is at revision ${revision} now.`);
        }
        if (body.config !== undefined && body.config.kind !== kind) {
          const message = `This trigger is a ${kind}, and stays one; make another trigger for a ${body.config.kind}`;
          throw new AppError('bad_request', 'The trigger cannot be kept like this.', {
            problems: [{ path: 'config.kind', message }],
          });
        }
        const { project, workflow } = await requireWorkflow(store, {
          project: row.projectId,
          workflow: row.workflowId,
        });
        const kept = { config: { kept: row.config }, start: { kept: row.start } };
        const asked = { project, workflow, config: body.config ?? kept.config, start: body.start ?? kept.start };
        const isKept = body.config === undefined && body.start === undefined;
        const read = isKept ? row : await readTrigger(deps, asked);
        const given = {
          ...(body.name === undefined ? {} : { name: body.name }),
          ...(body.description === undefined ? {} : { description: body.description }),
          ...(body.config === undefined ? {} : { config: read.config }),
          ...(body.start === undefined ? {} : { start: read.start }),
        };
        await store.triggers.update({ id, revision }, { ...given, by: caller.name, at: clock.now() });
        deps.changes.announce();
        const { name, description, config, start } = row;
        const data = { id, ...given, before: { name, description, config, start } };
        await audit(caller, { action: 'trigger.update', subject: await subjectOf(store, row), data });
        return triggerView(deps, await requireTrigger(store, id));
      },
    }),
    endpoint({
      method: 'delete',
      path: ITEM,
      tag: TAG,
      access: 'edit',
      summary: 'Delete a trigger',
      description: 'The runs it has started go on, and what it has noticed stays on record.',
      status: 204,
      async handle({ params, caller }) {
        const row = await requireTrigger(store, params.trigger);
        await store.triggers.delete(row.id);
        deps.changes.announce();
        const { id, config, start, online } = row;
        const data = { id, before: { config, start, online } };
        await audit(caller, { action: 'trigger.delete', subject: await subjectOf(store, row), data });
      },
    }),
  ];
}

function onlineEndpoints(deps: ApiDeps, audit: Audit): readonly Endpoint[] {
  const { store, clock } = deps;
  return (['online', 'offline'] as const).map((target) =>
    endpoint({
      method: 'post',
      path: `${ITEM}/${target}`,
      tag: TAG,
      access: 'operate',
      summary:
        target === 'online'
          ? 'Have a trigger notice what happens from now on'
          : 'Have a trigger notice nothing; runs it has started go on',
      status: 200,
      answer: TriggerView,
      async handle({ params, caller }) {
        const row = await requireTrigger(store, params.trigger);
        const changed = await store.triggers.setOnline(row.id, target === 'online', caller.name, clock.now());
        if (changed) {
          deps.changes.announce();
          const subject = await subjectOf(store, row);
          await audit(caller, { action: `trigger.${target}`, subject, data: { id: row.id } });
        }
        return triggerView(deps, await requireTrigger(store, row.id));
      },
    }),
  );
}

function secretEndpoints(deps: ApiDeps, audit: Audit): readonly Endpoint[] {
  const { store, clock, random } = deps;
  return [
    endpoint({
      method: 'post',
      path: `${ITEM}/rotate-secret`,
      tag: TAG,
      access: 'edit',
      summary: 'Give a webhook another secret',
      description: 'The answer holds it, and it is not shown again.',
      body: TriggerRotate,
      errors: ['conflict', 'bad_settings'],
      secretAnswer: true,
      status: 200,
      answer: TriggerCreated,
      async handle({ params, body, caller }) {
        const row = await requireTrigger(store, params.trigger);
        if (row.kind !== 'webhook')
          throw new AppError('conflict', `Only webhooks have secrets; this is a ${row.kind}.`);
        const keepOldMs = keepOldFor(body.keepOldFor);
        const now = clock.now();
        const secret = newHookSecret(random);
        // What is not kept need not be opened: that is how a secret is made anew whose key is lost.
        const before = keepOldMs === 0 ? { current: '', previous: null } : await openSecrets(deps, row);
        const secrets = rotateSecrets(before, { secret, keepOldMs }, now);
        const sealed = await sealSecrets(deps, row.id, secrets);
        await store.triggers.update(row, { secret: sealed, by: caller.name, at: now });
        const data = { id: row.id, keepOldFor: body.keepOldFor };
        await audit(caller, { action: 'trigger.rotate_secret', subject: await subjectOf(store, row), data });
        return { ...(await triggerView(deps, await requireTrigger(store, row.id))), secret };
      },
    }),
  ];
}

function keepOldFor(text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined && ms <= MAX_KEEP_OLD_MS) return ms;
  const message = 'Give a duration such as 1h, of up to 7d';
  throw new AppError('bad_request', 'The body is not valid.', { problems: [{ path: 'keepOldFor', message }] });
}
