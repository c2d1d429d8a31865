import { describe, expect, it } from 'vitest';
import { createFakeInspection } from '../testing/fake-inspection.ts';
import { openApi, read } from '../testing/index.ts';
import type { ProblemView } from '../views/page.ts';
import type {
  RegistryCheckView,
  RegistryClientPage,
  RegistryDatumPage,
  RegistryEventPage,
  RegistryLockPage,
} from '../views/registry.ts';

const AT = '2026-03-01T11:00:00.000Z';

async function open() {
  const registry = createFakeInspection();
  const api = await openApi({ deps: { registry } });
  const get = async <Body>(path: string, status = 200) =>
    read<Body>(await api.send('GET', `/api/v1/registry/${path}`), status);
  return { api, registry, get };
}

describe('the registry', () => {
  it('shows its clients page by page', async () => {
    const { get } = await open();
    const first = await get<RegistryClientPage>('clients?limit=1');
    expect(first).toEqual({
      items: [
        {
          ...{ id: 'server-a', name: 'name of server-a', kind: 'server', online: true, config: { proxy: 'server-a' } },
          ...{ heartbeatInterval: '2s500ms', sessionTimeout: '10s' },
          ...{ lastHeartbeatAt: AT, expiresAt: '2026-03-01T11:00:10.000Z', createdAt: AT },
        },
      ],
      nextCursor: 'server-a',
    });
    const second = await get<RegistryClientPage>(`clients?limit=1&cursor=${first.nextCursor}`);
    expect(second).toMatchObject({ items: [{ id: 'worker-b', kind: 'worker', online: false }], nextCursor: null });
  });

  it('shows its data, all or below a path', async () => {
    const { get } = await open();
    const keys = async (query: string) => (await get<RegistryDatumPage>(`data${query}`)).items.map(({ key }) => key);
    expect(await keys('')).toHaveLength(3);
    expect(await keys('?path=/nodes')).toEqual(['/nodes/server/server-a', '/nodes/worker/default/worker-b']);
    expect(await keys(`?path=/nodes&cursor=${encodeURIComponent('/nodes/server/server-a')}`)).toHaveLength(1);
    expect((await get<RegistryDatumPage>('data?path=/plugins')).items).toEqual([
      { key: '/plugins', value: '{}', kind: 'persistent', clientId: null, version: 1, createdAt: AT, updatedAt: AT },
    ]);
  });

  it('shows its locks', async () => {
    const { get } = await open();
    expect((await get<RegistryLockPage>('locks')).items).toEqual([
      { key: '/lock/free', holder: null, epoch: 2, acquiredAt: AT },
      {
        key: '/lock/leader',
        holder: { clientId: 'server-a', name: 'name of server-a', owner: 'leader' },
        epoch: 7,
        acquiredAt: AT,
      },
    ]);
  });

  it('shows its events, newest first', async () => {
    const { get } = await open();
    const first = await get<RegistryEventPage>('events?limit=2');
    expect(first.items.map(({ id }) => id)).toEqual([3, 2]);
    expect((await get<RegistryEventPage>(`events?cursor=${first.nextCursor}`)).items).toMatchObject([{ id: 1 }]);
    expect((await get<RegistryEventPage>('events?path=/plugins')).items).toMatchObject([{ id: 3, type: 'added' }]);
  });

  it.each(['data?path=nodes', 'data?path=/nodes/', 'events?path=', 'events?cursor=x', 'clients?limit=0'])(
    'says what is wrong with %s',
    async (path) => {
      const { get } = await open();
      expect(await get<ProblemView>(path, 400)).toMatchObject({ code: 'bad_request', errors: [expect.anything()] });
    },
  );

  it('checks itself, and changes nothing by it', async () => {
    const { api, registry, get } = await open();
    expect(await get<RegistryCheckView>('check')).toEqual({ ok: true, findings: [], repaired: false });
    registry.break([{ kind: 'lock_without_client', count: 1, examples: ['/lock/x'] }]);
    for (let time = 0; time < 2; time++) {
      const report = await get<RegistryCheckView>('check');
      expect(report).toMatchObject({ ok: false, repaired: false });
      expect(report.findings).toEqual([
        {
          kind: 'lock_without_client',
          count: 1,
          examples: ['/lock/x'],
          means: expect.stringContaining('not there'),
          repair: expect.stringContaining('released'),
        },
      ]);
    }
    expect(await api.auditLog()).toEqual([]);
  });

  it('is repaired under the name of who asked for it', async () => {
    const { api, registry, get } = await open();
    const findings = [{ kind: 'event_gap', count: 1, examples: ['5-6'] }] as const;
    registry.break(findings);
    const report = await read<RegistryCheckView>(await api.send('POST', '/api/v1/registry/repair'));
    expect(report).toMatchObject({ ok: true, repaired: true, findings });
    expect(await get<RegistryCheckView>('check')).toMatchObject({ ok: true, findings: [] });
    expect(await api.auditLog()).toMatchObject([
      { actor: 'admin', action: 'registry.repair', subject: 'registry', data: { ok: true, findings } },
    ]);
  });

  it('says so when something else writes to its tables', async () => {
    const { api, registry } = await open();
    registry.break([{ kind: 'event_gap', count: 1, examples: ['5-6'] }]);
    registry.repair = async () => {};
    const problem = await read<ProblemView>(await api.send('POST', '/api/v1/registry/repair'), 409);
    expect(problem.detail).toContain('Who else writes');
    expect(await api.auditLog()).toHaveLength(1);
  });

  it('is for administrators alone', async () => {
    const { api } = await open();
    const user = await api.addUser('user', 'editor');
    for (const path of ['clients', 'data', 'locks', 'events', 'check']) {
      expect((await api.send('GET', `/api/v1/registry/${path}`, { token: user })).status).toBe(403);
      expect((await api.send('GET', `/api/v1/registry/${path}`, { token: null })).status).toBe(401);
    }
    expect((await api.send('POST', '/api/v1/registry/repair', { token: user })).status).toBe(403);
  });
});
