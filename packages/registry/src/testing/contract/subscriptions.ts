/** Subscriptions through whole processes: every change is told, in order, whatever happens to who listens. */
import { describe, expect, test } from 'vitest';
import type { RegistryClient } from '../../client/registry-client.ts';
import type { RegistryEvent } from '../../registry-store.ts';
import type { RegistryNews } from '../../server/follower.ts';
import { eventsOf, type Subject, TIMEOUT_MS, told } from './subject.ts';

/** A listener that keeps what it hears. */
function listening() {
  const news: RegistryNews[] = [];
  return {
    news,
    listen: (one: RegistryNews) => void news.push(one),
    /** As texts such as `added /a=1`, and `missed`. */
    heard: () => news.map((one) => (one.type === 'missed' ? 'missed' : told([one])[0])),
    ids: () => news.map((one) => (one.type === 'missed' ? one.upTo : one.id)),
  };
}

export function describeSubscriptions(subject: Subject): void {
  async function twoClients() {
    const [one, two] = [subject.world.process(), subject.world.process()];
    for (const { registry } of [one, two]) await registry.start();
    return { one, two, a: await one.connect('a'), b: await two.connect('b') };
  }

  /** Adds, updates and removes a datum. */
  async function change(client: RegistryClient, key: string): Promise<void> {
    await client.put(key, '1', { ephemeral: true });
    await client.put(key, '2', { ephemeral: true });
    await client.delete(key);
  }

  async function changesUnder(path: string): Promise<readonly RegistryEvent[]> {
    return (await eventsOf(subject)).filter(({ key }) => key.startsWith(`${path}/`));
  }

  describe('subscriptions', () => {
    test('tell each add, update and removal below a path and at it, however fast they follow each other', async () => {
      const { a, b } = await twoClients();
      const { listen, heard } = listening();
      await a.put('/n/before', '');
      await b.subscribe('/n', listen);
      await change(a, '/n/x');
      await change(a, '/nx/y');
      await change(a, '/n');
      await subject.world.advance(1_000);
      const changes = (key: string) => [`added ${key}=1`, `updated ${key}=2`, `removed ${key}=2`];
      expect(heard()).toEqual([...changes('/n/x'), ...changes('/n')]);
    });

    test('are told at once what is changed in the same process', async () => {
      const { a } = await twoClients();
      const { listen, heard } = listening();
      await a.subscribe('/', listen);
      await a.put('/x', '1');
      await subject.world.settle();
      expect(heard()).toEqual(['added /x=1']);
    });

    test.each([
      ['while its session lives on', 5_000],
      ['when its session was lost meanwhile', 4 * TIMEOUT_MS],
    ])('go on after a lost connection where they stood, %s', async (_, awayMs) => {
      const { two, a, b } = await twoClients();
      const { world } = subject;
      const { listen, ids } = listening();
      const states: string[] = [];
      b.onConnectionState((state) => states.push(state));
      await b.subscribe('/n', listen);
      await change(a, '/n/1');
      await world.advance(1_500);
      two.cut(true);
      for (let i = 2; i < 6; i++) {
        await change(a, `/n/${i}`);
        await world.advance(awayMs / 4);
      }
      two.cut(false);
      await change(a, '/n/6');
      await world.advance(3_000);
      expect(states).toContain(awayMs > TIMEOUT_MS ? 'disconnected' : 'suspended');
      expect(states.at(-1)).toBe('reconnected');
      expect(ids()).toEqual((await changesUnder('/n')).map(({ id }) => id));
      expect(ids()).toHaveLength(18);
    });

    test('tell an event again until it is handled, and nothing after it before', async () => {
      const { one, a } = await twoClients();
      const heard: string[] = [];
      let isBroken = true;
      const subscription = await a.subscribe('/n', (news) => {
        if (news.type === 'missed') return;
        heard.push(news.key);
        if (isBroken && news.key === '/n/2') throw new Error('not now');
      });
      for (const key of ['/n/1', '/n/2', '/n/3']) await a.put(key, '');
      const head = await subject.world.store.events.head();
      await subject.world.advance(1_000 + 2_000);
      expect(heard).toEqual(['/n/1', '/n/2', '/n/2', '/n/2']);
      expect(subscription.lastEventId).toBe(head - 2);
      expect(one.said.join()).toContain('failed on event');
      isBroken = false;
      await subject.world.advance(4_000);
      expect(heard.slice(4)).toEqual(['/n/2', '/n/3']);
      expect(subscription.lastEventId).toBe(head);
    });

    test('of which one is stuck do not hold up another', async () => {
      const { a } = await twoClients();
      const { listen, heard } = listening();
      await a.subscribe('/n', () => new Promise(() => {}));
      await a.subscribe('/n', listen, { name: 'other' });
      await a.put('/n/1', '1');
      await a.put('/n/2', '2');
      await subject.world.settle();
      expect(heard()).toEqual(['added /n/1=1', 'added /n/2=2']);
    });

    test('begin where they are told, and with a list nothing is missed and nothing comes twice', async () => {
      const { a, b } = await twoClients();
      await a.put('/n/1', '1');
      const { entries, eventId } = await b.list('/n');
      expect(entries.map(({ key, value }) => [key, value])).toEqual([['/n/1', '1']]);
      await a.put('/n/2', '2');
      const { listen, heard } = listening();
      await b.subscribe('/n', listen, { fromEventId: eventId });
      await a.put('/n/3', '3');
      await subject.world.advance(1_000);
      expect(heard()).toEqual(['added /n/2=2', 'added /n/3=3']);
    });

    test('say so when events are gone that they have not told', async () => {
      const { a } = await twoClients();
      const { world } = subject;
      await a.put('/n/1', '1');
      const first = await world.store.events.head();
      await a.put('/n/2', '2');
      await world.advance(10);
      await world.store.events.purge({ keepMs: 0, keepAtMostMs: 0 });
      const { listen, news } = listening();
      await a.subscribe('/n', listen, { fromEventId: first - 1 });
      await world.settle();
      expect(news).toMatchObject([{ type: 'missed', after: first - 1, upTo: first }, { id: first + 1 }]);
    });

    test('say so when they come from a time that this database does not know', async () => {
      const { a } = await twoClients();
      await a.put('/n/1', '1');
      const head = await subject.world.store.events.head();
      const { listen, news } = listening();
      await a.subscribe('/n', listen, { fromEventId: head + 100 });
      await a.put('/n/2', '2');
      await subject.world.settle();
      expect(news).toMatchObject([{ type: 'missed' }, { type: 'added', id: head + 1 }]);
    });

    test('end when they are closed, and can be had once only', async () => {
      const { a } = await twoClients();
      const { listen, heard } = listening();
      const subscription = await a.subscribe('/n', listen);
      await expect(a.subscribe('/n', listen)).rejects.toMatchObject({ code: 'conflict' });
      await subscription.close();
      await subscription.close();
      await a.put('/n/1', '1');
      await a.subscribe('/n', listen);
      await a.put('/n/2', '2');
      await subject.world.settle();
      expect(heard()).toEqual(['added /n/2=2']);
    });

    test('leave their cursors in the tables, where the next process of the same client finds them', async () => {
      const { one, a, b } = await twoClients();
      const { world } = subject;
      const before = listening();
      await a.subscribe('/n', before.listen);
      await b.put('/n/1', '1');
      await world.advance(2_000);
      await b.put('/n/2', '2');
      one.kill();
      const three = world.process();
      await three.registry.start();
      const again = await three.connect('a', { resume: true });
      const after = listening();
      await again.subscribe('/n', after.listen);
      await b.put('/n/3', '3');
      await world.advance(1_000);
      expect(before.heard()).toEqual(['added /n/1=1']);
      expect(after.heard()).toEqual(['added /n/2=2', 'added /n/3=3']);
    });
  });
}
