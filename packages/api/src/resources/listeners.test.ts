import type { InspectedPlugin, ListenerEvent, ListenerInstanceId } from '@vaquita/core';
import { describe, expect, test } from 'vitest';
import { openApi, read } from '../testing/index.ts';
import type {
  ListenerEventPage,
  ListenerInstanceChanged,
  ListenerInstanceView,
  ListenerPluginPage,
  ListenerPluginView,
} from '../views/listener.ts';

const PLUGINS = '/api/v1/listener-plugins';
const INSTANCES = '/api/v1/listener-instances';
const EVENTS = '/api/v1/listener-events';
const SCHEMA = {
  type: 'object',
  properties: {
    url: { type: 'string', 'x-destination': true },
    token: { type: 'string', writeOnly: true, minLength: 3 },
  },
  required: ['url'],
  additionalProperties: false,
};
const MINE: InspectedPlugin = { ok: true, name: 'mine', title: 'Mine', version: '1.0.0', settings: SCHEMA };

async function open(
  inspected: { current: InspectedPlugin } = { current: MINE },
  {
    elsewhere = null,
    role = 'leader',
  }: { elsewhere?: readonly ListenerEvent[] | null; role?: 'leader' | 'follower' } = {},
) {
  let changes = 0;
  const listeners = {
    host: { inspect: async () => inspected.current, log: () => [{ at: 5, level: 'info' as const, text: 'hello' }] },
    packages: {
      find: async (spec: string) =>
        spec === 'journal'
          ? { ok: true as const, packageName: 'journal', version: '2.0.0', from: 'registry' as const, code: 'x' }
          : { ok: false as const, problem: `There is no package ${spec}` },
    },
    changed: () => {
      changes += 1;
    },
  };
  const events = {
    next: async ({ after, limit }: { after: number; limit: number }) =>
      (elsewhere ?? []).filter(({ seq }) => seq > after).slice(0, limit),
    waiting: async () => ({ events: 2, oldestAt: 5 }),
  };
  const leadership = () => ({ role, leaderName: 'server-1', leaderUrl: 'http://server-1:8080', epoch: 3 });
  const areElsewhere = elsewhere !== null;
  const api = await openApi({ deps: { listeners: { ...listeners, events, areElsewhere }, leadership } });
  return { ...api, changes: () => changes };
}
type Api = Awaited<ReturnType<typeof open>>;

async function withInstance(api: Api) {
  await read(await api.send('POST', PLUGINS, { body: { code: 'export default 1', enable: true } }), 201);
  const body = { name: 'a', plugin: 'mine', settings: { url: 'u', token: 'secret' }, eventTypes: ['server.down'] };
  return read<ListenerInstanceView>(await api.send('POST', INSTANCES, { body }), 201);
}

const audited = async (api: Api) => (await api.store.requests.auditLog({ limit: 50, cursor: null })).items;

