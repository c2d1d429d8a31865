/** Attacks on the duty: a death at any write, lost answers, two leaders, a clock that jumps, people who change things meanwhile. */
import { AppError, type BackfillId } from '@vaquita/core';
import { createSeededRandom } from '@vaquita/core/testing';
import { expect, test } from 'vitest';
import { days, lost, openBackfillBench, type QueueFault } from '../testing/backfill-bench.ts';

type Bench = Awaited<ReturnType<typeof openBackfillBench>>;
const never = new Promise<never>(() => {});

/** Every run that is open ends well, until nothing is left to do. */
async function bringToEnd(bench: Bench, id: BackfillId, each: () => Promise<void> = async () => {}): Promise<void> {
  for (let n = 0; n < 400 && (await bench.find(id)).state === 'running'; n++) {
    for (const run of await bench.open()) await bench.setRun(run.id, 'success');
    await each();
    await bench.clock.advance(2_000);
  }
}

async function expectEachOnce(bench: Bench, id: BackfillId, names: readonly string[], count: number): Promise<void> {
  const wanted = names.flatMap((name) => Array.from({ length: count }, (_, day) => `${name} ${day}`));
  expect([...(await bench.filed())].sort()).toEqual(wanted.sort());
  expect(await bench.counts(id)).toEqual({ success: wanted.length });
  expect(await bench.find(id)).toMatchObject({ state: 'done' });
}

/** Where the process dies, seen from a write: nothing of it is done, or all, and nobody hears of it. */
const DEATHS: Readonly<Record<string, (call: () => Promise<void>) => Promise<void>>> = {
  before: () => never,
  after: async (call) => {
    await call();
    return never;
  },
};

/** The server dies at that write; another one takes over. @returns writes of the first. */
async function withDeathAt(nth: number, death: (call: () => Promise<void>) => Promise<void>): Promise<number> {
  const bench = await openBackfillBench();
  const members = await bench.createChain('orders', 'sums', 'report');
  const id = await bench.create(members, { times: days(2) });
  let writes = 0;
  const fault: QueueFault = (_, call) => {
    writes += 1;
    return writes > nth ? never : writes === nth ? death(call) : call();
  };
  bench.duty({}, fault).begin(bench.lead());
  let isReplaced = false;
  await bringToEnd(bench, id, async () => {
    if (writes < nth || isReplaced) return;
    isReplaced = true;
    bench.duty().begin(bench.lead());
  });
  await expectEachOnce(bench, id, ['orders', 'sums', 'report'], 2);
  return writes;
}

test.each(Object.keys(DEATHS))('B1: a death %s any write doubles and loses no interval', async (where) => {
  const inAll = await withDeathAt(Number.POSITIVE_INFINITY, DEATHS[where]!);
  expect(inAll).toBe(10);
  for (let nth = 1; nth <= inAll; nth++) await withDeathAt(nth, DEATHS[where]!);
});

test.each([1, 2, 3, 4, 5])('B1, B3, B6: lost answers, failures and refusals at random, seed %i', async (seed) => {
  const random = createSeededRandom(seed);
  const bench = await openBackfillBench();
  const members = await bench.createChain('orders', 'sums', 'report');
  const id = await bench.create(members, { times: days(6), parallelism: 3 });
  const fault: QueueFault = async (_, call) => {
    const chance = random.next();
    if (chance < 0.15) throw new AppError('unavailable', 'No database.');
    if (chance < 0.25) throw lost();
    await call();
    if (chance < 0.45) throw lost();
  };
  bench.duty({}, fault).begin(bench.lead());
  await bringToEnd(bench, id, async () => {
    await bench.clock.advance(4_000);
    expect((await bench.open()).length).toBeLessThanOrEqual(3);
    expect((await bench.store.backfillQueue.running()).length).toBeLessThanOrEqual(3);
  });
  await expectEachOnce(bench, id, ['orders', 'sums', 'report'], 6);
});

test('B1, B3: of two duties in one term each item is started by one, and no more than may be', async () => {
  const bench = await openBackfillBench();
  const members = await bench.createChain('orders', 'sums');
  const id = await bench.create(members, { times: days(8), parallelism: 3 });
  const epoch = bench.lead();
  for (const duty of [bench.duty(), bench.duty()]) duty.begin(epoch);
  await bringToEnd(bench, id);
  await expectEachOnce(bench, id, ['orders', 'sums'], 8);
});

test('B7: who was deposed writes nothing more, and stops looking', async () => {
  const bench = await openBackfillBench();
  const members = await bench.createChain('orders');
  const [old, next] = [bench.duty(), bench.duty()];
  old.begin(bench.lead());
  const epoch = bench.lead();
  const id = await bench.create(members, { times: days(2), parallelism: 1 });
  old.nudge();
  await bench.clock.advance(6_000);
  expect(await bench.filed()).toEqual([]);
  expect(bench.lines).toEqual(['warn Another server leads; backfills are left to it.']);
  expect(bench.clock.pending).toBe(0);
  next.begin(epoch);
  await bringToEnd(bench, id);
  await expectEachOnce(bench, id, ['orders'], 2);
});

