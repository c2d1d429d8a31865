/** /worker-groups: which workers stand together, how one is chosen among them, and what waits for them. */
import {
  AppError,
  DEFAULT_BALANCING_POLICY,
  DEFAULT_WORKER_GROUP,
  type Id,
  type NewEvent,
  type Problem,
} from '@vaquita/core';
import type { WorkerGroupRow, WorkerGroupUses, WorkerRow } from '@vaquita/store';
import type { Audit } from '../audit.ts';
import type { Caller } from '../auth/caller.ts';
import type { ApiDeps } from '../deps.ts';
import { createOnce } from '../http/create-once.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { count, listOf } from '../runs/why-words.ts';
import { PageQuery } from '../views/page.ts';
import { WorkerGroupChange, WorkerGroupCreate, WorkerGroupPage, WorkerGroupView } from '../views/worker-group.ts';
import { withAllGroups } from '../workers/effective-groups.ts';
import { isoTime } from './paging.ts';
import { countsOf } from './workers.ts';

const TAG = 'Worker groups';
const LIST = '/api/v1/worker-groups';
const ITEM = `${LIST}/{group}` as const;
const WORKER = `${ITEM}/workers/{worker}` as const;
/** Workflows that a refusal names. */
const MAX_NAMED = 20;

export function workerGroupEndpoints(deps: ApiDeps, audit: Audit): readonly Endpoint[] {
  return [...readEndpoints(deps), ...changeEndpoints(deps, audit)];
}

interface GroupFacts {
  readonly groups: readonly WorkerGroupRow[];
  /** With all their groups. */
  readonly workers: readonly WorkerRow[];
  readonly queued: Readonly<Record<string, number>>;
}

async function gather({ store, workers }: ApiDeps): Promise<GroupFacts> {
  const [groups, rows, queued] = await Promise.all([
    store.workerGroups.all(),
    workers.list(),
    store.workerGroups.queued(),
  ]);
  return { groups, workers: rows.map((row) => withAllGroups(row, groups)), queued };
}

/** Every group there is, in order: declared, named by a worker, or waited for. */
function namesOf({ groups, workers, queued }: GroupFacts): readonly string[] {
  const names = new Set([DEFAULT_WORKER_GROUP, ...groups.map(({ name }) => name), ...Object.keys(queued)]);
  for (const worker of workers) for (const name of worker.groups) names.add(name);
  return [...names].sort();
}

function toView({ groups, workers, queued }: GroupFacts, name: string): WorkerGroupView {
  const row = groups.find((group) => group.name === name);
  return {
    id: row?.id ?? null,
    name,
    description: row?.description ?? '',
    policy: row?.policy ?? DEFAULT_BALANCING_POLICY,
    declared: row !== undefined,
    assigned: [...(row?.workers ?? [])],
    workers: countsOf(workers.filter((worker) => worker.groups.includes(name))),
    queued: queued[name] ?? 0,
    createdAt: row ? isoTime(row.createdAt) : null,
    updatedAt: row ? isoTime(row.updatedAt) : null,
  };
}

async function viewOf(deps: ApiDeps, name: string): Promise<WorkerGroupView> {
  return toView(await gather(deps), name);
}

function readEndpoints(deps: ApiDeps): readonly Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: LIST,
      tag: TAG,
      access: 'view',
      summary: 'List worker groups by name',
      description: 'Declared ones, and those that workers or waiting tasks name.',
      query: PageQuery,
      status: 200,
      answer: WorkerGroupPage,
      async handle({ query }) {
        const facts = await gather(deps);
        const names = namesOf(facts);
        const rest = names.filter((name) => query.cursor === undefined || name > query.cursor);
        const items = rest.slice(0, query.limit).map((name) => toView(facts, name));
        return { items, nextCursor: rest.length > items.length ? items.at(-1)!.name : null };
      },
    }),
    endpoint({
      method: 'get',
      path: ITEM,
      tag: TAG,
      access: 'view',
      summary: 'Show a worker group, by id or by name',
      status: 200,
      answer: WorkerGroupView,
      async handle({ params }) {
        const facts = await gather(deps);
        const name = facts.groups.find(({ id }) => id === params.group)?.name ?? params.group;
        if (namesOf(facts).includes(name)) return toView(facts, name);
        throw new AppError('not_found', `There is no worker group “${params.group}”, and nothing names one.`);
      },
    }),
  ];
}

type Change = 'created' | 'updated' | 'deleted';

