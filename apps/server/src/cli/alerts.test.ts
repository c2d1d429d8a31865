/** The commands on alerts, their groups and channels, against the API in this process. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ApiBench, openApi } from '@vaquita/api/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCaptured } from './run-captured.ts';

let api: ApiBench;
let folder: string;

beforeEach(async () => {
  api = await openApi();
  folder = mkdtempSync(join(tmpdir(), 'alerts-cli-'));
  writeFileSync(join(folder, 'secret.txt'), 'hunter2\n');
  writeFileSync(join(folder, 'slack.txt'), 'https://hooks.slack.test/T0/hunter2\n');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const vaquita = (...argv: string[]) =>
  runCaptured(argv, {
    token: api.admin,
    cwd: folder,
    fetch: async (url, init) => api.app.fetch(new Request(url, init)),
    signal: new AbortController().signal,
  });

async function settingsOf(name: string): Promise<unknown> {
  const row = (await api.store.alertChannels.find(name))!;
  return JSON.parse(await api.deps.sealer.open(row.id, row.settings));
}

const CHAT = ['alert-channels', 'create', 'chat', '--type', 'slack', '--set-file', 'url=slack.txt'];

describe('channels', () => {
  it('are made of single values and files, and a secret is shown nowhere', async () => {
    const mail = [
      'alert-channels',
      'create',
      'mail',
      '--type',
      'email',
      '--set',
      'host=smtp.test',
      '--set',
      'port=465',
    ];
    const to = ['--set', 'security=tls', '--set', 'from=a@a.test', '--set', 'to=b@b.test', '--set', 'to=c@c.test'];
    const made = await vaquita(...mail, ...to, '--set', 'user=u', '--set-file', 'password=secret.txt');
    expect(made.code, made.notes).toBe(0);
    expect(made.out).toContain('mail: email, enabled, groups: none\n');
    expect(made.out).toContain('password: (set)');
    expect(await settingsOf('mail')).toMatchObject({ port: 465, to: ['b@b.test', 'c@c.test'], password: 'hunter2' });
    const hook = ['alert-channels', 'create', 'hook', '--type', 'webhook', '--set', 'url=https://a.test/?a=b=c'];
    const header = ['--set-file', 'headers.Authorization=secret.txt', '--set', 'headers.X-Team=ops', '--disabled'];
    expect((await vaquita(...hook, ...header)).out).toContain('hook: webhook, disabled');
    expect(await settingsOf('hook')).toMatchObject({
      url: 'https://a.test/?a=b=c',
      headers: { Authorization: 'hunter2', 'X-Team': 'ops' },
    });
    const all = [made, await vaquita('alert-channels', 'list'), await vaquita('alert-channels', 'show', 'mail')];
    expect(JSON.stringify(all)).not.toContain('hunter2');
  });

  it('are made of a file of settings, then edited in part', async () => {
    const settings = { url: 'https://a.test/', secret: 'hunter2', headers: { A: 'b' } };
    writeFileSync(join(folder, 'hook.json'), JSON.stringify(settings));
    await vaquita('alert-channels', 'create', 'hook', '--type', 'webhook', '--settings', 'hook.json');
    const edit = ['alert-channels', 'edit', 'hook', '--set', 'method=PUT', '--unset', 'headers', '--name', 'hook-2'];
    expect(await vaquita(...edit)).toMatchObject({ code: 0, out: expect.stringContaining('hook-2: webhook') });
    expect(await settingsOf('hook-2')).toEqual({
      ...{ url: 'https://a.test/', method: 'PUT', contentType: 'application/json', headers: {}, secret: 'hunter2' },
    });
    const moved = await vaquita('alert-channels', 'edit', 'hook-2', '--set', 'url=https://eve.test/');
    expect(moved).toMatchObject({ code: 1, notes: expect.stringContaining('settings.secret') });
  });

  it('are switched off and on, and removed', async () => {
    await vaquita(...CHAT);
    expect((await vaquita('alert-channels', 'disable', 'chat')).out).toContain('chat: slack, disabled');
    expect((await vaquita('alert-channels', 'enable', 'chat')).out).toContain('chat: slack, enabled');
    expect(await vaquita('alert-channels', 'delete', 'chat')).toMatchObject({ code: 0, out: 'deleted chat\n' });
  });

  it('have types, and each type says what it needs', async () => {
    expect((await vaquita('alert-channels', 'types')).out).toMatch(/slack +Slack/);
    const { out } = await vaquita('alert-channels', 'types', '--type', 'email');
    expect(out).toMatch(/host +string +required/);
    expect(out).toMatch(/password +string +secret/);
  });

  it('are tested, and the exit code says what came of it', async () => {
    await vaquita(...CHAT);
    const sent = vaquita('alert-channels', 'test', 'chat', '--wait');
    await expect.poll(async () => (await api.store.alerts.list({}, { limit: 1, cursor: null })).items.length).toBe(1);
    const now = api.clock.now();
    const [claim] = await api.store.alertQueue.claim(1, {
      claimer: 's',
      now,
      limit: 1,
      limitUnproven: 1,
      perChannel: 1,
    });
    const { id, attempt } = claim!;
    await api.store.alertQueue.finish(1, { id, attempt, claimer: 's', now, status: 'failed', reason: 'no such hook' });
    expect(await sent).toMatchObject({ code: 1, out: expect.stringContaining('failed: no such hook') });
    expect(await vaquita('alert-channels', 'test', 'chat')).toMatchObject({ code: 0 });

    const listed = (await vaquita('alerts', 'list', '--status', 'failed')).out.trimEnd().split('\n');
    expect(listed).toHaveLength(2);
    expect(listed[1]).toMatch(/failed +info +\(cluster\) +1 +\w+ +Test of the channel chat$/);
    const alert = /(\w{26}) +Test/.exec(listed[1]!)![1]!;
    expect((await vaquita('alerts', 'show', alert)).out).toMatch(/chat +failed +1 .*no such hook/);
    expect((await vaquita('alerts', 'resend', alert)).out).toMatch(/status: sending\n.*\nchat +waiting +0/);
    expect(await vaquita('alerts', 'resend', alert)).toMatchObject({ code: 1 });
    expect((await vaquita('alerts', 'list', '--limit', '1', '--since', '365d')).code).toBe(0);
  });
});

it('groups are made, filled, emptied and removed', async () => {
  await vaquita(...CHAT);
  const made = await vaquita('alert-groups', 'create', 'night', '--kind', 'worker_lost', '--description', 'on call');
  expect(made.out).toBe('night: on call\nchannels: none: nobody is told\nof the cluster: worker_lost\n');
  expect((await vaquita('alert-groups', 'add', 'night', 'chat')).out).toContain('channels: chat (slack)');
  expect((await vaquita('alert-groups', 'edit', 'night', '--kind', 'all')).out).toContain('server_lost, failover');
  expect((await vaquita('alert-groups', 'edit', 'night', '--kind', 'none')).out).toContain('of the cluster: nothing');
  expect((await vaquita('alert-groups', 'list')).out).toMatch(/night +chat +- +on call/);
  expect((await vaquita('alert-groups', 'remove', 'night', 'chat')).out).toContain('nobody is told');
  expect((await vaquita('alert-groups', 'show', 'night')).code).toBe(0);
  expect(await vaquita('alert-groups', 'delete', 'night')).toMatchObject({ code: 0, out: 'deleted night\n' });
});

it.each([
  [['alert-channels', 'create', 'a', '--type', 'slak'], 'slack'],
  [['alert-channels', 'create', 'a', '--type', 'slack', '--set', 'hunter2'], 'key=value'],
  [['alert-channels', 'edit', 'a'], '--set-file'],
  [['alert-groups', 'create', 'a', '--kind', 'worker_los'], '"worker_lost"'],
  [['alert-groups', 'edit', 'a'], '--channel, --kind'],
  [['alerts', 'list', '--since', 'yesterday'], 'such as 2h'],
  [['alerts', 'list', '--limit', '0'], 'whole number'],
])('%j says what to write instead, and repeats no value of a setting', async (argv, hint) => {
  const { code, notes } = await vaquita(...argv);
  expect(code).toBe(2);
  expect(notes).toContain(hint);
  expect(notes).not.toContain('hunter2');
});

it('a file that cannot be read is said by its name', async () => {
  const missing = await vaquita('alert-channels', 'create', 'a', '--type', 'slack', '--set-file', 'url=none.txt');
  expect(missing).toMatchObject({ code: 1, notes: expect.stringContaining('none.txt cannot be read (ENOENT)') });
});
