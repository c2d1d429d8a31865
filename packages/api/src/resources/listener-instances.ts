/** /listener-instances: who hears which events, and how far each of them is. For administrators: settings hold secrets. */
import { AppError, type ListenerInstanceRow, type ProjectId } from '@vaquita/core';
import type { Audit } from '../audit.ts';
import type { ApiDeps } from '../deps.ts';
import { createOnce } from '../http/create-once.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { instanceView, openSettings, shownSettings } from '../listeners/instance-view.ts';
import { checkEnabled, requireKnown, settingsOf } from '../listeners/plugin-catalog.ts';
import {
  ListenerInstanceChange,
  ListenerInstanceChanged,
  ListenerInstanceCreate,
  ListenerInstancePage,
  ListenerInstanceView,
  ListenerLogPage,
} from '../views/listener.ts';
import { PageQuery } from '../views/page.ts';
import { isoTime, pageRequest, wholeList } from './paging.ts';

const TAG = 'Listeners';
const LIST = '/api/v1/listener-instances';
const ITEM = `${LIST}/{listener}` as const;

export function listenerInstanceEndpoints(deps: ApiDeps, audit: Audit): readonly Endpoint[] {
  return [...readEndpoints(deps), createEndpoint(deps, audit), ...changeEndpoints(deps, audit)];
}

export async function requireInstance({ store }: ApiDeps, idOrName: string): Promise<ListenerInstanceRow> {
  const row = await store.listeners.instances.find(idOrName);
  if (row) return row;
  throw new AppError('not_found', `There is no listener instance “${idOrName}”.`);
}

/** @throws AppError `bad_request` at the field. */
async function projectIdOf({ store }: ApiDeps, project: string | null): Promise<ProjectId | null> {
  if (project === null) return null;
  const found = await store.projects.find(project);
  if (found) return found.id;
  const message = `There is no project “${project}”.`;
  throw new AppError('bad_request', 'The body is not valid.', { problems: [{ path: 'project', message }] });
}

function readEndpoints(deps: ApiDeps): readonly Endpoint[] {
  const { store } = deps;
  return [
    endpoint({
      method: 'get',
      path: LIST,
      tag: TAG,
      access: 'admin',
      summary: 'List listener instances by name',
      query: PageQuery,
      status: 200,
      answer: ListenerInstancePage,
      async handle({ query }) {
        const page = await store.listeners.instances.list(pageRequest(query));
        return { items: await Promise.all(page.items.map((row) => instanceView(deps, row))), nextCursor: page.next };
      },
    }),
    endpoint({
      method: 'get',
      path: ITEM,
      tag: TAG,
      access: 'admin',
      summary: 'Show a listener instance and how far it is, by id or by name',
      status: 200,
      answer: ListenerInstanceView,
      handle: async ({ params }) => instanceView(deps, await requireInstance(deps, params.listener)),
    }),
    endpoint({
      method: 'get',
      path: `${ITEM}/log`,
      tag: TAG,
      access: 'admin',
      summary: 'What the plugin of an instance has said, oldest first',
      description: 'Kept in the memory of the server that leads, which is the one to ask: others refuse.',
      errors: ['conflict'],
      status: 200,
      answer: ListenerLogPage,
      async handle({ params }) {
        const { id } = await requireInstance(deps, params.listener);
        checkLeads(deps);
        return wholeList(deps.listeners.host.log(id).map(({ at, level, text }) => ({ at: isoTime(at), level, text })));
      },
    }),
  ];
}

function createEndpoint(deps: ApiDeps, audit: Audit): Endpoint {
  const { store, clock, sealer } = deps;
  return endpoint({
    method: 'post',
    path: LIST,
    tag: TAG,
    access: 'admin',
    summary: 'Have a plugin hear events',
    description: 'It begins with what happens from now on.',
    body: ListenerInstanceCreate,
    errors: ['name_in_use', 'conflict', 'bad_settings'],
    status: 201,
    answer: ListenerInstanceView,
    async handle({ body, caller, ids }) {
      const { name, enabled, eventTypes } = body;
      const plugin = await requireKnown(store, body.plugin);
      checkEnabled(plugin);
      const rules = settingsOf(plugin);
      const settings = rules.read(body.settings);
      const id = ids.next<'listener-instance'>();
      const sealed = await sealer.seal(id, JSON.stringify(settings));
      const projectId = await projectIdOf(deps, body.project);
      const row = {
        id,
        name,
        plugin: plugin.name,
        settings: sealed,
        eventTypes,
        projectId,
        enabled,
        createdAt: clock.now(),
      };
      await createOnce(
        () => store.listeners.instances.create(row),
        () => store.listeners.instances.find(id),
      );
      deps.listeners.changed();
      const data = { id, plugin: plugin.name, eventTypes, projectId, enabled, ...rules.show(settings) };
      await audit(caller, { action: 'listener.create', subject: name, data });
      return instanceView(deps, await requireInstance(deps, id));
    },
  });
}

