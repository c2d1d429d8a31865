/** The commands on listeners and their plugins, against the API in this process. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openApi } from '@vaquita/api/testing';
import type { InspectedPlugin, ListenerInstanceId } from '@vaquita/core';
import { expect, test } from 'vitest';
import { runCaptured } from './run-captured.ts';

const MINE: InspectedPlugin = {
  ...{ ok: true, name: 'mine', title: 'Mine', version: '1.0.0' },
  settings: {
    type: 'object',
    properties: { url: { type: 'string' }, token: { type: 'string', writeOnly: true } },
    required: ['url'],
  },
};

async function open() {
  const folder = mkdtempSync(join(tmpdir(), 'listeners-cli-'));
  writeFileSync(join(folder, 'mine.mjs'), 'export default 1');
  writeFileSync(join(folder, 'secret.txt'), 'hunter2\n');
  const listeners = {
    host: { inspect: async () => MINE, log: () => [{ at: 0, level: 'warn' as const, text: 'careful' }] },
    packages: { find: async () => ({ ok: false as const, problem: 'There is no such package' }) },
    events: { next: async () => [], waiting: async () => ({ events: 1, oldestAt: 5 }) },
    areElsewhere: false,
    changed() {},
  };
  const api = await openApi({ deps: { listeners } });
  const vaquita = (...argv: string[]) =>
    runCaptured(argv, {
      ...{ token: api.admin, cwd: folder, signal: new AbortController().signal },
      fetch: async (url, init) => api.app.fetch(new Request(url, init)),
    });
  return { api, vaquita, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

test('plugins are installed from files, shown, enabled and uninstalled', async () => {
  using bench = await open();
  const { vaquita } = bench;
  const installed = await vaquita('listener-plugins', 'install', '--file', 'mine.mjs');
  expect(installed.code, installed.notes).toBe(0);
  expect(installed.out).toContain('mine 1.0.0: Mine (uploaded, not enabled)');
  expect((await vaquita('listener-plugins', 'enable', 'mine')).out).toContain('enabled');
  expect((await vaquita('listener-plugins', 'list')).out).toMatch(/webhook +- +built-in +enabled/);
  expect((await vaquita('listener-plugins', 'show', 'mine')).out).toMatch(/token +string +secret/);
  const update = await vaquita('listener-plugins', 'update', 'mine', '--file', 'mine.mjs', '--enable');
  expect(update.out).toContain('enabled');
  expect((await vaquita('listener-plugins', 'disable', 'mine')).out).toContain('not enabled');
  expect((await vaquita('listener-plugins', 'uninstall', 'mine')).out).toContain('uninstalled mine');
  expect((await vaquita('listener-plugins', 'install', '--package', 'nope')).notes).toContain(
    'There is no such package',
  );
  expect((await vaquita('listener-plugins', 'install')).notes).toContain('Give either --file or --package');
  expect((await vaquita('listener-plugins', 'install', '--file', 'none.mjs')).notes).toContain('ENOENT');
});

test('listeners are made, changed, skipped on and deleted, and show no secret', async () => {
  using bench = await open();
  const { vaquita, api } = bench;
  await vaquita('listener-plugins', 'install', '--file', 'mine.mjs', '--enable');
  const settings = ['--set', 'url=u', '--set-file', 'token=secret.txt'];
  const made = await vaquita('listeners', 'create', 'a', '--plugin', 'mine', '--event', 'server.down', ...settings);
  expect(made.code, made.notes).toBe(0);
  expect(made.out).toContain('a: mine, enabled\nhears of: server.down\n  url: "u"\n  token: (secret)\n');
  const edited = await vaquita('listeners', 'edit', 'a', '--name', 'b', '--event', 'task.failed', '--set', 'url=v');
  expect(edited.out).toContain('b: mine, enabled\nhears of: task.failed');
  expect((await vaquita('listeners', 'list')).out).toMatch(/b +mine +enabled +1/);
  expect((await vaquita('listeners', 'disable', 'b')).out).toContain('b: mine, disabled');
  expect((await vaquita('listeners', 'enable', 'b')).out).toContain('b: mine, enabled');
  api.store.leader.set(1);
  const { id, cursor } = (await api.store.listeners.instances.find('b'))!;
  const failure = { seq: cursor + 1, attempt: 2, reason: 'refused', at: 5, nextAttemptAt: 9 };
  await api.store.listenerEngine.failed(1, id as ListenerInstanceId, failure);
  expect((await vaquita('listeners', 'show', 'b')).out).toContain(`vaquita listeners skip b ${cursor + 1}`);
  expect((await vaquita('listeners', 'retry', 'b')).code).toBe(0);
  expect((await vaquita('listeners', 'skip', 'b', String(cursor + 1))).out).toContain('skipped: 1');
  expect((await vaquita('listeners', 'skip', 'b', 'x')).notes).toContain('by its number');
  expect((await vaquita('listeners', 'events', 'b', '--status', 'skipped')).code).toBe(0);
  expect((await vaquita('listeners', 'events', 'b', '--status', 'skiped')).notes).toContain('skipped');
  expect((await vaquita('listeners', 'log', 'b')).out).toBe('1970-01-01T00:00:00.000Z warn careful\n');
  expect((await vaquita('listeners', 'create', 'c', '--plugin', 'mine', '--event', 'task.fail')).notes).toContain(
    'task.failed',
  );
  expect((await vaquita('listeners', 'delete', 'b')).out).toBe('deleted b\n');
});

test('a listener that is enabled again says how many events it has passed over', async () => {
  using bench = await open();
  const { vaquita, api } = bench;
  const of = ['--plugin', 'log-file', '--event', 'workflow.added'];
  const made = await vaquita('listeners', 'create', 'a', ...of);
  expect(made.code, made.notes).toBe(0);
  await vaquita('listeners', 'disable', 'a');
  await api.createWorkflow();
  expect((await vaquita('listeners', 'enable', 'a')).out).toContain('passed over: 1,');
  expect((await vaquita('listeners', 'enable', 'a')).out).not.toContain('passed over');
});

test('the events of a listener begin with the one that blocks it, and say why', async () => {
  using bench = await open();
  const { vaquita, api } = bench;
  const made = await vaquita('listeners', 'create', 'a', '--plugin', 'log-file', '--event', 'server.down');
  expect(made.code, made.notes).toBe(0);
  api.store.leader.set(1);
  const { id, cursor } = (await api.store.listeners.instances.find('a'))!;
  const event = (seq: number) => ({
    ...{ id: `event-${seq}`, seq, type: 'server.down' as const, version: 1, time: 9, project: null },
    ...{ subject: `server/${seq}`, data: {} },
  });
  const [blocks, waits] = [cursor + 1, cursor + 2];
  const engine = api.store.listenerEngine;
  await engine.openLog(1).producer.append({ events: [event(blocks), event(waits)], position: waits });
  await engine.failed(1, id, { seq: blocks, attempt: 2, reason: 'refused', at: 5, nextAttemptAt: 9 });
  const lines = (await vaquita('listeners', 'events', 'a')).out.split('\n').slice(1, -1);
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatch(new RegExp(`^${blocks} +failed .*server/${blocks} +2 tries: refused`));
  expect(lines[1]).toMatch(new RegExp(`^${waits} +waiting .*server/${waits}`));
  expect((await vaquita('listeners', 'events', 'a', '--status', 'waiting')).out).not.toContain('refused');
});
