/** The contract of users, credentials, idempotency keys and the audit log. */
import { createIdSource, type Id, type SessionId, type UserId } from '@vaquita/core';
import { createSeededRandom } from '@vaquita/core/testing';
import { describe, expect, test } from 'vitest';
import type { AuditFilter } from '../../ports/api.ts';
import type { SessionRow } from '../../ports/people.ts';
import type { Subject } from '../store-contract.ts';
import { allPages } from './all-pages.ts';
import { token, user } from './fixtures.ts';

export function describePeople(subject: Subject): void {
  describe('users', () => {
    test('have names of their own and a password that can be changed', async () => {
      const { users } = subject.store;
      expect(await users.count()).toBe(0);
      await users.create(user('u1', 'ann'));
      await expect(users.create(user('u2', 'ann'))).rejects.toMatchObject({ code: 'name_in_use' });
      expect(await users.findByName('ann')).toEqual(user('u1', 'ann'));
      await users.setPassword(user('u1').id, { passwordHash: 'other', at: 9, keepSession: null });
      expect(await users.find(user('u1').id)).toMatchObject({ passwordHash: 'other', updatedAt: 9 });
      expect(await users.count()).toBe(1);
      expect(await users.findByName('bob')).toBeUndefined();
      const missing = users.setPassword(user('u9').id, { passwordHash: 'x', at: 1, keepSession: null });
      await expect(missing).rejects.toMatchObject({ code: 'not_found' });
    });
  });

  describe('people', () => {
    const id = (name: string) => user(name).id;
    const admin = (name: string) => ({ ...user(name), role: 'admin' as const });

    test('are listed by name', async () => {
      const { users } = subject.store;
      for (const name of ['cem', 'ann', 'bob']) await users.create(user(name));
      expect((await allPages((page) => users.list(page), 2)).map(({ name }) => name)).toEqual(['ann', 'bob', 'cem']);
    });

    test('change what is given, and nothing else', async () => {
      const { users } = subject.store;
      await users.create(user('ann'));
      await users.update(id('ann'), { role: 'viewer', at: 5 });
      await users.update(id('ann'), { preferences: { zone: 'UTC' }, setUpHash: 'code', at: 6 });
      const changed = { ...user('ann'), role: 'viewer', preferences: { zone: 'UTC' }, setUpHash: 'code', updatedAt: 6 };
      expect(await users.find(id('ann'))).toEqual(changed);
      await users.update(id('ann'), { setUpHash: null, at: 7 });
      expect(await users.find(id('ann'))).toEqual({ ...changed, setUpHash: null, updatedAt: 7 });
      await expect(users.update(id('eve'), { role: 'viewer', at: 5 })).rejects.toMatchObject({ code: 'not_found' });
    });

    test('lose every session and API token when they are disabled, and get no new ones until they are enabled', async () => {
      const { users, sessions, tokens } = subject.store;
      for (const name of ['ann', 'bob']) await users.create(user(name));
      const session = (name: string, at = 1): SessionRow => ({
        ...{ id: `s of ${name} ${at}` as SessionId, userId: id(name), secretHash: `cookie of ${name} ${at}` },
        ...{ address: '', userAgent: '', lastSeenAt: at, createdAt: at, expiresAt: 100_000 },
      });
      for (const name of ['ann', 'bob']) {
        await sessions.create(session(name), 'hash');
        await tokens.create(token(`t of ${name}`, { userId: id(name) }));
      }
      await users.update(id('ann'), { disabled: true, at: 9 });
      expect(await users.find(id('ann'))).toMatchObject({ disabledAt: 9 });
      expect(await sessions.use('cookie of ann 1', 20)).toBeUndefined();
      expect(await tokens.find('t of ann')).toMatchObject({ revokedAt: 9 });
      expect(await sessions.use('cookie of bob 1', 20)).toBeDefined();
      expect(await tokens.find('t of bob')).toMatchObject({ revokedAt: null });
      await expect(sessions.create(session('ann', 2), 'hash')).rejects.toMatchObject({ code: 'conflict' });
      const another = token('t2', { userId: id('ann') });
      await expect(tokens.create(another)).rejects.toMatchObject({ code: 'conflict' });
      await users.update(id('ann'), { disabled: false, at: 10 });
      await sessions.create(session('ann', 3), 'hash');
      await tokens.create(another);
      expect(await tokens.find('t of ann')).toMatchObject({ revokedAt: 9 });
    });

    test('include an administrator who may sign in, whoever is removed at the same time', async () => {
      const { users } = subject.store;
      await users.create(user('bob'));
      for (const name of ['ann', 'cem']) await users.create(admin(name));
      const removals = await Promise.allSettled([
        users.update(id('ann'), { disabled: true, at: 5 }),
        users.update(id('cem'), { role: 'viewer', at: 5 }),
      ]);
      const refused = removals.filter(({ status }) => status === 'rejected');
      expect(refused).toMatchObject([{ reason: { code: 'conflict' } }]);
      const left = (await allPages((page) => users.list(page), 9)).filter(
        (one) => one.role === 'admin' && !one.disabledAt,
      );
      expect(left).toHaveLength(1);
      // Others go as before, and so does the last one's way of looking at things.
      await users.update(id('bob'), { disabled: true, at: 6 });
      await users.update(left[0]!.id, { preferences: { theme: 'dark' }, at: 6 });
      await users.update(left[0]!.id, { role: 'admin', at: 6 });
    });

    test('choose the first password once, with the code that is kept', async () => {
      const { users } = subject.store;
      await users.create({ ...admin('ann'), setUpHash: 'code' });
      const choose = (setUpHash: string, passwordHash: string) =>
        users.setPassword(id('ann'), { passwordHash, setUpHash, at: 5, keepSession: null });
      await expect(choose('other', 'wrong')).rejects.toMatchObject({ code: 'conflict' });
      const tries = await Promise.allSettled([choose('code', 'one'), choose('code', 'two')]);
      expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await users.find(id('ann'))).toMatchObject({ setUpHash: null, passwordExpiresAt: null });
      await users.update(id('ann'), { setUpHash: 'another', at: 6 });
      await users.setPassword(id('ann'), { passwordHash: 'three', expiresAt: 99, at: 7, keepSession: null });
      expect(await users.find(id('ann'))).toMatchObject({ setUpHash: null, passwordExpiresAt: 99 });
    });

    test('are seen to the minute, through sessions and tokens', async () => {
      const { users, sessions, tokens } = subject.store;
      await users.create(user('ann'));
      await tokens.create(token('t1', { userId: id('ann') }));
      await tokens.use('hash of t1', 60_000);
      expect(await users.find(id('ann'))).toMatchObject({ lastSeenAt: 60_000 });
      const row: SessionRow = {
        ...{ id: 's' as SessionId, userId: id('ann'), secretHash: 'cookie', address: '', userAgent: '' },
        ...{ lastSeenAt: 130_000, createdAt: 130_000, expiresAt: 900_000 },
      };
      await sessions.create(row, 'hash');
      expect(await users.find(id('ann'))).toMatchObject({ lastSeenAt: 130_000 });
      expect(await sessions.use('cookie', 189_999)).toMatchObject({ session: { lastSeenAt: 130_000 } });
      expect(await sessions.use('cookie', 190_000)).toMatchObject({ session: { lastSeenAt: 190_000 } });
      expect(await users.find(id('ann'))).toMatchObject({ lastSeenAt: 190_000 });
      expect((await sessions.list(id('ann'), { limit: 5, cursor: null }, 200_000)).items).toMatchObject([
        { id: 's', lastSeenAt: 190_000 },
      ]);
    });

    test('see where they are signed in, and end the rest', async () => {
      const { users, sessions } = subject.store;
      for (const name of ['ann', 'bob']) await users.create(user(name));
      const begin = (one: string, name: string, expiresAt = 100) =>
        sessions.create(
          {
            ...{ id: one as SessionId, userId: id(name), secretHash: one, address: '', userAgent: '' },
            ...{ lastSeenAt: 1, createdAt: 1, expiresAt },
          },
          'hash',
        );
      for (const one of ['s1', 's2', 's3']) await begin(one, 'ann');
      await begin('s4', 'bob');
      await begin('s5', 'ann', 40);
      const open = async (name: string) =>
        (await allPages((page) => sessions.list(id(name), page, 50), 2)).map((one) => one.id as string);
      expect(await open('ann')).toEqual(['s3', 's2', 's1']);
      expect(await sessions.deleteAll(id('ann'), 's2' as SessionId)).toBe(3);
      expect(await open('ann')).toEqual(['s2']);
      expect(await open('bob')).toEqual(['s4']);
      expect(await sessions.deleteAll(id('bob'), null)).toBe(1);
    });
  });

  describe('tokens', () => {
    test('are found by hash also when revoked or expired, and note their use once a minute', async () => {
      const { tokens } = subject.store;
      await tokens.create(token('t1'));
      await expect(tokens.create(token('t2', { secretHash: 'hash of t1' }))).rejects.toMatchObject({
        code: 'conflict',
      });
      expect(await tokens.use('hash of t1', 1_000)).toMatchObject({ id: 't1', lastUsedAt: 1_000 });
      expect(await tokens.use('hash of t1', 60_999)).toMatchObject({ lastUsedAt: 1_000 });
      expect(await tokens.use('hash of t1', 61_000)).toMatchObject({ lastUsedAt: 61_000 });
      expect(await tokens.revoke('t1', 70_000)).toBe(true);
      expect(await tokens.revoke('t1', 80_000)).toBe(false);
      expect(await tokens.revoke('t9', 80_000)).toBe(false);
      const revoked = await tokens.use('hash of t1', 900_000);
      expect(revoked).toMatchObject({ revokedAt: 70_000, lastUsedAt: 61_000 });
      expect(await tokens.use('unknown', 1)).toBeUndefined();
    });

    test('are found by id, whatever their kind', async () => {
      const { tokens } = subject.store;
      const rows = [token('t1'), token('t2', { kind: 'worker', revokedAt: 5 })];
      for (const row of rows) await tokens.create(row);
      for (const row of rows) expect(await tokens.find(row.id)).toEqual(row);
      expect(await tokens.find('hash of t1')).toBeUndefined();
    });

    test('are listed by kind, newest first', async () => {
      const { tokens } = subject.store;
      for (const id of ['t1', 't2', 't3', 't4', 't5']) await tokens.create(token(id));
      await tokens.create(token('t6', { kind: 'worker' }));
      const listed = await allPages((page) => tokens.list('api', page), 2);
      expect(listed.map(({ id }) => id)).toEqual(['t5', 't4', 't3', 't2', 't1']);
    });

    test('are listed by owner', async () => {
      const { tokens, users } = subject.store;
      for (const name of ['ann', 'bob']) await users.create(user(name));
      for (const id of ['t1', 't2', 't3'])
        await tokens.create(token(id, { userId: user(id === 't2' ? 'bob' : 'ann').id }));
      const listed = await allPages((page) => tokens.list('api', page, user('ann').id), 1);
      expect(listed.map(({ id }) => id)).toEqual(['t3', 't1']);
    });
  });

  describe('sessions', () => {
    const session = (id: string, userId: string, expiresAt = 100): SessionRow => ({
      id: id as SessionId,
      userId: user(userId).id,
      secretHash: `cookie of ${id}`,
      address: '192.0.2.1',
      userAgent: 'a browser',
      lastSeenAt: 1,
      createdAt: 1,
      expiresAt,
    });

    test('are found with their user until they expire or are deleted', async () => {
      const { sessions, users } = subject.store;
      const row = session('s1', 'u1');
      await expect(sessions.create(row, 'hash')).rejects.toMatchObject({ code: 'conflict' });
      await users.create(user('u1'));
      await sessions.create(row, 'hash');
      expect(await sessions.use('cookie of s1', 99)).toEqual({ session: row, user: { ...user('u1'), lastSeenAt: 1 } });
      expect(await sessions.use('cookie of s1', 100)).toBeUndefined();
      expect(await sessions.use('other', 99)).toBeUndefined();
      expect(await sessions.delete(row.id, 'u2' as UserId)).toBe(false);
      expect(await sessions.delete(row.id, row.userId)).toBe(true);
      expect(await sessions.use('cookie of s1', 99)).toBeUndefined();
      expect(await sessions.delete(row.id, row.userId)).toBe(false);
    });

    test('end with the password, but the one that is kept and those of others', async () => {
      const { sessions, users } = subject.store;
      for (const id of ['u1', 'u2']) await users.create(user(id));
      for (const id of ['s1', 's2', 's3']) await sessions.create(session(id, 'u1'), 'hash');
      await sessions.create(session('s4', 'u2'), 'hash');
      const alive = async () => {
        const found = await Promise.all(['s1', 's2', 's3', 's4'].map((id) => sessions.use(`cookie of ${id}`, 50)));
        return found.flatMap((one) => (one ? [one.session.id] : []));
      };
      const keepSession = session('s2', 'u1').id;
      await users.setPassword(user('u1').id, { passwordHash: 'second', at: 9, keepSession });
      expect(await alive()).toEqual(['s2', 's4']);
      await users.setPassword(user('u1').id, { passwordHash: 'third', at: 9, keepSession: null });
      expect(await alive()).toEqual(['s4']);
    });

    test('are not begun on a password that was changed while it was checked', async () => {
      const { sessions, users } = subject.store;
      await users.create(user('u1'));
      const late = sessions.create(session('s1', 'u1'), 'hash');
      const change = users.setPassword(user('u1').id, { passwordHash: 'second', at: 9, keepSession: null });
      await Promise.allSettled([late, change]);
      expect(await sessions.use('cookie of s1', 50)).toBeUndefined();
      const later = sessions.create(session('s2', 'u1'), 'hash');
      await expect(later).rejects.toMatchObject({ code: 'conflict' });
      await sessions.create(session('s2', 'u1'), 'second');
    });

    test('are forgotten when they have ended', async () => {
      const { sessions, users } = subject.store;
      await users.create(user('u1'));
      for (const at of [10, 20, 30]) await sessions.create(session(`s${at}`, 'u1', at), 'hash');
      expect(await sessions.purge(20)).toBe(2);
      expect(await sessions.purge(20)).toBe(0);
      expect(await sessions.use('cookie of s30', 20)).toBeDefined();
      // Its secret is free again.
      await sessions.create(session('s10', 'u1'), 'hash');
    });
  });

  describe('idempotency keys', () => {
    test('claimed by many at once are new to exactly one', async () => {
      const { requests } = subject.store;
      const claims = await Promise.all(Array.from({ length: 50 }, (_, i) => requests.claim('k', `body ${i}`, i, 's1')));
      expect(claims.filter((claim) => claim === undefined)).toHaveLength(1);
      expect(claims.find((claim) => claim !== undefined)).toMatchObject({ key: 'k', status: 0 });
    });

    test('answer what was recorded, can be given up while open, and are forgotten by age', async () => {
      const { requests } = subject.store;
      await requests.claim('k', 'body', 5, 's1');
      await requests.finish('k', 201, '{"id":"x"}');
      for (const mayBeDone of [false, true]) await requests.abandon('k', 's1', { mayBeDone });
      const made = { key: 'k', bodyHash: 'body', createdAt: 5, claimedBy: 's1' };
      const recorded = { ...made, status: 201, response: '{"id":"x"}' };
      expect(await requests.claim('k', 'body', 6, 's2')).toEqual(recorded);
      await requests.claim('open', 'body', 6, 's1');
      await requests.abandon('open', 's1');
      expect(await requests.claim('open', 'body', 7, 's1')).toBeUndefined();
      expect(await requests.purge(7)).toBe(1);
      expect(await requests.claim('k', 'body', 8, 's1')).toBeUndefined();
    });

    test('go over to one other server, and are not given up or kept by who had them', async () => {
      const { requests } = subject.store;
      await requests.claim('k', 'body', 5, 's1');
      const seen = (await requests.claim('k', 'body', 6, 's2'))!;
      const takers = await Promise.all(['s2', 's3', 's4'].map((by) => requests.takeOver(seen, by)));
      expect(takers.filter((taken) => taken)).toHaveLength(1);
      for (const mayBeDone of [false, true]) await requests.abandon('k', 's1', { mayBeDone });
      const by = ['s2', 's3', 's4'][takers.indexOf(true)]!;
      expect(await requests.claim('k', 'body', 7, 's5')).toMatchObject({ status: 0, claimedBy: by, createdAt: 5 });
      await requests.abandon('k', by, { mayBeDone: true });
      const doubtful = (await requests.claim('k', 'body', 8, 's5'))!;
      expect(doubtful).toMatchObject({ status: 1, createdAt: 5 });
      expect(await requests.takeOver(doubtful, 's5')).toBe(true);
      expect(await requests.takeOver(doubtful, 's6')).toBe(false);
      expect(await requests.claim('k', 'body', 9, 's6')).toMatchObject({ status: 0, claimedBy: 's5' });
    });
  });

  test('the audit log is read newest first, all of it or of one subject', async () => {
    const { requests } = subject.store;
    const rows = ['a1', 'a2', 'a3'].map((id, at) => ({
      id: id as Id<'audit'>,
      at,
      actor: 'ann',
      action: 'workflow.delete',
      subject: id === 'a2' ? 'w2' : 'w1',
      data: { name: 'w', nested: [1, { a: null }] },
    }));
    for (const row of rows) await requests.audit(row);
    expect(await allPages((page) => requests.auditLog(page), 2)).toEqual([...rows].reverse());
    expect(await requests.auditEntry('a2')).toEqual(rows[1]);
    expect(await requests.auditEntry('a9')).toBeUndefined();
    expect(await allPages((page) => requests.auditLog(page, { subject: 'w1' }), 1)).toEqual([rows[2], rows[0]]);
    expect(await allPages((page) => requests.auditLog(page, { subject: 'w3' }), 1)).toEqual([]);
  });

  test('the audit log is narrowed by who, what, whom and when, in any combination', async () => {
    const { requests } = subject.store;
    const idAt = (at: number) => createIdSource({ now: () => at }, createSeededRandom(at)).next<'audit'>();
    const row = (at: number, actor: string, action: string, on: string) => ({
      ...{ id: idAt(at), at, actor, action, subject: on, data: {} },
    });
    const rows = [
      row(1_000, 'ann', 'project.create', 'etl'),
      row(2_000, 'bob', 'project.update', 'etl'),
      row(3_000, 'ann', 'project.update', 'dwh'),
      row(4_000, 'ann', 'project.update', 'etl'),
    ];
    for (const one of rows) await requests.audit(one);
    const found = async (filter: AuditFilter) =>
      (await allPages((page) => requests.auditLog(page, filter), 1)).map(({ at }) => at);
    expect(await found({ actor: 'ann' })).toEqual([4_000, 3_000, 1_000]);
    expect(await found({ action: 'project.update' })).toEqual([4_000, 3_000, 2_000]);
    expect(await found({ actor: 'ann', action: 'project.update' })).toEqual([4_000, 3_000]);
    expect(await found({ actor: 'ann', action: 'project.update', subject: 'etl' })).toEqual([4_000]);
    expect(await found({ from: 2_000, to: 4_000 })).toEqual([3_000, 2_000]);
    expect(await found({ subject: 'etl', from: 1_001 })).toEqual([4_000, 2_000]);
    expect(await found({ actor: 'eve' })).toEqual([]);
    expect(await requests.auditWords(10)).toEqual({
      actors: ['ann', 'bob'],
      actions: ['project.create', 'project.update'],
    });
    expect(await requests.auditWords(1)).toEqual({ actors: ['ann'], actions: ['project.create'] });
  });

  test('an empty audit log has no words', async () => {
    expect(await subject.store.requests.auditWords(5)).toEqual({ actors: [], actions: [] });
  });
}