function changeEndpoints(deps: ApiDeps, audit: Audit): readonly Endpoint[] {
  const { store, clock, sealer } = deps;

  /** What is stored and what may be shown of it. */
  async function newSettings(row: ListenerInstanceRow, given: Readonly<Record<string, unknown>>) {
    const plugin = await requireKnown(store, row.plugin);
    checkEnabled(plugin);
    const rules = settingsOf(plugin);
    const old = await openSettings(deps, row).catch(() => ({}));
    const settings = rules.change(old, given);
    return { sealed: await sealer.seal(row.id, JSON.stringify(settings)), shown: rules.show(settings) };
  }

  return [
    endpoint({
      method: 'patch',
      path: ITEM,
      tag: TAG,
      access: 'admin',
      summary: 'Change a listener instance, switch it on or off',
      description:
        'Switched off, nothing is kept for it. What it was to hear before stays unheard: switched on, the answer says how much.',
      body: ListenerInstanceChange,
      errors: ['name_in_use', 'conflict', 'bad_settings'],
      status: 200,
      answer: ListenerInstanceChanged,
      async handle({ params, body, caller }) {
        const before = await requireInstance(deps, params.listener);
        const settings = body.settings && (await newSettings(before, body.settings));
        const change = {
          ...(body.name === undefined ? {} : { name: body.name }),
          ...(body.eventTypes === undefined ? {} : { eventTypes: body.eventTypes }),
          ...(body.enabled === undefined ? {} : { enabled: body.enabled }),
          ...(body.project === undefined ? {} : { projectId: await projectIdOf(deps, body.project) }),
        };
        const was = await shownSettings(deps, before);
        const sealed = settings && { settings: settings.sealed };
        const isSwitchedOn = body.enabled === true && !before.enabled;
        const passedOver = isSwitchedOn ? await store.listeners.instances.unheard(before.id) : 0;
        await store.listeners.instances.update(before.id, { ...change, ...sealed, at: clock.now() });
        deps.listeners.changed();
        const { id, name, eventTypes, enabled, projectId, cursor } = before;
        const old = { name, eventTypes, enabled, projectId, cursor, ...(settings && { settings: was.settings }) };
        const passed = isSwitchedOn ? { passedOver } : {};
        const data = { id, ...change, ...settings?.shown, ...passed, before: old };
        await audit(caller, { action: 'listener.update', subject: name, data });
        return { ...(await instanceView(deps, await requireInstance(deps, id))), passedOver };
      },
    }),
    endpoint({
      method: 'delete',
      path: ITEM,
      tag: TAG,
      access: 'admin',
      summary: 'Delete a listener instance',
      description: 'What it has yet to hear is not heard any more.',
      status: 204,
      async handle({ params, caller }) {
        const { id, name, plugin, eventTypes, projectId, cursor } = await requireInstance(deps, params.listener);
        await store.listeners.instances.delete(id);
        deps.listeners.changed();
        const data = { id, before: { plugin, eventTypes, projectId, cursor } };
        await audit(caller, { action: 'listener.delete', subject: name, data });
      },
    }),
  ];
}

/** @throws AppError `conflict` */
function checkLeads({ leadership }: Pick<ApiDeps, 'leadership'>): void {
  const { role, leaderName, leaderUrl } = leadership();
  if (role === 'leader') return;
  const who = leaderName === null ? 'No server leads at the moment' : `That is “${leaderName}”`;
  const where = leaderUrl === null ? '' : `, at ${leaderUrl}`;
  throw new AppError('conflict', `Listeners run on the server that leads, which has their logs. ${who}${where}.`);
}
