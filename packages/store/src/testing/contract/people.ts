/** The contract of users, credentials, idempotency keys and the audit log. */
import type { Id, SessionId } from '@vaquita/core';
import { describe, expect, test } from 'vitest';
import type { SessionRow } from '../../ports/api.ts';
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
      await users.setPassword(user('u1').id, 'other', 9);
      expect(await users.find(user('u1').id)).toMatchObject({ passwordHash: 'other', updatedAt: 9 });
      expect(await users.count()).toBe(1);
      expect(await users.findByName('bob')).toBeUndefined();
      await expect(users.setPassword(user('u9').id, 'x', 1)).rejects.toMatchObject({ code: 'not_found' });
    });
  });

  describe('tokens', () => {
    test('are found by hash also when revoked or expired, and note their use once a minute', async () => {
      const { credentials } = subject.store;
      await credentials.createToken(token('t1'));
      await expect(credentials.createToken(token('t2', { secretHash: 'hash of t1' }))).rejects.toMatchObject({
        code: 'conflict',
      });
      expect(await credentials.useToken('hash of t1', 1_000)).toMatchObject({ id: 't1', lastUsedAt: 1_000 });
      expect(await credentials.useToken('hash of t1', 60_999)).toMatchObject({ lastUsedAt: 1_000 });
      expect(await credentials.useToken('hash of t1', 61_000)).toMatchObject({ lastUsedAt: 61_000 });
      expect(await credentials.revokeToken('t1', 70_000)).toBe(true);
      expect(await credentials.revokeToken('t1', 80_000)).toBe(false);
      expect(await credentials.revokeToken('t9', 80_000)).toBe(false);
      const revoked = await credentials.useToken('hash of t1', 900_000);
      expect(revoked).toMatchObject({ revokedAt: 70_000, lastUsedAt: 61_000 });
      expect(await credentials.useToken('unknown', 1)).toBeUndefined();
    });

    test('are listed by kind, newest first', async () => {
      const { credentials } = subject.store;
      for (const id of ['t1', 't2', 't3', 't4', 't5']) await credentials.createToken(token(id));
      await credentials.createToken(token('t6', { kind: 'worker' }));
      const listed = await allPages((page) => credentials.listTokens('api', page), 2);
      expect(listed.map(({ id }) => id)).toEqual(['t5', 't4', 't3', 't2', 't1']);
    });
  });

  describe('sessions', () => {
    test('are found with their user until they expire or are deleted', async () => {
      const { credentials, users } = subject.store;
      const session: SessionRow = {
        id: 's1' as SessionId,
        userId: user('u1').id,
        secretHash: 'cookie',
        createdAt: 1,
        expiresAt: 100,
      };
      await expect(credentials.createSession(session)).rejects.toMatchObject({ code: 'conflict' });
      await users.create(user('u1'));
      await credentials.createSession(session);
      expect(await credentials.useSession('cookie', 99)).toEqual({ session, user: user('u1') });
      expect(await credentials.useSession('cookie', 100)).toBeUndefined();
      expect(await credentials.useSession('other', 99)).toBeUndefined();
      await credentials.deleteSession(session.id);
      expect(await credentials.useSession('cookie', 99)).toBeUndefined();
      await credentials.deleteSession(session.id);
    });
  });

  describe('idempotency keys', () => {
    test('claimed by many at once are new to exactly one', async () => {
      const { requests } = subject.store;
      const claims = await Promise.all(Array.from({ length: 50 }, (_, i) => requests.claim('k', `body ${i}`, i)));
      expect(claims.filter((claim) => claim === undefined)).toHaveLength(1);
      expect(claims.find((claim) => claim !== undefined)).toMatchObject({ key: 'k', status: 0 });
    });

    test('answer what was recorded, can be given up while open, and are forgotten by age', async () => {
      const { requests } = subject.store;
      await requests.claim('k', 'body', 5);
      await requests.finish('k', 201, '{"id":"x"}');
      await requests.abandon('k');
      const recorded = { key: 'k', bodyHash: 'body', status: 201, response: '{"id":"x"}', createdAt: 5 };
      expect(await requests.claim('k', 'body', 6)).toEqual(recorded);
      await requests.claim('open', 'body', 6);
      await requests.abandon('open');
      expect(await requests.claim('open', 'body', 7)).toBeUndefined();
      expect(await requests.purge(7)).toBe(1);
      expect(await requests.claim('k', 'body', 8)).toBeUndefined();
    });
  });

  test('the audit log is read newest first', async () => {
    const { requests } = subject.store;
    const rows = ['a1', 'a2', 'a3'].map((id, at) => ({
      id: id as Id<'audit'>,
      at,
      actor: 'ann',
      action: 'workflow.delete',
      subject: 'w1',
      data: { name: 'w', nested: [1, { a: null }] },
    }));
    for (const row of rows) await requests.audit(row);
    expect(await allPages((page) => requests.auditLog(page), 2)).toEqual([...rows].reverse());
  });
}
