import type {
  EventType,
  ListenerDelivery,
  ListenerEvent,
  ListenerHost,
  ListenerInstanceId,
  ListenerLog,
  ListenerUse,
} from '@vaquita/core';
import { AppError, createIdSource } from '@vaquita/core';
import { createManualClock, createSeededRandom } from '@vaquita/core/testing';
import { createMemoryStore } from '@vaquita/store/testing';
import { afterEach, describe, expect, test } from 'vitest';
import { createListenerEngine, type ListenerEngine } from './engine.ts';
import { LISTENER_DEFAULTS, type ListenerSettings, retryPauseMs } from './settings.ts';

const OK: ListenerDelivery = { ok: true };
const failed = (reason: string): ListenerDelivery => ({ ok: false, failure: 'failed', reason });
type Behaviour = (event: ListenerEvent, use: ListenerUse) => Promise<ListenerDelivery> | ListenerDelivery;

const engines: ListenerEngine[] = [];
afterEach(() => Promise.all(engines.splice(0).map((engine) => engine.end())));

function openWorld(more: Partial<ListenerSettings> = {}) {
  const clock = createManualClock(1_000_000);
  const random = createSeededRandom(1);
  const ids = createIdSource(clock, random);
  const store = createMemoryStore({ clock });
  const settings = { ...LISTENER_DEFAULTS, ...more };
  const heard: Record<string, number[]> = {};
  const behave = new Map<string, Behaviour>();
  let open = 0;
  let epoch = 1;
  const host: Pick<ListenerHost, 'use'> = {
    use(use) {
      open += 1;
      let stop: (() => void) | undefined;
      const stopped = new Promise<ListenerDelivery>((resolve) => {
        stop = () => resolve({ ok: false, failure: 'stopped', reason: 'stopped' });
      });
      return {
        async deliver(event) {
          const result = await Promise.race([stopped, behave.get(use.instance.name)?.(event, use) ?? OK]);
          const { name } = use.instance;
          if (result.ok) heard[name] = [...(heard[name] ?? []), event.seq];
          return result;
        },
        async stop() {
          open -= 1;
          stop?.();
        },
      };
    },
  };
  const log = { info() {}, warn() {} };
  const sealer = { open: async (_: string, text: string) => text };
  function createEngine(openLog?: (epoch: number) => ListenerLog): ListenerEngine {
    const deps = { store: store.listenerEngine, host, sealer, builtIns: new Set(['log']), clock, random, ids };
    const engine = createListenerEngine({ ...deps, log, settings, openLog: openLog ?? null });
    engines.push(engine);
    return engine;
  }
  const engine = createEngine();
  return {
    ...{ clock, store, engine, createEngine, heard, behave, settings },
    open: () => open,
    lead(next: number, which = engine) {
      epoch = next;
      store.leader.set(epoch);
      which.begin(epoch);
    },
    async add(
      name: string,
      change: { eventTypes?: readonly ListenerEvent['type'][]; plugin?: string; enabled?: boolean } = {},
    ) {
      const id = name as ListenerInstanceId;
      const row = {
        id,
        name,
        plugin: 'log',
        settings: '{"a":1}',
        projectId: null,
        enabled: true,
        createdAt: clock.now(),
      };
      await store.listeners.instances.create({ ...row, eventTypes: ['server.down'], ...change });
      return id;
    },
    /** So many servers go down, each in a commit. @returns the places of the events. */
    async happen(count: number, type: EventType = 'server.lost'): Promise<number[]> {
      const seqs: number[] = [];
      for (let n = 0; n < count; n++) {
        const event = {
          type,
          projectId: null,
          workflowInstanceId: null,
          taskInstanceId: null,
          at: clock.now(),
          data: { id: 's', name: 's' },
        };
        await store.master.commit(epoch, commitOf([event]));
        seqs.push(await store.events.latestSeq());
      }
      return seqs;
    },
    row: async (name: string) => (await store.listeners.instances.find(name))!,
  };
}

function commitOf(events: readonly unknown[]) {
  return {
    ...{ instance: null, assignNumber: false, newTasks: [], changedTasks: [], writtenBefore: new Map(), events },
    ...{ newRuns: [], newCommands: [], newAlerts: [], outboxPut: [], outboxDone: [], commandsDone: [] },
  } as never;
}

