/** /alert-groups: who is told together. Workflows name them; alerts about the cluster go to those that take their kind. */
import { type AlertChannelId, type AlertGroupRow, AppError, DEFAULT_ALERT_GROUP, type Problem } from '@vaquita/core';
import type { Audit } from '../audit.ts';
import type { ApiDeps, ApiStore } from '../deps.ts';
import { createOnce } from '../http/create-once.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import {
  AlertGroupChange,
  AlertGroupCreate,
  AlertGroupDeleted,
  AlertGroupPage,
  AlertGroupView,
} from '../views/alert-target.ts';
import { PageQuery } from '../views/page.ts';
import { isoTime, pageRequest } from './paging.ts';

const TAG = 'Alerts';
const LIST = '/api/v1/alert-groups';
const ITEM = `${LIST}/{group}` as const;
const MAX_NAMED = 20;

export function alertGroupEndpoints(deps: ApiDeps, audit: Audit): readonly Endpoint[] {
  return [...readEndpoints(deps), ...changeEndpoints(deps, audit)];
}

async function requireGroup(store: ApiStore, idOrName: string): Promise<AlertGroupRow> {
  const group = await store.alertGroups.find(idOrName);
  if (group) return group;
  throw new AppError('not_found', `There is no alert group “${idOrName}”.`);
}

async function viewsOf(store: ApiStore, rows: readonly AlertGroupRow[]): Promise<AlertGroupView[]> {
  const channels = await store.alertQueue.channels([...new Set(rows.flatMap((row) => row.channels))]);
  const byId = new Map(channels.map(({ id, name, type, enabled }) => [id, { id, name, type, enabled }]));
  return rows.map(({ id, name, description, kinds, channels: members, createdAt, updatedAt }) => ({
    ...{ id, name, description, kinds: kinds as AlertGroupView['kinds'] },
    channels: members.flatMap((member) => byId.get(member) ?? []),
    ...{ createdAt: isoTime(createdAt), updatedAt: isoTime(updatedAt) },
  }));
}

async function viewOf(store: ApiStore, id: string): Promise<AlertGroupView> {
  return (await viewsOf(store, [await requireGroup(store, id)]))[0]!;
}

function readEndpoints({ store }: ApiDeps): readonly Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: LIST,
      tag: TAG,
      access: 'view',
      summary: 'List alert groups by name',
      query: PageQuery,
      status: 200,
      answer: AlertGroupPage,
      async handle({ query }) {
        const page = await store.alertGroups.list(pageRequest(query));
        return { items: await viewsOf(store, page.items), nextCursor: page.next };
      },
    }),
    endpoint({
      method: 'get',
      path: ITEM,
      tag: TAG,
      access: 'view',
      summary: 'Show an alert group, by id or by name',
      status: 200,
      answer: AlertGroupView,
      handle: ({ params }) => viewOf(store, params.group),
    }),
  ];
}

function changeEndpoints({ store, clock }: ApiDeps, audit: Audit): readonly Endpoint[] {
  return [
    endpoint({
      method: 'post',
      path: LIST,
      tag: TAG,
      access: 'admin',
      summary: 'Create an alert group',
      body: AlertGroupCreate,
      errors: ['name_in_use', 'conflict'],
      status: 201,
      answer: AlertGroupView,
      async handle({ body, caller, ids }) {
        const now = clock.now();
        const id = ids.next<'alert-group'>();
        const channels = await channelIds(store, body.channels);
        const row: AlertGroupRow = { id, ...body, channels, createdAt: now, updatedAt: now };
        await createOnce(
          () => store.alertGroups.create(row),
          () => store.alertGroups.find(id),
        );
        await audit(caller, { action: 'alert_group.create', subject: row.name, data: { ...body, id, channels } });
        return viewOf(store, id);
      },
    }),
    endpoint({
      method: 'patch',
      path: ITEM,
      tag: TAG,
      access: 'admin',
      summary: 'Change who is in an alert group, and of what it is told',
      description: 'Alerts that were taken up before go to whom they were meant for then.',
      body: AlertGroupChange,
      errors: ['conflict'],
      status: 200,
      answer: AlertGroupView,
      async handle({ params, body, caller }) {
        const { id, name, description, kinds, channels } = await requireGroup(store, params.group);
        const change = {
          ...(body.description === undefined ? {} : { description: body.description }),
          ...(body.kinds === undefined ? {} : { kinds: body.kinds }),
          ...(body.channels === undefined ? {} : { channels: await channelIds(store, body.channels) }),
        };
        await store.alertGroups.update(id, { ...change, at: clock.now() });
        const data = { id, ...change, before: { description, kinds, channels } };
        await audit(caller, { action: 'alert_group.update', subject: name, data });
        return viewOf(store, id);
      },
    }),
    endpoint({
      method: 'delete',
      path: ITEM,
      tag: TAG,
      access: 'admin',
      summary: 'Delete an alert group',
      description:
        'The answer names the workflows that name it still. Their alerts are kept, and say that there was nobody to tell.',
      errors: ['conflict'],
      status: 200,
      answer: AlertGroupDeleted,
      async handle({ params, caller }) {
        const { id, name, description, kinds, channels } = await requireGroup(store, params.group);
        if (name === DEFAULT_ALERT_GROUP) throw defaultStays();
        const namedBy = await store.alertGroups.namedBy(name, MAX_NAMED);
        await store.alertGroups.delete(id);
        const data = { id, before: { description, kinds, channels } };
        await audit(caller, { action: 'alert_group.delete', subject: name, data });
        return { id, name, namedBy: [...namedBy] };
      },
    }),
  ];
}

function defaultStays(): AppError {
  const message = `The group "${DEFAULT_ALERT_GROUP}" is told where no other is named. Take its channels and kinds away instead.`;
  return new AppError('conflict', message);
}

/** @throws AppError `bad_request` with the place of each that is not there. */
async function channelIds(store: ApiStore, given: readonly string[]): Promise<readonly AlertChannelId[]> {
  const found = await Promise.all(given.map((idOrName) => store.alertChannels.find(idOrName)));
  const problems: Problem[] = given.flatMap((idOrName, at) =>
    found[at] === undefined ? [{ path: `channels[${at}]`, message: `There is no alert channel “${idOrName}”` }] : [],
  );
  if (problems.length > 0) throw new AppError('bad_request', 'The body is not valid.', { problems });
  return [...new Set(found.map((channel) => channel!.id))];
}
