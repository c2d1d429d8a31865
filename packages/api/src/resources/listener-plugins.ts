/** /listener-plugins: code that hears events. For administrators; installed code does not run before one has enabled it. */
import { AppError, type ListenerPluginRow, sha256Hex } from '@vaquita/core';
import type { Audit } from '../audit.ts';
import type { ApiDeps } from '../deps.ts';
import { createOnce } from '../http/create-once.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { allPlugins, type KnownPlugin, settingsOf } from '../listeners/plugin-catalog.ts';
import { ListenerPluginInstall, ListenerPluginPage, ListenerPluginView } from '../views/listener.ts';
import { isoTimeOrNull, wholeList } from './paging.ts';

const TAG = 'Listeners';
const LIST = '/api/v1/listener-plugins';
const ITEM = `${LIST}/{plugin}` as const;
const FETCH_TIMEOUT_MS = 60_000;

type Given = { readonly code?: string | undefined; readonly packageName?: string | undefined };
type Code = Pick<
  ListenerPluginRow,
  'name' | 'title' | 'version' | 'settingsSchema' | 'digest' | 'origin' | 'packageName'
> & {
  readonly code: string;
};

function toView({ name, title, schema, row }: KnownPlugin): ListenerPluginView {
  return {
    ...{ id: row?.id ?? null, name, title, version: row?.version ?? null, origin: row?.origin ?? 'built_in' },
    ...{ packageName: row?.packageName ?? null, enabled: row?.enabled ?? true, settingsSchema: { ...schema } },
    ...{ digest: row?.digest ?? null, createdBy: row?.createdBy ?? null, updatedAt: isoTimeOrNull(row?.updatedAt) },
  };
}

export function listenerPluginEndpoints(deps: ApiDeps, audit: Audit): readonly Endpoint[] {
  return [...readEndpoints(deps), installEndpoint(deps, audit), ...changeEndpoints(deps, audit)];
}

async function findPlugin({ store }: ApiDeps, idOrName: string): Promise<KnownPlugin> {
  const found = (await allPlugins(store)).find(({ name, row }) => name === idOrName || row?.id === idOrName);
  if (found) return found;
  throw new AppError('not_found', `There is no listener plugin “${idOrName}”.`);
}

async function requireInstalled(deps: ApiDeps, idOrName: string): Promise<ListenerPluginRow> {
  const { name, row } = await findPlugin(deps, idOrName);
  if (row) return row;
  throw new AppError('conflict', `The plugin “${name}” comes with the server: it changes with its releases only.`);
}

/** Nothing of it is run but in a process of its own, to look at it. @throws AppError `bad_request` with what is wrong. */
async function readCode({ listeners }: ApiDeps, { code, packageName }: Given): Promise<Code> {
  const refuse = (path: string, message: string) =>
    new AppError('bad_request', message, { problems: [{ path, message }] });
  const found =
    packageName === undefined
      ? { ok: true as const, code: code ?? '', packageName: null, version: null }
      : await listeners.packages.find(packageName, AbortSignal.timeout(FETCH_TIMEOUT_MS));
  if (!found.ok) throw refuse('packageName', found.problem);
  const plugin = await listeners.host.inspect(found.code);
  if (!plugin.ok) throw refuse(packageName === undefined ? 'code' : 'packageName', plugin.problem);
  const { name, title, settings } = plugin;
  const row = {
    ...{
      name,
      title,
      version: found.version ?? plugin.version,
      settingsSchema: settings,
      digest: await sha256Hex(found.code),
    },
    ...{
      origin: packageName === undefined ? ('uploaded' as const) : ('package' as const),
      packageName: found.packageName,
    },
  };
  settingsOf({ name, title, schema: settings, row: row as ListenerPluginRow });
  return { ...row, code: found.code };
}

function readEndpoints(deps: ApiDeps): readonly Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: LIST,
      tag: TAG,
      access: 'admin',
      summary: 'List listener plugins: those of the server, then the installed ones by name',
      status: 200,
      answer: ListenerPluginPage,
      handle: async () => wholeList((await allPlugins(deps.store)).map(toView)),
    }),
    endpoint({
      method: 'get',
      path: ITEM,
      tag: TAG,
      access: 'admin',
      summary: 'Show a listener plugin, by id or by name',
      status: 200,
      answer: ListenerPluginView,
      handle: async ({ params }) => toView(await findPlugin(deps, params.plugin)),
    }),
  ];
}

