/** Every endpoint with every role, and with tokens made for less: what is refused follows from one table. */
import { PERMISSIONS, permissionsOf, ROLES, type Role } from '@vaquita/core';
import { describe, expect, it } from 'vitest';
import { openApi, read } from '../testing/index.ts';
import type { ProblemView } from '../views/page.ts';
import type { RolesView } from '../views/people.ts';

interface Need {
  readonly method: string;
  readonly path: string;
  readonly need: (typeof PERMISSIONS)[number];
}

async function openWithNeeds() {
  const api = await openApi();
  const view = await read<RolesView>(await api.send('GET', '/api/v1/roles'));
  const needs = view.permissions.flatMap(({ name, opens }): Need[] =>
    opens.map(({ method, path }) => ({ method, path, need: name })),
  );
  return { api, view, needs };
}

/** Nothing is called that: who gets past the door is told so, or that the body is wrong. */
const addressed = (path: string) => path.replaceAll(/\{\w+\}/g, 'none');

const roles = Object.keys(ROLES) as Role[];
const cases = [
  ...roles.map((role) => ({ role, scopes: PERMISSIONS })),
  { role: 'admin', scopes: ['view'] },
  { role: 'admin', scopes: ['operate'] },
  { role: 'viewer', scopes: ['admin'] },
] as const;

describe('what each role may', () => {
  it.each(cases)('is what the endpoints say: $role with $scopes', async ({ role, scopes }) => {
    const { api, needs } = await openWithNeeds();
    const token = await api.addUser('ann', role, { scopes });
    const may = permissionsOf(role, scopes);
    const wrong: string[] = [];
    for (const { method, path, need } of needs) {
      const body = method === 'GET' || method === 'DELETE' ? {} : { body: {} };
      // It would not end by itself.
      if (path.endsWith('/stream') && may.includes(need)) continue;
      const answer = await api.send(method, addressed(path), { token, ...body });
      const isRefused = answer.status === 403;
      if (isRefused === may.includes(need) || answer.status === 401) wrong.push(`${method} ${path}: ${answer.status}`);
    }
    expect(wrong).toEqual([]);
    expect(needs.length).toBeGreaterThan(140);
  });

  it('is told as it is decided: each role with all that the lesser ones have', async () => {
    const { view } = await openWithNeeds();
    expect(view.roles).toEqual(roles.map((name) => ({ name, permissions: [...ROLES[name]] })));
    expect(view.permissions.map(({ name }) => name)).toEqual([...PERMISSIONS]);
  });

  it('never lets anybody change anything who may only look, and has administration for administrators', async () => {
    const { needs } = await openWithNeeds();
    const changesOfViewers = needs.filter(({ method, need }) => method !== 'GET' && need === 'view');
    // They work something out and keep nothing.
    expect(changesOfViewers.map(({ path }) => path).sort()).toEqual([
      '/api/v1/projects/{project}/workflows/validate',
      '/api/v1/schedules/preview',
    ]);
    const places = /^\/api\/v1\/(users|audit|registry|janitor|worker-tokens|alert-channels|listener-)/;
    const open = needs.filter(({ path, need }) => places.test(path) && need !== 'admin').map(({ path }) => path);
    expect(open.filter((path) => path !== '/api/v1/listener-events/types')).toEqual([]);
    const removals = needs.filter(({ method, need }) => method === 'DELETE' && (need === 'view' || need === 'operate'));
    expect(removals).toEqual([]);
  });

  it('says what is missing and who has it', async () => {
    const { api } = await openWithNeeds();
    const refusal = async (token: string) =>
      (await read<ProblemView>(await api.send('POST', '/api/v1/projects', { token, body: { name: 'x' } }), 403)).detail;
    expect(await refusal(await api.addUser('vic', 'viewer'))).toBe(
      'This needs the permission “edit”, and vic is viewer. Roles that may: editor, admin.',
    );
    expect(await refusal(await api.addUser('eve', 'editor', { scopes: ['view', 'operate'] }))).toBe(
      'This needs the scope “edit”, and this API token was made for: view, operate.',
    );
  });
});
