/** Whatever is asked of it in whatever order, a database answers as the registry in memory does, and holds the same. */
import { toAppError } from '@vaquita/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RegistryStore } from '../../registry-store.ts';
import { createSqlInspection } from '../../sql/inspection.ts';
import { type Database, memoryDatabase } from '../backends.ts';
import { createWorld, type World } from '../world.ts';
import { actorOf, registration, TIMEOUT_MS } from './subject.ts';

const IDS = ['a', 'b', 'c'] as const;
const KEYS = ['/n', '/n/1', '/n-1', '/m/1/x'] as const;
const PATHS = ['/', '/n', '/n/1'] as const;

const id = fc.constantFrom(...IDS);
/** Mostly the one in which everybody begins. */
const session = fc.oneof({ weight: 6, arbitrary: fc.constant('1') }, fc.constant('2'));
const key = fc.constantFrom(...KEYS);
const lock = fc.constantFrom('/lock/x', '/lock/y');
const kind = fc.constantFrom('ephemeral' as const, 'persistent' as const);
const path = fc.constantFrom(...PATHS);
const epoch = fc.integer({ min: 1, max: 4 });
/** Mostly left out. */
const optional = <T>(of: fc.Arbitrary<T>) => fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, of);
const fence = optional(fc.record({ key: lock, epoch }));
const ifVersion = optional(fc.integer({ min: 0, max: 2 }));
const who = fc.record({ id, session });

/** A step, as a function of the store it is done with. */
type Step = (store: RegistryStore, world: World) => Promise<unknown>;
interface Named {
  readonly text: string;
  readonly run: Step;
}

const registered = fc.record({
  id,
  session,
  name: fc.constantFrom('one', 'two'),
  timeoutMs: fc.constantFrom(TIMEOUT_MS, 2_000),
  kind: fc.oneof({ weight: 6, arbitrary: fc.constant('server' as const) }, fc.constant('worker' as const)),
});
type Registered = typeof registered extends fc.Arbitrary<infer T> ? T : never;
const rowOf = ({ id, session, name, timeoutMs, kind }: Registered) =>
  registration(id, { session, name, kind, sessionTimeoutMs: timeoutMs, heartbeatIntervalMs: 100 });

function step<T>(
  name: string,
  of: fc.Arbitrary<T>,
  run: (input: T, store: RegistryStore, world: World) => Promise<unknown>,
) {
  return of.map(
    (input): Named => ({
      text: `${name} ${JSON.stringify(input)}`,
      run: (store, world) => run(input, store, world),
    }),
  );
}

const by = ({ id, session }: { id: string; session: string }) => actorOf(id, session);

const steps: fc.Arbitrary<Named> = fc.oneof(
  { weight: 4, arbitrary: step('advance', fc.integer({ min: 0, max: 1_500 }), (ms, _, world) => world.advance(ms)) },
  step('register', fc.tuple(registered, fc.option(id)), ([row, before], { clients }) =>
    clients.register(rowOf(row), before === null ? null : actorOf(before).id),
  ),
  step('resume', registered, (row, { clients }) => clients.resume(rowOf(row))),
  step('leave', who, (one, { clients }) => clients.leave(by(one))),
  step('bury', fc.integer({ min: 1, max: 3 }), async (limit, { clients }) =>
    clients.bury((await clients.look()).now, limit),
  ),
  step('turn back', fc.integer({ min: 0, max: 5_000 }), async (ms, { clients }, world) => {
    world.clock.set(world.clock.now() - ms);
    await world.advance(0);
    await clients.restamp();
  }),
  step(
    'beat',
    fc.tuple(fc.uniqueArray(who, { selector: (one) => one.id }), who, path, epoch),
    async ([some, one, at, last], { clients, events }) => {
      const lastEventId = Math.min(last, await events.head());
      return clients.beat({ actors: some.map(by), cursors: [{ actor: by(one), path: at, name: '', lastEventId }] });
    },
  ),
  step('take', fc.tuple(who, lock), ([one, name], { locks }) => locks.take(by(one), name, one.id)),
  step('release', fc.tuple(who, lock, fc.option(epoch)), ([one, name, term], { locks }) =>
    locks.release(by(one), name, term),
  ),
  {
    weight: 6,
    arbitrary: step(
      'put',
      fc.tuple(who, fc.record({ key, value: fc.string(), kind, fence, ifVersion })),
      ([one, datum], { data }) => data.put(by(one), { ...datum, value: datum.value.replaceAll('\0', '') }),
    ),
  },
  step('remove', fc.tuple(who, fc.record({ key, fence, ifVersion })), ([one, change], { data }) =>
    data.remove(by(one), change),
  ),
  step('subscribe', fc.tuple(who, path, fc.option(fc.nat(20))), ([one, at, from], { events }) =>
    events.subscribe(by(one), { path: at, name: '' }, from),
  ),
  step('unsubscribe', fc.tuple(who, path), ([one, at], { events }) =>
    events.unsubscribe(by(one), { path: at, name: '' }),
  ),
  step('purge', fc.tuple(fc.nat(3_000), fc.nat(3_000)), ([keepMs, more], { events }) =>
    events.purge({ keepMs, keepAtMostMs: keepMs + more }),
  ),
);

async function answer(run: Step, world: World): Promise<unknown> {
  try {
    return { is: await run(world.store, world) };
  } catch (error) {
    const { code, message } = toAppError(error);
    return { code, message };
  }
}

/** Everything that can be read of a registry. */
async function contents({ store }: World): Promise<unknown> {
  const { clients, locks, data, events } = store;
  return {
    look: await clients.look(),
    locks: await Promise.all(['/lock/x', '/lock/y'].map((name) => locks.holder(name))),
    data: await data.list('/'),
    children: await Promise.all(PATHS.map((at) => data.children(at))),
    list: await data.list('/n'),
    events: await events.after(0, 1_000),
  };
}

export function describeAgreement(open: () => Promise<Database>): void {
  describe('any sequence of steps', () => {
    test('is answered as in memory, and leaves the same behind', async () => {
      const [database, memory] = [await open(), await memoryDatabase()];
      const property = fc.asyncProperty(fc.array(steps, { minLength: 20, maxLength: 60 }), async (sequence) => {
        const [world, model] = [await createWorld(database), await createWorld(memory)];
        for (const { clients } of [world.store, model.store])
          for (const one of IDS) await clients.register(registration(one, { session: '1' }));
        for (const { text, run } of sequence) {
          const expected = await answer(run, model);
          expect(await answer(run, world), text).toEqual(expected);
        }
        expect(await contents(world)).toEqual(await contents(model));
        const { driver } = world.backend;
        if (driver) expect(await createSqlInspection(driver).findings()).toEqual([]);
      });
      await fc.assert(property, { numRuns: database.isFar ? 15 : 60 });
    });
  });
}
