import type { ListenerDelivery } from '@vaquita/core';
import { describe, expect, test } from 'vitest';
import { failed, OK, openListenerBench } from '../../testing/listener-bench.ts';
import { retryPauseMs } from './settings.ts';

describe('the listener engine', () => {
  test('L2 tries an event again until it is heard, with growing pauses, and no later one before it', async () => {
    const world = openListenerBench();
    world.lead(1);
    await world.add('a');
    const [one, two, three] = await world.happen(3);
    const tries: number[] = [];
    world.behave.set('a', (event) => {
      if (event.seq !== two) return OK;
      tries.push(world.clock.now());
      return tries.length < 4 ? failed(`refused ${tries.length}`) : OK;
    });
    world.engine.refresh();
    await world.clock.advance(1_500);
    expect(world.heard.a).toEqual([one]);
    expect(await world.row('a')).toMatchObject({ cursor: one, blockedSeq: two });
    await world.clock.advance(20_000);
    expect(world.heard.a).toEqual([one, two, three]);
    const pauses = tries.slice(1).map((at, n) => at - tries[n]!);
    pauses.forEach((pause, n) => {
      expect(pause).toBeGreaterThanOrEqual(retryPauseMs(n + 1, world.settings, 1));
      expect(pause).toBeLessThanOrEqual(retryPauseMs(n + 1, world.settings, 0) + 1);
    });
    expect(await world.row('a')).toMatchObject({ blockedSeq: null, attempt: 0, reason: null });
  });

  test('L2 goes on after a skip, and at once when somebody has it tried now', async () => {
    const world = openListenerBench({ firstRetryMs: 100_000 });
    world.lead(1);
    const id = await world.add('a');
    const [one, two, three] = await world.happen(3);
    let mended = false;
    world.behave.set('a', ({ seq }) => (seq === one || (seq === two && !mended) ? failed('no') : OK));
    world.engine.refresh();
    await world.clock.advance(500);
    await world.store.listeners.instances.skip(id, { seq: one!, by: 'ann', at: world.clock.now() });
    world.engine.refresh();
    await world.clock.advance(500);
    expect(await world.row('a')).toMatchObject({ cursor: one, blockedSeq: two, skipped: 1 });
    mended = true;
    await world.store.listeners.instances.retry(id, world.clock.now());
    world.engine.refresh();
    await world.clock.advance(500);
    expect(world.heard.a).toEqual([two, three]);
  });

  test('G2 an instance that never answers, or fails, delays no other', async () => {
    const world = openListenerBench();
    world.lead(1);
    await world.add('silent');
    await world.add('failing');
    await world.add('good');
    world.behave.set('silent', () => new Promise(() => {}));
    world.behave.set('failing', () => failed('no'));
    const seqs = await world.happen(70);
    world.engine.refresh();
    await world.clock.advance(1_000);
    expect(world.heard).toEqual({ good: seqs });
  });

  test('a new leader goes on where the one before was, also with the pause of what failed', async () => {
    const world = openListenerBench({ firstRetryMs: 50_000 });
    world.lead(1);
    await world.add('a');
    await world.add('b');
    const [one, two] = await world.happen(2);
    world.behave.set('a', ({ seq }) => (seq === two ? failed('no') : OK));
    world.engine.refresh();
    await world.clock.advance(1_000);
    await world.engine.end();
    expect(world.open()).toBe(0);
    world.behave.clear();
    const next = world.createEngine();
    world.lead(2, next);
    await world.clock.advance(10_000);
    expect(world.heard).toEqual({ a: [one], b: [one, two] });
    await world.clock.advance(50_000);
    expect(world.heard.a).toEqual([one, two]);
  });

  test('L4 G3 delivers and writes nothing once another server leads', async () => {
    const world = openListenerBench();
    world.lead(1);
    await world.add('a');
    let answer: ((result: ListenerDelivery) => void) | undefined;
    world.behave.set('a', () => new Promise((resolve) => (answer = resolve)));
    const [one] = await world.happen(2);
    world.engine.refresh();
    await world.clock.advance(500);
    world.store.leader.set(2);
    answer?.(OK);
    await world.clock.advance(60_000);
    expect(world.heard.a).toEqual([one]);
    expect(await world.row('a')).toMatchObject({ delivered: 0, blockedSeq: null });
    await world.engine.end();
    expect(world.open()).toBe(0);
    expect(world.clock.pending).toBe(0);
  });

  test('L3 an event that was heard is not delivered again because the database was away', async () => {
    const world = openListenerBench();
    world.lead(1);
    await world.add('a');
    const { listenerEngine } = world.store;
    const heard = listenerEngine.heard;
    let away = true;
    Object.assign(listenerEngine, {
      heard: async (...args: Parameters<typeof heard>) => {
        if (away) throw new Error('away');
        await heard(...args);
      },
    });
    const engine = world.createEngine();
    await world.engine.end();
    engine.begin(1);
    const seqs = await world.happen(2);
    engine.refresh();
    await world.clock.advance(5_000);
    expect(world.heard.a).toEqual([seqs[0]]);
    away = false;
    await world.clock.advance(5_000);
    expect(world.heard.a).toEqual(seqs);
  });

  test('G1 serves an instance anew when it is changed, and no more when it is switched off', async () => {
    const world = openListenerBench();
    world.lead(1);
    const id = await world.add('a');
    const settings: unknown[] = [];
    world.behave.set('a', (_, use) => {
      settings.push(use.settings);
      return OK;
    });
    await world.happen(1);
    world.engine.refresh();
    await world.clock.advance(500);
    await world.store.listeners.instances.update(id, { settings: '{"a":2}', at: world.clock.now() + 1 });
    await world.happen(1);
    world.engine.refresh();
    await world.clock.advance(500);
    expect(settings).toEqual([{ a: 1 }, { a: 2 }]);
    expect(world.open()).toBe(1);
    await world.store.listeners.instances.update(id, { enabled: false, at: world.clock.now() + 2 });
    world.engine.refresh();
    await world.happen(1);
    await world.clock.advance(20_000);
    expect(settings).toHaveLength(2);
    expect(world.open()).toBe(0);
  });

  test('waits with the event while the plugin is not installed or not enabled, and says so', async () => {
    const world = openListenerBench();
    world.lead(1);
    await world.add('a', { plugin: 'mine' });
    const [one] = await world.happen(1);
    world.engine.refresh();
    await world.clock.advance(500);
    expect((await world.row('a')).reason).toContain('not installed');
    const row = { id: 'p1', name: 'mine', title: '', version: '1', origin: 'uploaded', packageName: null } as const;
    const rest = { settingsSchema: {}, digest: 'd', enabled: false, createdBy: 'ann', createdAt: 1, updatedAt: 1 };
    await world.store.listeners.plugins.install({ ...row, ...rest } as never, 'code');
    await world.clock.advance(20_000);
    expect((await world.row('a')).reason).toContain('not enabled');
    const seen: unknown[] = [];
    world.behave.set('a', (_, { plugin }) => {
      seen.push(plugin);
      return OK;
    });
    await world.store.listeners.plugins.update('p1' as never, { enabled: true, at: 2 });
    await world.clock.advance(60_000);
    expect(world.heard.a).toEqual([one]);
    expect(seen).toEqual([{ kind: 'foreign', name: 'mine', code: 'code' }]);
  });
});

test('the pause before a retry doubles up to a bound, and a part of it is left to chance', () => {
  const settings = { firstRetryMs: 1_000, lastRetryMs: 60_000 };
  expect([1, 2, 3, 7, 500].map((attempt) => retryPauseMs(attempt, settings, 0))).toEqual([
    1_000, 2_000, 4_000, 60_000, 60_000,
  ]);
  expect(retryPauseMs(1, settings, 1)).toBe(800);
});