describe('listener plugins', () => {
  test('are listed with those of the server, installed, enabled, replaced and uninstalled', async () => {
    const inspected = { current: MINE };
    const api = await open(inspected);
    const all = await read<ListenerPluginPage>(await api.send('GET', PLUGINS), 200);
    expect(all.items.map(({ name, origin, enabled }) => [name, origin, enabled])).toContainEqual([
      'webhook',
      'built_in',
      true,
    ]);
    const made = await read<ListenerPluginView>(await api.send('POST', PLUGINS, { body: { code: 'one' } }), 201);
    expect(made).toMatchObject({ name: 'mine', origin: 'uploaded', enabled: false, settingsSchema: SCHEMA });
    expect((await api.send('POST', PLUGINS, { body: { code: 'one' } })).status).toBe(409);
    expect(await read(await api.send('POST', `${PLUGINS}/mine/enable`), 200)).toMatchObject({ enabled: true });
    inspected.current = { ...MINE, version: '2.0.0' };
    expect(await read(await api.send('PUT', `${PLUGINS}/mine`, { body: { code: 'two' } }), 200)).toMatchObject({
      ...{ version: '2.0.0', enabled: false },
    });
    expect(await api.store.listenerEngine.code('mine')).toBe('two');
    inspected.current = { ...MINE, name: 'other' };
    expect((await api.send('PUT', `${PLUGINS}/mine`, { body: { code: 'two' } })).status).toBe(409);
    await read(await api.send('DELETE', `${PLUGINS}/mine`), 204);
    expect((await api.send('GET', `${PLUGINS}/mine`)).status).toBe(404);
    expect(api.changes()).toBe(4);
    const actions = (await audited(api)).map(({ action }) => action);
    for (const what of ['install', 'enable', 'update', 'uninstall'])
      expect(actions).toContain(`listener_plugin.${what}`);
  });

  test('come from packages by their name, and are refused with the place of what is wrong', async () => {
    const inspected: { current: InspectedPlugin } = { current: MINE };
    const api = await open(inspected);
    const found = await read(await api.send('POST', PLUGINS, { body: { packageName: 'journal' } }), 201);
    expect(found).toMatchObject({ origin: 'package', packageName: 'journal', version: '2.0.0' });
    const none = await read<{ errors: unknown }>(
      await api.send('POST', PLUGINS, { body: { packageName: 'nope' } }),
      400,
    );
    expect(none.errors).toEqual([{ path: 'packageName', message: 'There is no package nope' }]);
    inspected.current = { ok: false, problem: 'line 3: it does not parse' };
    const bad = await read<{ errors: unknown }>(await api.send('POST', PLUGINS, { body: { code: 'x' } }), 400);
    expect(bad.errors).toEqual([{ path: 'code', message: 'line 3: it does not parse' }]);
    inspected.current = { ...MINE, name: 'odd', settings: { type: 'object', if: {} } };
    expect(JSON.stringify(await read(await api.send('POST', PLUGINS, { body: { code: 'x' } }), 400))).toContain(
      'if/then/else',
    );
    inspected.current = { ...MINE, name: 'webhook' };
    expect((await api.send('POST', PLUGINS, { body: { code: 'x' } })).status).toBe(409);
    expect((await api.send('DELETE', `${PLUGINS}/webhook`)).status).toBe(409);
    expect((await api.send('POST', PLUGINS, { body: { code: 'x', packageName: 'y' } })).status).toBe(400);
  });

  test('stay while instances use them, and the refusal names those', async () => {
    const api = await open();
    await withInstance(api);
    const refused = await read<{ detail: string }>(await api.send('DELETE', `${PLUGINS}/mine`), 409);
    expect(refused.detail).toContain(': a.');
  });

  test('are for administrators', async () => {
    const api = await open();
    const token = await api.addUser('bob', 'editor');
    for (const path of [PLUGINS, INSTANCES, `${EVENTS}?listener=a`])
      expect((await api.send('GET', path, { token })).status, path).toBe(403);
    expect((await api.send('POST', PLUGINS, { token, body: { code: 'x' } })).status).toBe(403);
    const types = await read<{ items: unknown[] }>(await api.send('GET', `${EVENTS}/types`, { token }), 200);
    expect(types.items).toHaveLength(13);
  });
});

