/** Who is alive: registrations, heartbeats, death, and what goes with it. */
import { describe, expect, test } from 'vitest';
import { LATE_AFTER_INTERVALS, SETTLE_MS } from '../../registry-store.ts';
import { actorOf, eventsOf, INTERVAL_MS, register, registration, type Subject, TIMEOUT_MS, told } from './subject.ts';

export function describeClients(subject: Subject): void {
  const clients = () => subject.world.store.clients;
  /** @returns the ids of those whose session is over. */
  async function beat(...ids: string[]): Promise<readonly string[]> {
    return (await clients().beat({ actors: ids.map((id) => actorOf(id)), cursors: [] })).map(({ id }) => id);
  }

  /** Gives the client one of everything. */
  async function furnish(id: string): Promise<void> {
    const { data, locks, events } = subject.world.store;
    await data.put(actorOf(id), { key: `/nodes/${id}`, value: id, kind: 'ephemeral' });
    await locks.take(actorOf(id), `/lock/${id}`, 'it');
    await events.subscribe(actorOf(id), { path: '/', name: '' }, null);
  }

  describe('clients', () => {
    test('one that beats stays; one that is silent for longer than its timeout is dead, buried or not (T1)', async () => {
      const { world } = subject;
      await register(subject, 'a', 'b');
      await world.advance(TIMEOUT_MS - 1);
      expect(await beat('a')).toEqual([]);
      await world.advance(1);
      expect(await beat('a', 'b')).toEqual([]);
      await world.advance(TIMEOUT_MS);
      expect(await beat('a')).toEqual([]);
      await world.advance(1);
      expect(await beat('a', 'b')).toEqual(['b']);
      const { data, locks, events } = world.store;
      const put = data.put(actorOf('b'), { key: '/b', value: '', kind: 'persistent' });
      await expect(put).rejects.toMatchObject({ code: 'session_expired' });
      await expect(locks.take(actorOf('b'), '/lock/b', 'x')).rejects.toMatchObject({ code: 'session_expired' });
      const subscribe = events.subscribe(actorOf('b'), { path: '/', name: '' }, null);
      await expect(subscribe).rejects.toMatchObject({ code: 'session_expired' });
    });

    test('with a client go its data, locks and cursors, each told, and nothing else does (T4)', async () => {
      const { world } = subject;
      const { data, locks, events } = world.store;
      await register(subject, 'a', 'b');
      await furnish('a');
      await furnish('b');
      await data.put(actorOf('a'), { key: '/kept', value: 'x', kind: 'persistent' });
      const before = await events.head();
      await world.advance(TIMEOUT_MS);
      await beat('b');
      await world.advance(1);
      const { now, firstExpiry } = await clients().look();
      expect(firstExpiry).toBeLessThan(now);
      expect(await clients().bury(now, 10)).toEqual(['a']);
      expect(await clients().bury(now, 10)).toEqual([]);
      expect(told(await eventsOf(subject, before))).toEqual([
        'removed /nodes/a=a',
        'removed /lock/a={"owner":"it","epoch":1}',
      ]);
      expect(await data.children('/nodes')).toEqual(['b']);
      expect((await data.get('/kept'))?.value).toBe('x');
      expect(await locks.holder('/lock/a')).toBeNull();
      expect(await locks.holder('/lock/b')).toMatchObject({ clientId: 'b' });
      // Its cursor is gone, so nothing but the newest event is kept for it.
      await world.advance(1);
      await beat('b');
      expect(await clients().register(registration('a', { session: 'a-2' }))).toBeUndefined();
      expect(await events.subscribe(actorOf('a', 'a-2'), { path: '/', name: '' }, null)).toBe(await events.head());
    });

    test('are buried some at a time, those who fell silent first before the others', async () => {
      const { world } = subject;
      for (const id of ['c', 'a', 'b']) {
        await register(subject, id);
        await world.advance(1);
      }
      await world.advance(TIMEOUT_MS + 1);
      const { now } = await clients().look();
      expect(await clients().bury(now, 2)).toEqual(['c', 'a']);
      expect(await clients().bury(now, 2)).toEqual(['b']);
      expect((await clients().look()).firstExpiry).toBeNull();
    });

    test('who has lived on since a look is not buried by what it saw', async () => {
      const { world } = subject;
      await register(subject, 'a');
      const { now } = await clients().look();
      await world.advance(5_000);
      await beat('a');
      expect(await clients().bury(now + TIMEOUT_MS + 1, 10)).toEqual([]);
    });

    test('who registers again begins anew, and whoever acts in its earlier session is refused (T2)', async () => {
      await register(subject, 'a');
      await furnish('a');
      const before = await subject.world.store.events.head();
      await clients().register(registration('a', { session: 'a-2' }));
      expect(told(await eventsOf(subject, before))).toHaveLength(2);
      const both = [actorOf('a'), actorOf('a', 'a-2'), actorOf('nobody')];
      expect(await clients().beat({ actors: both, cursors: [] })).toEqual([
        { id: 'a', replaced: true },
        { id: 'nobody', replaced: false },
      ]);
      const { data, locks } = subject.world.store;
      const put = data.put(actorOf('a'), { key: '/x', value: '', kind: 'ephemeral' });
      await expect(put).rejects.toMatchObject({ code: 'session_expired' });
      await locks.take(actorOf('a', 'a-2'), '/lock/a', 'it');
      expect(await locks.release(actorOf('a'), '/lock/a', null)).toBeNull();
      await clients().leave(actorOf('a'));
      expect(await locks.holder('/lock/a')).toMatchObject({ epoch: 2 });
    });

    test('nobody is buried by who comes with its id and is of another kind', async () => {
      await register(subject, 'a');
      await furnish('a');
      const worker = registration('a', { kind: 'worker', session: 'a-2' });
      await expect(clients().register(worker)).rejects.toMatchObject({ code: 'conflict' });
      await expect(clients().register(worker, actorOf('a').id)).rejects.toMatchObject({ code: 'conflict' });
      expect(await clients().resume(worker)).toBeNull();
      expect(await beat('a')).toEqual([]);
      expect(await subject.world.store.data.children('/nodes')).toEqual(['a']);
    });

    test('who takes over is rid of its predecessor, if that is of its kind, and of nobody else', async () => {
      for (const id of ['old', 'other']) await register(subject, id);
      await clients().register(registration('worker', { kind: 'worker' }));
      await furnish('old');
      await clients().register(registration('one'), actorOf('worker').id);
      await clients().register(registration('new'), actorOf('old').id);
      expect(await beat('old', 'other', 'worker', 'one', 'new')).toEqual(['old']);
      expect(await subject.world.store.data.children('/nodes')).toEqual([]);
    });

    test('who resumes loses nothing, and fences whoever had the session before', async () => {
      const { world } = subject;
      const { data, events } = world.store;
      await register(subject, 'a');
      await furnish('a');
      const from = await events.head();
      await data.put(actorOf('a'), { key: '/b', value: '', kind: 'persistent' });
      await world.advance(TIMEOUT_MS);
      const resumed = registration('a', { session: 'a-2', name: 'renamed', sessionTimeoutMs: 2 * TIMEOUT_MS });
      expect(await clients().resume(resumed)).toEqual({
        data: [{ key: '/nodes/a', value: 'a' }],
        locks: [{ key: '/lock/a', owner: 'it', epoch: 1 }],
      });
      expect(await eventsOf(subject, from + 1)).toEqual([]);
      expect(await beat('a')).toEqual(['a']);
      expect(await events.subscribe(actorOf('a', 'a-2'), { path: '/', name: '' }, null)).toBe(from);
      await world.advance(2 * TIMEOUT_MS);
      expect(await clients().beat({ actors: [actorOf('a', 'a-2')], cursors: [] })).toEqual([]);
      expect(await world.store.locks.holder('/lock/a')).toMatchObject({ name: 'renamed' });
    });

    test('nobody resumes who is dead, of another kind, or unknown', async () => {
      const { world } = subject;
      await register(subject, 'a', 'b');
      expect(await clients().resume(registration('b', { kind: 'worker', session: 'b-2' }))).toBeNull();
      await world.advance(TIMEOUT_MS + 1);
      expect(await clients().resume(registration('a', { session: 'a-2' }))).toBeNull();
      expect(await clients().resume(registration('c'))).toBeNull();
    });

    test('who leaves takes everything along at once', async () => {
      await register(subject, 'a');
      await furnish('a');
      await clients().leave(actorOf('a'));
      expect(await beat('a')).toEqual(['a']);
      expect(await subject.world.store.locks.holder('/lock/a')).toBeNull();
      await clients().leave(actorOf('a'));
    });

    test('a beat moves cursors forward, of present sessions only', async () => {
      const { clients: table, data, events } = subject.world.store;
      const [a] = await register(subject, 'a');
      const key = { path: '/x', name: 'one' };
      await events.subscribe(a!, key, null);
      await data.put(a!, { key: '/x/y', value: '', kind: 'persistent' });
      const head = await events.head();
      await table.beat({ actors: [], cursors: [{ actor: actorOf('a', 'old'), ...key, lastEventId: head }] });
      expect(await events.subscribe(a!, key, null)).toBe(head - 1);
      await table.beat({ actors: [a!], cursors: [{ actor: a!, ...key, lastEventId: head }] });
      expect(await events.subscribe(a!, key, null)).toBe(head);
    });

    test('a look sees who is young, who was late, and the shortest and longest timeouts', async () => {
      const { world } = subject;
      expect(await clients().look()).toMatchObject({ firstExpiry: null, unsettledUntil: null, servers: 0 });
      const started = world.clock.now();
      await register(subject, 'a');
      await clients().register(registration('w', { kind: 'worker', sessionTimeoutMs: 99_000 }));
      expect(await clients().look()).toMatchObject({
        now: started,
        firstExpiry: started + TIMEOUT_MS,
        lastExpiry: started + 99_000,
        unsettledUntil: started + SETTLE_MS,
        shortestTimeoutMs: TIMEOUT_MS,
        longestTimeoutMs: 99_000,
        servers: 1,
        head: await world.store.events.head(),
      });
      await world.advance(LATE_AFTER_INTERVALS * INTERVAL_MS);
      await beat('a');
      expect(await clients().look()).toMatchObject({ unsettledUntil: started + SETTLE_MS });
      await world.advance(LATE_AFTER_INTERVALS * INTERVAL_MS + 1);
      await beat('a');
      expect(await clients().look()).toMatchObject({ unsettledUntil: world.clock.now() + SETTLE_MS });
    });

    test('nobody lives for longer than its timeout because the clock was turned back', async () => {
      const { world } = subject;
      await register(subject, 'a', 'b');
      world.clock.set(world.clock.now() - 3_600_000);
      await world.advance(1);
      const { now, lastExpiry, longestTimeoutMs } = await clients().look();
      expect(lastExpiry).toBeGreaterThan(now + longestTimeoutMs!);
      await clients().restamp();
      await world.advance(TIMEOUT_MS);
      expect(await beat('a')).toEqual([]);
      await world.advance(1);
      expect(await beat('a', 'b')).toEqual(['b']);
    });
  });
}