test('B2: a pause or a cancel that lands while a run is being filed wins', async () => {
  for (const kind of ['pause', 'cancel'] as const) {
    const bench = await openBackfillBench();
    const members = await bench.createChain('orders');
    const id = await bench.create(members, { times: days(5), parallelism: 5 });
    let starts = 0;
    const fault: QueueFault = async (verb, call) => {
      if (verb === 'start') {
        starts += 1;
        if (starts === 3) await bench.change(id, { kind });
      }
      await call();
    };
    const duty = bench.duty({}, fault);
    duty.begin(bench.lead());
    await bench.clock.advance(20_000);
    expect(await bench.filed()).toEqual(['orders 0', 'orders 1']);
    expect(starts).toBe(3);
    expect(await bench.counts(id)).toEqual({ running: 2, [kind === 'pause' ? 'waiting' : 'cancelled']: 3 });
    expect(bench.lines).toEqual([]);
  }
});

test('B2: a retry that lands while something is said to be blocked wins', async () => {
  const bench = await openBackfillBench();
  const members = await bench.createChain('orders', 'sums', 'report');
  const id = await bench.create(members, { times: days(1) });
  let blocks = 0;
  const fault: QueueFault = async (verb, call) => {
    // The first writes down that the run has failed, the second what that blocks.
    if (verb === 'settle') blocks += 1;
    if (blocks === 2 && verb === 'settle') await bench.change(id, { kind: 'retry' });
    await call();
  };
  bench.duty({}, fault).begin(bench.lead());
  await bench.clock.advance(1_000);
  for (const run of await bench.open()) await bench.setRun(run.id, 'failure');
  await bench.clock.advance(6_000);
  await bringToEnd(bench, id);
  expect(blocks).toBeGreaterThan(2);
  expect(await bench.counts(id)).toEqual({ success: 3 });
  expect(bench.lines).toEqual([]);
});

test('B6: a retry while it works is seen at the next look', async () => {
  const bench = await openBackfillBench();
  const members = await bench.createChain('orders', 'sums');
  const id = await bench.create(members, { times: days(3), parallelism: 1 });
  bench.duty().begin(bench.lead());
  await bench.clock.advance(1_000);
  for (const run of await bench.open()) await bench.setRun(run.id, 'failure');
  await bench.clock.advance(6_000);
  expect(await bench.counts(id)).toMatchObject({ failure: 1, running: 1 });
  await bench.change(id, { kind: 'retry' });
  await bringToEnd(bench, id);
  expect(await bench.counts(id)).toEqual({ success: 6 });
  expect((await bench.filed()).filter((run) => run === 'orders 0')).toHaveLength(2);
});

test('a backfill that cannot be worked on does not keep others from going on', async () => {
  const bench = await openBackfillBench();
  const [bad] = await bench.createChain('bad');
  const [good] = await bench.createChain('good');
  await bench.create([bad!], { times: days(1) });
  const id = await bench.create([good!], { times: days(3) });
  const { others } = bench.store.master;
  const resolve = others.resolveWorkflow;
  others.resolveWorkflow = async (query) => {
    if (query.workflow === 'bad') throw new Error('a document that nobody can read');
    return resolve(query);
  };
  bench.duty().begin(bench.lead());
  await bringToEnd(bench, id);
  expect(await bench.counts(id)).toEqual({ success: 3 });
  expect(bench.lines[0]).toMatch(/trying again/);
});

test.each([86_400_000, -86_400_000])(
  'a clock that jumps by %i ms neither stops it nor has it do anything twice',
  async (by) => {
    const bench = await openBackfillBench();
    const members = await bench.createChain('orders', 'sums');
    const id = await bench.create(members, { times: days(4) });
    bench.duty().begin(bench.lead());
    await bench.clock.advance(1_000);
    bench.clock.set(bench.clock.now() + by);
    await bringToEnd(bench, id, async () => void (await bench.clock.advance(5_000)));
    await expectEachOnce(bench, id, ['orders', 'sums'], 4);
  },
);

test('a term ends at once, also while the database hangs', async () => {
  const bench = await openBackfillBench();
  const members = await bench.createChain('orders');
  await bench.create(members);
  const duty = bench.duty({}, () => never);
  duty.begin(bench.lead());
  await bench.clock.advance(100);
  let isOver = false;
  void duty.end().then(() => {
    isOver = true;
  });
  await bench.clock.advance(5_000);
  expect(isOver).toBe(true);
  expect(bench.clock.pending).toBe(0);
  expect(duty.status().epoch).toBeNull();
});