describe('listener instances', () => {
  test('keep secrets sealed and out of answers and the audit log', async () => {
    const api = await open();
    const made = await withInstance(api);
    expect(made).toMatchObject({
      settings: { url: 'u' },
      hasSecret: ['token'],
      problem: null,
      project: null,
      enabled: true,
    });
    const stored = (await api.store.listeners.instances.find('a'))!;
    expect(stored.settings).not.toContain('secret');
    const changed = await read(await api.send('PATCH', `${INSTANCES}/a`, { body: { settings: { url: 'u' } } }), 200);
    expect(changed).toMatchObject({ hasSecret: ['token'] });
    expect((await api.send('PATCH', `${INSTANCES}/a`, { body: { settings: { url: 'elsewhere' } } })).status).toBe(400);
    expect(JSON.stringify(await audited(api))).not.toContain('secret"');
    await read(await api.send('DELETE', `${INSTANCES}/a`), 204);
    expect((await api.send('GET', `${INSTANCES}/a`)).status).toBe(404);
  });

  test('say what they have passed over when they are switched on', async () => {
    const api = await open();
    await withInstance(api);
    const change = async (body: object) =>
      await read<ListenerInstanceChanged>(await api.send('PATCH', `${INSTANCES}/a`, { body }), 200);
    await change({ eventTypes: ['workflow.added'] });
    expect(await change({ enabled: false })).toMatchObject({ enabled: false, passedOver: 0 });
    await api.createWorkflow();
    expect(await change({ enabled: true })).toMatchObject({ enabled: true, passedOver: 1 });
    expect(await change({ enabled: true })).toMatchObject({ passedOver: 0 });
    const told = (await audited(api)).filter(({ data }) => 'passedOver' in data);
    expect(told).toMatchObject([{ action: 'listener.update', data: { passedOver: 1 } }]);
  });

  test('are checked field by field, against the plugin’s own schema', async () => {
    const api = await open();
    await withInstance(api);
    const wrong = async (more: object) => {
      const body = { name: 'b', plugin: 'mine', settings: { url: 'u' }, eventTypes: ['server.down'], ...more };
      const answer = await read<{ errors?: { path: string }[] }>(await api.send('POST', INSTANCES, { body }), 400);
      return answer.errors?.map(({ path }) => path);
    };
    expect(await wrong({ settings: { token: 'x', other: 1 } })).toEqual(
      expect.arrayContaining(['settings.url', 'settings.token', 'settings.other']),
    );
    expect(await wrong({ plugin: 'mime' })).toEqual(['plugin']);
    expect(await wrong({ project: 'none' })).toEqual(['project']);
    expect(await wrong({ eventTypes: [] })).toEqual(['eventTypes']);
    await read(await api.send('POST', `${PLUGINS}/mine/disable`), 200);
    const body = { name: 'b', plugin: 'mine', settings: { url: 'u' }, eventTypes: ['server.down'] };
    expect((await api.send('POST', INSTANCES, { body })).status).toBe(409);
  });

  test('show what blocks them, which is skipped only by its name, or tried now', async () => {
    const api = await open();
    await withInstance(api);
    api.store.leader.set(1);
    const engine = api.store.listenerEngine;
    const id = 'a' as ListenerInstanceId;
    const row = (await api.store.listeners.instances.find(id))!;
    const seq = row.cursor + 1;
    const event = (n: number): ListenerEvent => {
      return {
        id: `event-${n}`,
        seq: n,
        type: 'server.down',
        version: 1,
        time: 5,
        project: null,
        subject: 's',
        data: {},
      };
    };
    await engine.openLog(1).producer.append({ events: [event(seq), event(seq + 1)], position: seq + 1 });
    await engine.failed(1, row.id, { seq, attempt: 3, reason: 'refused', at: 5, nextAttemptAt: 90_000 });
    const shown = await read<ListenerInstanceView>(await api.send('GET', `${INSTANCES}/a`), 200);
    expect(shown.delivery).toMatchObject({ waiting: 2, blocked: { seq, attempts: 3, reason: 'refused' } });
    const listed = async (status: string) =>
      (await read<ListenerEventPage>(await api.send('GET', `${EVENTS}?listener=a&status=${status}`), 200)).items;
    expect(await listed('failed')).toMatchObject([{ seq, failure: { attempts: 3 } }]);
    expect(await listed('waiting')).toMatchObject([{ seq: seq + 1, failure: null }]);
    await read(await api.send('POST', `${INSTANCES}/a/retry`), 200);
    expect((await api.send('POST', `${INSTANCES}/a/skip`, { body: { seq: seq + 1 } })).status).toBe(409);
    const skipped = await read<ListenerInstanceView>(
      await api.send('POST', `${INSTANCES}/a/skip`, { body: { seq } }),
      200,
    );
    expect(skipped.delivery).toMatchObject({ blocked: null, cursor: seq, skipped: 1 });
    expect((await api.send('POST', `${INSTANCES}/a/retry`)).status).toBe(409);
    expect(await audited(api)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ action: 'listener.skip', data: expect.objectContaining({ seq, attempts: 3 }) }),
      ]),
    );
    expect(await read(await api.send('GET', `${INSTANCES}/a/log`), 200)).toMatchObject({ items: [{ text: 'hello' }] });
  });

  test('whose events are kept elsewhere list what waits and what blocks them, and say that the rest is not there', async () => {
    const elsewhere: ListenerEvent[] = [];
    const api = await open({ current: MINE }, { elsewhere });
    await withInstance(api);
    api.store.leader.set(1);
    const { id, cursor } = (await api.store.listeners.instances.find('a'))!;
    for (const n of [1, 2, 3]) {
      const seq = cursor + n;
      elsewhere.push({
        ...{ id: `event-${n}`, seq, type: 'server.down', version: 1, time: 5, project: null, subject: 's', data: {} },
      });
    }
    const seq = cursor + 1;
    await api.store.listenerEngine.failed(1, id, { seq, attempt: 3, reason: 'refused', at: 5, nextAttemptAt: 90_000 });
    const list = async (query: string) =>
      await read<ListenerEventPage>(await api.send('GET', `${EVENTS}?listener=a&${query}`), 200);
    expect((await list('status=failed')).items).toMatchObject([
      { id: 'event-1', failure: { attempts: 3, reason: 'refused' } },
    ]);
    const first = await list('limit=1');
    expect(first.items).toMatchObject([{ id: 'event-2', failure: null }]);
    expect((await list(`limit=5&cursor=${first.nextCursor}`)).items).toMatchObject([{ id: 'event-3' }]);
    expect((await api.send('GET', `${EVENTS}?listener=a&cursor=x`)).status).toBe(400);
    expect(await read(await api.send('GET', `${EVENTS}?listener=a&status=delivered`), 409)).toMatchObject({
      detail: expect.stringContaining('kept outside of the database'),
    });
  });

  test('have their logs on the server that leads, and others say which that is', async () => {
    const api = await open({ current: MINE }, { role: 'follower' });
    await withInstance(api);
    expect(await read(await api.send('GET', `${INSTANCES}/a/log`), 409)).toMatchObject({
      detail: expect.stringContaining('“server-1”, at http://server-1:8080'),
    });
  });
});
