/** Who holds a lock, and in which term. */
import { describe, expect, test } from 'vitest';
import { actorOf, eventsOf, register, registration, type Subject, TIMEOUT_MS, told } from './subject.ts';

const LOCK = '/lock/x';

export function describeLocks(subject: Subject): void {
  const locks = () => subject.world.store.locks;

  describe('locks', () => {
    test('have one holder at a time, and an epoch that only grows, across release and death (T5)', async () => {
      const { world } = subject;
      const [a, b] = await register(subject, 'a', 'b');
      expect(await locks().take(a!, LOCK, 'leader')).toMatchObject({ taken: true, epoch: 1 });
      const holder = { clientId: 'a', name: 'name of a', owner: 'leader', epoch: 1 };
      expect(await locks().take(b!, LOCK, 'b')).toEqual({ taken: false, holder, freeInMs: TIMEOUT_MS + 1 });
      expect(await locks().take(b!, '/lock/y', 'b')).toMatchObject({ taken: true, epoch: 1 });
      expect(await locks().holder(LOCK)).toEqual(holder);
      expect(await locks().release(a!, LOCK, 1)).toBe(await world.store.events.head());
      expect(await locks().holder(LOCK)).toBeNull();
      expect(await locks().take(b!, LOCK, 'b')).toMatchObject({ taken: true, epoch: 2 });
      await world.advance(TIMEOUT_MS + 1);
      await world.store.clients.register(registration('a', { session: 'a-2' }));
      expect(await locks().holder(LOCK)).toBeNull();
      expect(await locks().take(actorOf('a', 'a-2'), LOCK, 'a')).toMatchObject({ taken: true, epoch: 3 });
    });

    test('are taken from the dead before anybody has buried them, and their burial leaves them alone', async () => {
      const { world } = subject;
      const [a, b] = await register(subject, 'a', 'b');
      await locks().take(a!, LOCK, 'a');
      await world.advance(6_000);
      await world.store.clients.beat({ actors: [b!], cursors: [] });
      expect(await locks().take(b!, LOCK, 'b')).toMatchObject({ taken: false, freeInMs: TIMEOUT_MS - 6_000 + 1 });
      await world.advance(TIMEOUT_MS - 6_000 + 1);
      expect(await locks().take(b!, LOCK, 'b')).toMatchObject({ taken: true, epoch: 2 });
      expect(await world.store.clients.bury(world.clock.now(), 10)).toEqual(['a']);
      expect(await locks().holder(LOCK)).toMatchObject({ clientId: 'b', epoch: 2 });
    });

    test('begin a new term for who asks again, because the answer may have been lost', async () => {
      const [a] = await register(subject, 'a');
      expect(await locks().take(a!, LOCK, 'a')).toMatchObject({ epoch: 1 });
      expect(await locks().take(a!, LOCK, 'again')).toMatchObject({ epoch: 2 });
      expect(await locks().release(a!, LOCK, 1)).toBeNull();
      expect(await locks().holder(LOCK)).toMatchObject({ owner: 'again', epoch: 2 });
      expect(await locks().release(a!, LOCK, null)).not.toBeNull();
      expect(await locks().release(a!, LOCK, 2)).toBeNull();
    });

    test('tell who takes and leaves them, in the step in which it happens (T3)', async () => {
      const [a, b] = await register(subject, 'a', 'b');
      const before = await subject.world.store.events.head();
      await locks().take(a!, LOCK, 'x "y"');
      await locks().take(b!, LOCK, 'b');
      await locks().take(a!, LOCK, 'a');
      await locks().release(a!, LOCK, 2);
      const events = await eventsOf(subject, before);
      expect(told(events)).toEqual([
        'added /lock/x={"owner":"x \\"y\\"","epoch":1}',
        'updated /lock/x={"owner":"a","epoch":2}',
        'removed /lock/x={"owner":"a","epoch":2}',
      ]);
      expect(events.map(({ clientId }) => clientId)).toEqual(['a', 'a', 'a']);
    });

    test('raced for by two 1,000 times, are never held by both, and each term is the next', async () => {
      const actors = await register(subject, 'a', 'b');
      const keys = Array.from({ length: 20 }, (_, i) => `/lock/race/${i}`);
      for (let round = 1; round <= 50; round++) {
        await Promise.all(
          keys.map(async (key) => {
            const claims = await Promise.all(actors.map((actor) => locks().take(actor, key, actor.id)));
            expect(claims.filter(({ taken }) => taken)).toMatchObject([{ epoch: round }]);
            await Promise.all(actors.map((actor) => locks().release(actor, key, round)));
          }),
        );
      }
    });
  });
}
