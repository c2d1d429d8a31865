import { describe, expect, it } from 'vitest';
import { readDiagnostics, withoutSecrets } from './diagnostics.ts';

const page = (items: readonly unknown[]) => ({ items, nextCursor: null });

/** Only what is asked for; the rest of the answers does not matter here. */
function fakeApi(parts: Readonly<Record<string, unknown>>): Parameters<typeof readDiagnostics>[0] {
  return {
    cluster: async () => ({ version: '1.2.3' }),
    reconciler: async () => ({ rounds: 4 }),
    janitor: { get: async () => ({ leads: true }) },
    registry: { check: async () => ({ ok: true }), clients: async () => page([]), locks: async () => page([]) },
    ...parts,
  } as unknown as Parameters<typeof readDiagnostics>[0];
}

describe('diagnostics', () => {
  it('leave out what may be a secret', () => {
    const found = withoutSecrets({
      url: 'libsql://user:pass@db.example:8080/x',
      adminToken: 'abc',
      list: [{ password: 'x', name: 'ann' }],
    });
    expect(found).toEqual({ url: 'libsql://…@db.example:8080/x', list: [{ name: 'ann' }] });
  });

  it('hold every part, clients without their settings', async () => {
    const clients = async () => page([{ id: 'c1', name: 'vm', config: { anything: 'x' } }]);
    const text = await readDiagnostics(
      fakeApi({ registry: { check: async () => ({ ok: true }), clients, locks: async () => page([]) } }),
      new Date(0),
    );
    expect(JSON.parse(text)).toMatchObject({
      at: '1970-01-01T00:00:00.000Z',
      cluster: { version: '1.2.3' },
      clients: [{ id: 'c1', name: 'vm' }],
    });
    expect(text).not.toContain('anything');
  });

  it('say of a part that cannot be had why', async () => {
    const failing = fakeApi({ reconciler: () => Promise.reject(new Error('not now')) });
    const read = JSON.parse(await readDiagnostics(failing, new Date(0)));
    expect(read.reconciler).toEqual({ notRead: 'Error: not now' });
    expect(read.janitor).toEqual({ leads: true });
  });
});
