/** Whole processes that live and die: what becomes of what they had. */
import { describe, expect, test } from 'vitest';
import { nextLookIn } from '../../server/next-look.ts';
import { REGISTRY_DEFAULTS } from '../../settings.ts';
import { type Subject, TIMEOUT_MS } from './subject.ts';

export function describeLives(subject: Subject): void {
  async function twoClients() {
    const [one, two] = [subject.world.process(), subject.world.process()];
    for (const { registry } of [one, two]) await registry.start();
    return { one, two, a: await one.connect('a'), b: await two.connect('b') };
  }

  describe('processes', () => {
    test.each([
      ['that has just come', 0],
      ['that has long been settled', 120_000],
    ])('what one %s had is gone within its timeout and one look', async (_, ageMs) => {
      const { world } = subject;
      const { one, a, b } = await twoClients();
      await a.put('/nodes/a', '1', { ephemeral: true });
      await a.put('/kept', '1');
      await a.acquireLock('/lock/a');
      await world.advance(ageMs);
      one.kill();
      const look = await world.store.clients.look();
      await world.advance(TIMEOUT_MS + nextLookIn(look, REGISTRY_DEFAULTS, 0));
      expect(await b.children('/nodes')).toEqual([]);
      expect(await b.exists('/kept')).toBe(true);
      expect(await b.lockHolder('/lock/a')).toBeNull();
      expect(await b.tryLock('/lock/a')).toMatchObject({ epoch: 2 });
      const removed = (await world.store.events.after(0, 1_000)).filter(({ type }) => type === 'removed');
      expect(removed.map(({ key }) => key)).toEqual(['/nodes/a', '/lock/a']);
    });

    test('one that was away for too long puts its data back, and is told of its locks', async () => {
      const { world } = subject;
      const { one, a, b } = await twoClients();
      await a.put('/nodes/a', '1', { ephemeral: true });
      await a.put('/nodes/a', '2', { ephemeral: true });
      await a.put('/nodes/gone', '1', { ephemeral: true });
      await a.delete('/nodes/gone');
      await a.put('/nodes/taken', '1', { ephemeral: true });
      const lock = await a.acquireLock('/lock/a');
      one.cut(true);
      await world.advance(2 * TIMEOUT_MS);
      expect(lock?.signal.aborted).toBe(true);
      expect(await b.children('/nodes')).toEqual([]);
      await b.put('/nodes/taken', 'mine', { ephemeral: true });
      one.cut(false);
      await world.advance(2_000);
      expect(a.state).toBe('reconnected');
      expect(await b.get('/nodes/a')).toBe('2');
      expect(await b.get('/nodes/taken')).toBe('mine');
      expect(await b.children('/nodes')).toEqual(['a', 'taken']);
      expect(one.said.join()).toContain('could not be put back');
      expect(await a.tryLock('/lock/a')).toMatchObject({ epoch: 2 });
      await world.advance(TIMEOUT_MS);
      expect(await b.get('/nodes/a')).toBe('2');
    });

    test('the next one of the same client goes on with all it had, and the one before is fenced', async () => {
      const { world } = subject;
      const { one, a, b } = await twoClients();
      await a.put('/nodes/a', '1', { ephemeral: true });
      await a.acquireLock('/lock/a');
      const head = await world.store.events.head();
      const three = world.process();
      await three.registry.start();
      const again = await three.connect('a', { resume: true });
      expect(await world.store.events.head()).toBe(head);
      await expect(a.put('/nodes/a', 'stale', { ephemeral: true })).rejects.toMatchObject({ code: 'session_expired' });
      one.kill();
      await again.releaseLock('/lock/a');
      expect(await b.tryLock('/lock/a')).toMatchObject({ epoch: 2 });
      await again.put('/nodes/a', '2', { ephemeral: true });
      three.cut(true);
      await world.advance(2 * TIMEOUT_MS);
      three.cut(false);
      await world.advance(2_000);
      expect(await b.get('/nodes/a')).toBe('2');
    });

    test('one that is stopped in order leaves nothing behind, but for clients that it only spoke for', async () => {
      const { world } = subject;
      const { one, a, b } = await twoClients();
      const worker = await one.connect('w', { kind: 'worker', proxied: true });
      await a.put('/nodes/a', '1', { ephemeral: true });
      await worker.put('/nodes/w', '1', { ephemeral: true });
      await one.registry.close();
      expect(await b.children('/nodes')).toEqual(['w']);
      await world.advance(TIMEOUT_MS + 2_000);
      expect(await b.children('/nodes')).toEqual([]);
    });

    test('a client that is spoken for lives for as long as it is heard from', async () => {
      const { world } = subject;
      const { one, b } = await twoClients();
      const worker = await one.connect('w', { kind: 'worker', proxied: true, heartbeatIntervalMs: 3_000 });
      await worker.put('/nodes/w', '1', { ephemeral: true });
      for (let i = 0; i < 10; i++) {
        worker.touch();
        await world.advance(3_000);
      }
      expect(await b.children('/nodes')).toEqual(['w']);
      await world.advance(TIMEOUT_MS + 2_000);
      expect(await b.children('/nodes')).toEqual([]);
      worker.touch();
      await world.advance(6_000);
      expect(worker.state).toBe('reconnected');
      expect(await b.children('/nodes')).toEqual(['w']);
    });

    test('a client that has gone to another server is not fetched back by its last words', async () => {
      const { world } = subject;
      const { one, two } = await twoClients();
      const proxied = { kind: 'worker', proxied: true } as const;
      const here = await one.connect('w', proxied);
      const there = await two.connect('w', { ...proxied, resume: true });
      here.touch();
      await world.advance(2_000);
      expect(here.state).toBe('disconnected');
      there.touch();
      await world.advance(2_000);
      expect(there.state).toBe('connected');
      await here.close();
      there.touch();
      await world.advance(2_000);
      expect(there.state).toBe('connected');
    });
  });
}
