import { ADMIN_NAME, hashPassword, verifyPassword } from '@vaquita/api';
import { createIdSource, type SessionId } from '@vaquita/core';
import { createManualClock, createSeededRandom } from '@vaquita/core/testing';
import { createMemoryStore, newUser } from '@vaquita/store/testing';
import { expect, test } from 'vitest';
import { ensureAdmin, ensureAlertGroup, type FirstStartDeps } from './first-start.ts';

/** Carried by the hash, so that a check of it is cheap too. */
const CHEAP = { logN: 4, r: 1, p: 1 };

async function withAdmin(adminPassword: string | null) {
  const clock = createManualClock(1_000);
  const random = createSeededRandom(3);
  const ids = createIdSource(clock, random);
  const store = createMemoryStore({ clock });
  const adminId = ids.next<'user'>();
  const passwordHash = await hashPassword('the old one', random, CHEAP);
  await store.users.create({ ...newUser(), id: adminId, name: ADMIN_NAME, role: 'admin', passwordHash });
  const session = {
    id: 's1' as SessionId,
    userId: adminId,
    secretHash: 'cookie',
    address: '',
    userAgent: '',
    lastSeenAt: 1,
    createdAt: 1,
    expiresAt: 9_000,
  };
  await store.sessions.create(session, passwordHash);
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const deps = { store, ids, host: { clock, random, log }, settings: { adminPassword } };
  return { store, adminId, deps: deps as unknown as FirstStartDeps };
}

test('a password that the operator has set in the settings takes the place of the old one and ends its sessions', async () => {
  const { store, adminId, deps } = await withAdmin('the new one');
  expect(await ensureAdmin(deps)).toMatchObject({ adminId, generatedPassword: null });
  expect(await verifyPassword('the new one', (await store.users.find(adminId))!.passwordHash)).toBe(true);
  expect(await store.sessions.use('cookie', 2_000)).toBeUndefined();
});

test.each([['the old one'], [null]])(
  'a setting of %j changes nothing for an admin who has that password',
  async (set) => {
    const { store, adminId, deps } = await withAdmin(set);
    await ensureAdmin(deps);
    expect((await store.users.find(adminId))!.updatedAt).toBe(1);
    expect(await store.sessions.use('cookie', 2_000)).toBeDefined();
  },
);

test('a group to which channels can be added is there, made once, whoever starts at the same time', async () => {
  const { store, deps } = await withAdmin(null);
  await Promise.all([ensureAlertGroup(deps), ensureAlertGroup(deps)]);
  const made = await store.alertGroups.find('default');
  expect(made).toMatchObject({ channels: [], kinds: expect.arrayContaining(['worker_lost', 'listener_stopped']) });
  await store.alertGroups.update(made!.id, { kinds: [], at: 5 });
  await ensureAlertGroup(deps);
  expect(await store.alertGroups.find('default')).toMatchObject({ id: made!.id, kinds: [] });
});