function changeEndpoints(deps: ApiDeps, audit: Audit): readonly Endpoint[] {
  const { store, clock } = deps;

  async function requireDeclared(idOrName: string): Promise<WorkerGroupRow> {
    const group = await store.workerGroups.find(idOrName);
    if (group) return group;
    throw new AppError(
      'not_found',
      `Nobody has declared a worker group “${idOrName}”. Workers and tasks may name one without; create it to give it a policy or workers.`,
    );
  }

  function eventOf({ id, name }: Pick<WorkerGroupRow, 'id' | 'name'>, change: Change, by: string): NewEvent {
    const data = { workerGroupId: id, name, change, by };
    const ofNothing = { projectId: null, workflowInstanceId: null, taskInstanceId: null };
    return { type: 'worker_group.changed', ...ofNothing, at: clock.now(), data };
  }

  function tell(): void {
    deps.changes.announce();
    deps.workerGroupsChanged();
  }

  async function assign(idOrName: string, worker: string, { assigned, caller }: { assigned: boolean; caller: Caller }) {
    const group = await requireDeclared(idOrName);
    await store.workerGroups.assign(group.id, { worker, assigned }, eventOf(group, 'updated', caller.name));
    tell();
    const action = assigned ? 'worker_group.assign' : 'worker_group.unassign';
    await audit(caller, { action, subject: group.name, data: { id: group.id, worker } });
    return viewOf(deps, group.name);
  }

  return [
    endpoint({
      method: 'post',
      path: LIST,
      tag: TAG,
      access: 'admin',
      summary: 'Declare a worker group',
      description: 'Also one that workers or tasks name already.',
      body: WorkerGroupCreate,
      errors: ['name_in_use'],
      status: 201,
      answer: WorkerGroupView,
      async handle({ body, caller, ids }) {
        const now = clock.now();
        const id: Id<'worker-group'> = ids.next<'worker-group'>();
        const { assigned, ...rest } = body;
        const row: WorkerGroupRow = { id, ...rest, workers: inOrder(assigned), createdAt: now, updatedAt: now };
        const event = eventOf(row, 'created', caller.name);
        await createOnce(
          () => store.workerGroups.create(row, event),
          () => store.workerGroups.find(id),
        );
        tell();
        await audit(caller, { action: 'worker_group.create', subject: row.name, data: { id, ...body } });
        return viewOf(deps, row.name);
      },
    }),
    endpoint({
      method: 'patch',
      path: ITEM,
      tag: TAG,
      access: 'admin',
      summary: 'Change the policy, the description or the workers of a worker group',
      description: 'Tasks that run stay where they are.',
      body: WorkerGroupChange,
      status: 200,
      answer: WorkerGroupView,
      async handle({ params, body, caller }) {
        const group = await requireDeclared(params.group);
        const change = {
          ...(body.description === undefined ? {} : { description: body.description }),
          ...(body.policy === undefined ? {} : { policy: body.policy }),
          ...(body.assigned === undefined ? {} : { workers: inOrder(body.assigned) }),
        };
        await store.workerGroups.update(group.id, change, eventOf(group, 'updated', caller.name));
        tell();
        const { id, description, policy, workers } = group;
        const data = { id, ...change, before: { description, policy, workers } };
        await audit(caller, { action: 'worker_group.update', subject: group.name, data });
        return viewOf(deps, group.name);
      },
    }),
    endpoint({
      method: 'put',
      path: WORKER,
      tag: TAG,
      access: 'admin',
      summary: 'Put a worker into a worker group, by its name',
      description: 'It need not have joined yet. What it names itself stays as it is.',
      status: 200,
      answer: WorkerGroupView,
      async handle({ params, caller }) {
        checkWorkerName(params.worker);
        return assign(params.group, params.worker, { assigned: true, caller });
      },
    }),
    endpoint({
      method: 'delete',
      path: WORKER,
      tag: TAG,
      access: 'admin',
      summary: 'Take a worker out of a worker group',
      description: 'One that names the group itself stays in it. What it runs goes on.',
      status: 200,
      answer: WorkerGroupView,
      handle: ({ params, caller }) => assign(params.group, params.worker, { assigned: false, caller }),
    }),
    endpoint({
      method: 'delete',
      path: ITEM,
      tag: TAG,
      access: 'admin',
      summary: 'Delete a worker group that no workflow, run or task names',
      errors: ['conflict'],
      status: 204,
      async handle({ params, caller }) {
        const group = await requireDeclared(params.group);
        refuseInUse(group.name, await store.workerGroups.uses(group.name, MAX_NAMED + 1));
        await store.workerGroups.delete(group.id, eventOf(group, 'deleted', caller.name));
        tell();
        const { id, description, policy, workers } = group;
        const data = { id, before: { description, policy, workers } };
        await audit(caller, { action: 'worker_group.delete', subject: group.name, data });
      },
    }),
  ];
}

function inOrder(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}

/** @throws AppError `bad_request` */
function checkWorkerName(name: string): void {
  if (name.length > 128) throw new AppError('bad_request', 'The name of a worker has at most 128 characters.');
}

/** @throws AppError `conflict` */
function refuseInUse(group: string, { workflows, runs, tasks }: WorkerGroupUses): void {
  const more = workflows.length > MAX_NAMED;
  const named = workflows.slice(0, MAX_NAMED).map(({ project, workflow }) => `${project}/${workflow}`);
  const uses = [
    ...(named.length > 0
      ? [`workflow${named.length === 1 ? '' : 's'} ${listOf(named)}${more ? ', and others' : ''}`]
      : []),
    ...(runs > 0 ? [`${count(runs, 'run')} that ${runs === 1 ? 'has' : 'have'} not ended`] : []),
    ...(tasks > 0 ? [`${count(tasks, 'task')} that ${tasks === 1 ? 'has' : 'have'} not ended`] : []),
  ];
  if (uses.length === 0) return;
  const problems: Problem[] = named.map((path) => ({ path, message: `Its newest version names "${group}".` }));
  const what = `Worker group "${group}" is used by ${uses.join(', and by ')}.`;
  throw new AppError('conflict', `${what} Let them name another group, or wait for them to end.`, { problems });
}
