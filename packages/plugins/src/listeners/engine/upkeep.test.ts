import { createMemoryStore } from '@vaquita/store/testing';
import { describe, expect, test } from 'vitest';
import { failed, OK, openListenerBench } from '../../testing/listener-bench.ts';

describe('the upkeep of listeners', () => {
  test('U2 an instance that is given more to hear does not hear what came before', async () => {
    const world = openListenerBench();
    world.lead(1);
    await world.add('all', { eventTypes: ['server.down', 'workflow.removed'] });
    const id = await world.add('few', { eventTypes: ['workflow.removed'] });
    await world.happen(3);
    await world.clock.advance(world.settings.upkeepMs + world.settings.pollMs);
    expect(world.heard).toMatchObject({ all: { length: 3 } });
    expect((await world.row('few')).cursor).toBe(await world.store.events.latestSeq());
    await world.store.listeners.instances.update(id, { eventTypes: ['server.down'], at: 5 });
    world.engine.refresh();
    const [later] = await world.happen(1);
    await world.clock.advance(3 * world.settings.pollMs);
    expect(world.heard.few).toEqual([later]);
  });

  test('U1 U3 removes what was heard and is old, and tells once of what is blocked or too much', async () => {
    const world = openListenerBench({ keepMs: 100_000, maxBytes: 1_000, blockedMs: 30_000 });
    world.lead(1);
    await world.add('a');
    await world.add('b');
    let broken = true;
    world.behave.set('b', () => (broken ? failed('no') : OK));
    await world.happen(20);
    await world.clock.advance(300_000);
    const { keeper } = world.store.listenerEngine.openLog(1);
    expect(await keeper.weight()).toMatchObject({ events: 20 });
    expect(world.engine.report()).toMatchObject({
      kept: { events: 20 },
      instances: [
        { name: 'a', events: 0, oldestAt: null, isBlocked: false },
        { name: 'b', events: 20, isBlocked: true },
      ],
    });
    const filed = async () =>
      (await world.store.alertQueue.waiting(null, 50)).map(({ subject, message }) => `${subject} ${message.state}`);
    expect((await filed()).sort()).toEqual(['listener_stopped:b open', 'listener_stopped:backlog open']);
    broken = false;
    await world.clock.advance(500_000);
    expect(await keeper.weight()).toMatchObject({ events: 0 });
    expect(world.engine.report()?.removed).toBe(20);
    expect(await filed()).toHaveLength(4);
  });

  test.each(['here', 'elsewhere'])(
    'forgets failures that are over and old, where events are kept %s',
    async (where) => {
      const world = openListenerBench({ keepMs: 100_000 });
      const other = createMemoryStore({ clock: world.clock });
      other.leader.set(1);
      world.lead(1, where === 'here' ? world.engine : world.createEngine(other.listenerEngine.openLog));
      await world.add('a');
      let tries = 0;
      world.behave.set('a', () => (++tries === 1 ? failed('no') : OK));
      const seqs = await world.happen(1);
      await world.clock.advance(60_000);
      expect(world.heard.a).toEqual(seqs);
      // Instances of the other store: none, so that nothing there is still to be heard.
      await world.clock.advance(300_000);
      const left = { before: Number.MAX_SAFE_INTEGER, limit: 10 };
      expect(await world.store.listenerEngine.forgetFailures(1, left)).toBe(0);
    },
  );
});