function installEndpoint(deps: ApiDeps, audit: Audit): Endpoint {
  const { store, clock } = deps;
  return endpoint({
    method: 'post',
    path: LIST,
    tag: TAG,
    access: 'admin',
    summary: 'Install a listener plugin: one file, or a package by its name',
    description: 'It is looked at in a process of its own, and runs when it is enabled.',
    body: ListenerPluginInstall,
    errors: ['name_in_use', 'too_large'],
    status: 201,
    answer: ListenerPluginView,
    async handle({ body, caller, ids }) {
      const { code, ...found } = await readCode(deps, body);
      const known = (await allPlugins(store)).find(({ name }) => name === found.name);
      if (known && known.row === null)
        throw new AppError('name_in_use', `A plugin named “${found.name}” comes with the server. Choose another name.`);
      const now = clock.now();
      const id = ids.next<'listener-plugin'>();
      const times = { createdBy: caller.name, createdAt: now, updatedAt: now };
      const row: ListenerPluginRow = { id, ...found, enabled: body.enable, ...times };
      await createOnce(
        () => store.listeners.plugins.install(row, code),
        () => store.listeners.plugins.find(id),
      );
      deps.listeners.changed();
      const { name, version, origin, packageName, digest, enabled } = row;
      const data = { id, version, origin, packageName, digest, enabled };
      await audit(caller, { action: 'listener_plugin.install', subject: name, data });
      return toView(await findPlugin(deps, id));
    },
  });
}

function changeEndpoints(deps: ApiDeps, audit: Audit): readonly Endpoint[] {
  const { store, clock } = deps;
  const switches = (['enable', 'disable'] as const).map((what) =>
    endpoint({
      method: 'post',
      path: `${ITEM}/${what}`,
      tag: TAG,
      access: 'admin',
      summary:
        what === 'enable'
          ? 'Let the code of a listener plugin run'
          : 'Let the code of a listener plugin run no more; its instances wait',
      status: 200,
      answer: ListenerPluginView,
      async handle({ params, caller }) {
        const { id, name, digest } = await requireInstalled(deps, params.plugin);
        await store.listeners.plugins.update(id, { enabled: what === 'enable', at: clock.now() });
        deps.listeners.changed();
        await audit(caller, { action: `listener_plugin.${what}`, subject: name, data: { id, digest } });
        return toView(await findPlugin(deps, id));
      },
    }),
  );
  return [
    ...switches,
    endpoint({
      method: 'put',
      path: ITEM,
      tag: TAG,
      access: 'admin',
      summary: 'Replace the code of a listener plugin',
      description: 'Its instances go on with the new code, once that is enabled.',
      body: ListenerPluginInstall,
      errors: ['conflict', 'too_large'],
      status: 200,
      answer: ListenerPluginView,
      async handle({ params, body, caller }) {
        const before = await requireInstalled(deps, params.plugin);
        const { id, name } = before;
        const { code, title, version, settingsSchema, digest, ...found } = await readCode(deps, body);
        if (found.name !== name)
          throw new AppError(
            'conflict',
            `This is the plugin “${found.name}”, not “${name}”. Install it beside the other.`,
          );
        const enabled = body.enable || (before.enabled && digest === before.digest);
        const change = { title, version, settingsSchema, digest, enabled };
        await store.listeners.plugins.update(id, { ...change, code, at: clock.now() });
        deps.listeners.changed();
        const was = { version: before.version, digest: before.digest, enabled: before.enabled };
        await audit(caller, {
          action: 'listener_plugin.update',
          subject: name,
          data: { id, version, digest, enabled, before: was },
        });
        return toView(await findPlugin(deps, id));
      },
    }),
    endpoint({
      method: 'delete',
      path: ITEM,
      tag: TAG,
      access: 'admin',
      summary: 'Uninstall a listener plugin that no instance uses',
      errors: ['conflict'],
      status: 204,
      async handle({ params, caller }) {
        const { id, name, version, digest } = await requireInstalled(deps, params.plugin);
        await store.listeners.plugins.uninstall(id);
        deps.listeners.changed();
        await audit(caller, { action: 'listener_plugin.uninstall', subject: name, data: { id, version, digest } });
      },
    }),
  ];
}
