/** What an operator sees, what a check finds in tables that were damaged, and how they are put right. */
import { describe, expect, test } from 'vitest';
import { checkRegistry } from '../../check-registry.ts';
import type { RegistryInspection } from '../../inspection.ts';
import { createSqlInspection } from '../../sql/inspection.ts';
import { TEST_NOW } from '../backends.ts';
import { actorOf, eventsOf, register, registration, type Subject, TIMEOUT_MS, told } from './subject.ts';

/** Of databases; what is in memory cannot be damaged from outside. */
export function describeInspection(subject: Subject): void {
  const inspection = (): RegistryInspection => createSqlInspection(subject.world.backend.driver!, { now: TEST_NOW });
  const put = (id: string, key: string, value = '') =>
    subject.world.store.data.put(actorOf(id), { key, value, kind: 'ephemeral' });

  describe('an operator', () => {
    test('sees the clients, and which of them are dead', async () => {
      const { world } = subject;
      await world.store.clients.register(registration('a', { config: { url: 'http://a' }, kind: 'worker' }));
      await world.advance(5_000);
      await register(subject, 'b');
      await world.advance(TIMEOUT_MS - 4_999);
      const at = world.clock.now();
      const [a, b] = await inspection().clients({ after: null, limit: 10 });
      expect(a).toEqual({
        ...{ id: 'a', name: 'name of a', kind: 'worker', online: false, config: { url: 'http://a' } },
        ...{ heartbeatIntervalMs: 1_000, sessionTimeoutMs: TIMEOUT_MS },
        ...{ createdAt: at - TIMEOUT_MS - 1, lastHeartbeatAt: at - TIMEOUT_MS - 1, expiresAt: at - 1 },
      });
      expect(b).toMatchObject({ id: 'b', online: true });
      expect(await inspection().clients({ after: 'a', limit: 1 })).toEqual([b]);
      expect(await inspection().figures()).toMatchObject({ clients: { server: 1, worker: 0 }, rows: { clients: 2 } });
    });

    test('sees data below a path, locks, and events, newest first, page by page', async () => {
      const { locks } = subject.world.store;
      await register(subject, 'a');
      for (const key of ['/n/2', '/n/1', '/n-1', '/n']) await put('a', key);
      const keys = async (path: string, after: string | null, limit: number) =>
        (await inspection().data(path, { after, limit })).map(({ key }) => key);
      expect(await keys('/', null, 10)).toEqual(['/n', '/n-1', '/n/1', '/n/2']);
      expect(await keys('/n', null, 2)).toEqual(['/n', '/n/1']);
      expect(await keys('/n', '/n/1', 2)).toEqual(['/n/2']);
      await locks.take(actorOf('a'), '/lock/x', 'it');
      await locks.take(actorOf('a'), '/lock/y', 'it');
      await locks.release(actorOf('a'), '/lock/y', 1);
      expect(await inspection().locks({ after: null, limit: 10 })).toMatchObject([
        { key: '/lock/x', clientId: 'a', clientName: 'name of a', owner: 'it', epoch: 1 },
        { key: '/lock/y', clientId: null, clientName: null, owner: 'it', epoch: 1 },
      ]);
      expect(await inspection().locks({ after: '/lock/x', limit: 10 })).toHaveLength(1);
      const newest = (await eventsOf(subject)).toReversed();
      expect(await inspection().events('/', { after: null, limit: 10 })).toEqual(newest);
      expect(await inspection().events('/', { after: newest[1]!.id, limit: 2 })).toEqual(newest.slice(2, 4));
      expect(told(await inspection().events('/n', { after: null, limit: 10 }))).toEqual([
        'added /n=',
        'added /n/1=',
        'added /n/2=',
      ]);
    });

    test('sees how much there is, and how far the slowest subscriber is behind', async () => {
      const { world } = subject;
      await register(subject, 'a');
      const none = { clients: { server: 1, worker: 0 }, lagIds: 0, lagMs: 0 };
      expect(await inspection().figures()).toMatchObject(none);
      await put('a', '/x');
      await world.store.events.subscribe(actorOf('a'), { path: '/', name: 'fast' }, null);
      await world.store.events.subscribe(actorOf('a'), { path: '/', name: 'slow' }, null);
      await put('a', '/x');
      await world.advance(300);
      await put('a', '/y');
      await world.store.locks.take(actorOf('a'), '/lock/x', 'it');
      await world.advance(200);
      expect(await inspection().figures()).toEqual({
        clients: { server: 1, worker: 0 },
        rows: { clients: 1, data: 2, locks: 1, events: 4, subscribers: 2 },
        lagIds: 3,
        lagMs: 500,
      });
    });
  });

  describe('a check', () => {
    test('finds nothing wrong in what the registry itself has written', async () => {
      const { world } = subject;
      await register(subject, 'a', 'b');
      await put('a', '/x');
      await world.store.locks.take(actorOf('a'), '/lock/x', 'it');
      await world.store.events.subscribe(actorOf('a'), { path: '/', name: '' }, null);
      await world.advance(TIMEOUT_MS + 1);
      await world.store.clients.bury(world.clock.now(), 1);
      expect(await checkRegistry(inspection())).toEqual({ ok: true, findings: [], repaired: false });
      expect(await checkRegistry(inspection(), { repair: true })).toEqual({ ok: true, findings: [], repaired: false });
    });

    test('finds what belongs to nobody, and repairs it so that subscribers hear of it', async () => {
      const { world } = subject;
      const { data, locks, events } = world.store;
      await register(subject, 'a', 'b');
      await put('a', '/orphan', '1');
      await put('b', '/fine', '1');
      await locks.take(actorOf('a'), '/lock/orphan', 'it');
      await locks.take(actorOf('b'), '/lock/fine', 'it');
      for (const id of ['a', 'b']) await events.subscribe(actorOf(id), { path: '/n', name: '' }, null);
      await world.backend.damage("delete from registry_clients where id = 'a'");
      const findings = [
        { kind: 'data_without_client', count: 1, examples: ['/orphan'] },
        { kind: 'lock_without_client', count: 1, examples: ['/lock/orphan'] },
        { kind: 'cursor_without_client', count: 1, examples: ['a /n'] },
      ];
      expect(await checkRegistry(inspection())).toEqual({ ok: false, findings, repaired: false });
      const before = await events.head();
      expect(await checkRegistry(inspection(), { repair: true })).toEqual({ ok: true, findings, repaired: true });
      expect(told(await eventsOf(subject, before))).toEqual([
        'removed /orphan=1',
        'removed /lock/orphan={"owner":"it","epoch":1}',
      ]);
      expect(await data.children('/')).toEqual(['fine']);
      expect(await locks.take(actorOf('b'), '/lock/orphan', 'b')).toMatchObject({ taken: true, epoch: 2 });
      expect(await locks.holder('/lock/fine')).toMatchObject({ clientId: 'b' });
    });

    test('finds a gap between events; who stands before it is told that something is missing', async () => {
      const { world } = subject;
      const process = world.process();
      await process.registry.start();
      const client = await process.connect('a');
      await client.put('/x', '0');
      const { eventId } = await client.list('/');
      for (let i = 1; i <= 6; i++) await client.put('/x', String(i));
      await world.backend.damage(`delete from registry_events where id in (${eventId + 2}, ${eventId + 3})`);
      const findings = [{ kind: 'event_gap', count: 1, examples: [`${eventId + 2}-${eventId + 3}`] }];
      expect(await checkRegistry(inspection())).toMatchObject({ ok: false, findings });
      const heard: string[] = [];
      const listen = (name: string) =>
        client.subscribe('/x', (news) => void heard.push(`${name} ${news.type === 'missed' ? 'missed' : news.value}`), {
          name,
          fromEventId: eventId,
        });
      await listen('before the repair');
      await world.settle();
      expect(await checkRegistry(inspection(), { repair: true })).toMatchObject({ ok: true, repaired: true });
      await listen('after it');
      await world.settle();
      expect(heard).toEqual([
        ...['before the repair 1', 'before the repair missed'],
        ...['before the repair 4', 'before the repair 5', 'before the repair 6'],
        ...['after it missed', 'after it 4', 'after it 5', 'after it 6'],
      ]);
    });

    test('finds cursors that stand in front of everything, and sets them back', async () => {
      const { world } = subject;
      const [a] = await register(subject, 'a');
      await put('a', '/x');
      const key = { path: '/', name: '' };
      await world.store.events.subscribe(a!, key, null);
      await world.backend.damage('update registry_subscribers set last_event_id = 1000000');
      const findings = [{ kind: 'cursor_ahead', count: 1, examples: ['a /'] }];
      expect(await checkRegistry(inspection(), { repair: true })).toEqual({ ok: true, findings, repaired: true });
      expect(await world.store.events.subscribe(a!, key, null)).toBe(await world.store.events.head());
    });

    test('names the first of very many, and counts all', async () => {
      const { world } = subject;
      await register(subject, 'a');
      await Promise.all(Array.from({ length: 25 }, (_, i) => put('a', `/x/${String(i).padStart(2, '0')}`)));
      await world.backend.damage('delete from registry_clients');
      const [finding] = (await checkRegistry(inspection())).findings;
      expect(finding).toMatchObject({ kind: 'data_without_client', count: 25 });
      expect(finding?.examples).toEqual(Array.from({ length: 10 }, (_, i) => `/x/0${i}`));
    });
  });
}
