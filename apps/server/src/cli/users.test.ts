/** The commands on users and roles, against the API in this process. */
import { type ApiBench, openApi } from '@vaquita/api/testing';
import { beforeEach, expect, it } from 'vitest';
import { runCaptured } from './run-captured.ts';

let api: ApiBench;
beforeEach(async () => {
  api = await openApi();
});

const vaquita = (...argv: string[]) =>
  runCaptured(argv, {
    token: api.admin,
    cwd: '/',
    fetch: async (url, init) => api.app.fetch(new Request(url, init)),
    signal: new AbortController().signal,
  });

it('users are made, changed, disabled and enabled', async () => {
  const made = await vaquita('users', 'create', 'ann', '--role', 'viewer');
  expect(made).toMatchObject({ code: 0 });
  expect(made.out).toMatch(/^\w{20}\n$/);
  expect(made.notes).toContain('ann');
  expect((await vaquita('users', 'set', 'ann', '--role', 'operator')).out).toContain('ann  operator');
  expect((await vaquita('users', 'disable', 'ann')).out).toContain('disabled');
  expect((await vaquita('users', 'enable', 'ann')).out).toContain('one-time password until');
  expect((await vaquita('users', 'reset-password', 'ann')).out).toMatch(/^\w{20}\n$/);
  expect((await vaquita('users', 'sessions', 'ann', '--end')).out).toContain('signed ann out');
  expect((await vaquita('users', 'list')).out).toMatch(/admin +admin +active .*\nann +operator +one-time/);
});

it('what the server refuses is said, and so are unknown words', async () => {
  expect((await vaquita('users', 'disable', 'admin')).notes).toContain('Another administrator');
  expect((await vaquita('users', 'create', 'bob', '--role', 'king')).notes).toContain('role');
  expect((await vaquita('users', 'set', 'eve', '--role', 'viewer')).notes).toContain('no user “eve”');
  const { code, notes } = await vaquita('roles', '--permission', 'fly');
  expect(code).toBe(2);
  expect(notes).toContain('view, operate, edit, admin');
});

it('roles are shown with what they may', async () => {
  const lines = (await vaquita('roles')).out
    .trimEnd()
    .split('\n')
    .map((line) => line.trim().split(/ +/));
  expect(lines[0]).toEqual(['ROLE', 'VIEW', 'OPERATE', 'EDIT', 'ADMIN']);
  expect(lines[2]).toEqual(['operator', 'yes', 'yes', '-', '-']);
  expect((await vaquita('roles', '--permission', 'operate')).out).toContain('Start a workflow');
});

it('tokens are made for less than one may', async () => {
  const made = await vaquita('token', 'create', '--name', 'ci', '--scope', 'operate', '--scope', 'view');
  const token = made.out.trim();
  expect((await api.send('GET', '/api/v1/me', { token })).status).toBe(200);
  expect((await api.send('GET', '/api/v1/users', { token })).status).toBe(403);
  expect((await vaquita('token', 'list')).out).toMatch(/ci .*view,operate/);
  expect((await vaquita('token', 'create', '--name', 'x', '--scope', 'fly')).notes).toContain('scopes');
});