describe('the listener engine', () => {
  test('N1 L1 has an instance hear everything from its making on, in order, and soon when told', async () => {
    const world = openWorld();
    world.lead(1);
    await world.happen(2);
    await world.add('a');
    await world.add('none', { eventTypes: ['task.failed'] });
    const seqs = await world.happen(120);
    world.engine.refresh();
    await world.clock.advance(500);
    expect(world.heard).toEqual({ a: seqs });
    expect(await world.row('a')).toMatchObject({ cursor: seqs.at(-1), delivered: 120 });
    const more = await world.happen(1);
    world.engine.nudge();
    await world.clock.advance(100);
    expect(world.heard.a?.at(-1)).toBe(more[0]);
  });

  test('finds by itself what nobody has told it of', async () => {
    const world = openWorld();
    world.lead(1);
    await world.clock.advance(0);
    await world.add('a');
    const seqs = await world.happen(3);
    await world.clock.advance(3 * world.settings.pollMs);
    expect(world.heard.a).toEqual(seqs);
  });

  test('N3 keeps nothing while no instance is switched on, and the record is free', async () => {
    const world = openWorld();
    await world.add('off', { enabled: false });
    world.lead(1);
    const [seq] = await world.happen(1);
    await world.clock.advance(2 * world.settings.pollMs);
    expect(world.engine.report()?.position).toBe(seq);
    expect(await world.store.listenerEngine.openLog(1).keeper.weight()).toMatchObject({ events: 0 });
  });

  test('L2 tries an event again until it is heard, with growing pauses, and no later one before it', async () => {
    const world = openWorld();
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
    const world = openWorld({ firstRetryMs: 100_000 });
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
    const world = openWorld();
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
    const world = openWorld({ firstRetryMs: 50_000 });
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
    const world = openWorld();
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
    const world = openWorld();
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
    const world = openWorld();
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
    const world = openWorld();
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

  test('N1 hears what a log had lost, and was told again, before what came later', async () => {
    const world = openWorld();
    let lostFrom = Number.POSITIVE_INFINITY;
    const engine = world.createEngine((epoch) => {
      const { producer, consumer, keeper } = world.store.listenerEngine.openLog(epoch);
      let isTold = true;
      return {
        keeper,
        producer: {
          async position() {
            isTold = true;
            return lostFrom === Number.POSITIVE_INFINITY ? await producer.position() : lostFrom - 1;
          },
          async append(batch) {
            if (lostFrom <= batch.position && !isTold) throw new AppError('unavailable', 'It has lost what it had.');
            await producer.append(batch);
            if (lostFrom <= batch.position) isTold = batch.events.some(({ seq }) => seq > lostFrom);
            if (isTold) lostFrom = Number.POSITIVE_INFINITY;
          },
        },
        consumer: {
          ...consumer,
          next: async (wanted) => (await consumer.next(wanted)).filter(({ seq }) => seq < lostFrom),
        },
      };
    });
    world.lead(1, engine);
    await world.add('a');
    const before = await world.happen(1);
    await world.clock.advance(2 * world.settings.pollMs);
    expect(world.heard.a).toEqual(before);
    lostFrom = before[0]! + 1;
    const lost = await world.happen(1);
    await world.clock.advance(2 * world.settings.pollMs);
    expect(world.heard.a).toEqual(before);
    const later = await world.happen(1);
    await world.clock.advance(4 * world.settings.pollMs);
    expect(world.heard.a).toEqual([...before, ...lost, ...later]);
  });

  test('U2 an instance that is given more to hear does not hear what came before', async () => {
    const world = openWorld();
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
    const world = openWorld({ keepMs: 100_000, maxBytes: 1_000, blockedMs: 30_000 });
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
      const world = openWorld({ keepMs: 100_000 });
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

test('the pause before a retry doubles up to a bound, and a part of it is left to chance', () => {
  const settings = { firstRetryMs: 1_000, lastRetryMs: 60_000 };
  expect([1, 2, 3, 7, 500].map((attempt) => retryPauseMs(attempt, settings, 0))).toEqual([
    1_000, 2_000, 4_000, 60_000, 60_000,
  ]);
  expect(retryPauseMs(1, settings, 1)).toBe(800);
});
