/** When a server tries for the lease: now and then, and at once when it hears that it may be free. */
import { createSeededRandom } from '@vaquita/core/testing';
import { expect, onTestFinished, test } from 'vitest';
import { createMaster, type LeaderDuty, type Lease } from './master.ts';
import { MASTER_DEFAULTS } from './settings.ts';
import { openMasterBench } from './testing/index.ts';

async function openCandidate({
  duties = [],
  released = () => {},
}: {
  duties?: LeaderDuty[];
  released?: () => void;
} = {}) {
  let lose = (_why: string) => {};
  const bench = await openMasterBench();
  const { clock } = bench;
  const start = clock.now();
  const tries: { readonly at: number; readonly answer: (epoch: number | null) => void }[] = [];
  const lease: Lease = {
    acquire: () =>
      new Promise((resolve) => {
        const answer = (epoch: number | null) => resolve(epoch === null ? null : { epoch });
        tries.push({ at: clock.now() - start, answer });
      }),
    release: async () => released(),
    onLost(lost) {
      lose = lost;
    },
  };
  const master = createMaster({
    lease,
    store: bench.store.master,
    logs: bench.logs,
    clock,
    random: createSeededRandom(1),
    ids: bench.ids,
    serverId: 'candidate',
    judgeToken: async () => 'valid',
    log: { info() {}, warn() {}, error() {} },
    defer: (run) => run(),
    duties,
  });
  onTestFinished(async () => {
    await master.close();
    await bench.master.close();
  });
  void master.start();
  return { clock, master, tries, lose: (why: string) => lose(why), times: () => tries.map(({ at }) => at) };
}

const { electionIntervalMs } = MASTER_DEFAULTS;

test('tries again after a while, and at once when the lease has changed', async () => {
  const { clock, master, tries, times } = await openCandidate();
  tries[0]!.answer(null);
  await clock.advance(electionIntervalMs);
  tries[1]!.answer(null);
  await clock.advance(300);
  master.leaseChanged();
  await clock.advance(0);
  expect(times()).toEqual([0, electionIntervalMs, electionIntervalMs + 300]);
  tries[2]!.answer(7);
  await clock.advance(0);
  expect(master.status()?.epoch).toBe(7);
  master.leaseChanged();
  await clock.advance(electionIntervalMs * 3);
  expect(tries).toHaveLength(3);
});

test('what it hears while it asks makes it ask once more', async () => {
  const { clock, master, tries, times } = await openCandidate();
  for (let i = 0; i < 5; i++) master.leaseChanged();
  tries[0]!.answer(null);
  await clock.advance(0);
  expect(times()).toEqual([0, 0]);
  tries[1]!.answer(null);
  await clock.advance(electionIntervalMs - 1);
  expect(tries).toHaveLength(2);
});

test('what works only while this server leads has ended before the lease is released (L2)', async () => {
  const story: string[] = [];
  let ended = Promise.withResolvers<void>();
  const duty: LeaderDuty = {
    begin: (epoch) => void story.push(`begin ${epoch}`),
    async end() {
      story.push('end');
      await ended.promise;
    },
  };
  const { clock, master, tries, lose } = await openCandidate({
    duties: [duty],
    released: () => void story.push('released'),
  });
  tries[0]!.answer(7);
  await clock.advance(0);
  lose('asked to');
  await clock.advance(0);
  expect(story).toEqual(['begin 7', 'end']);
  ended.resolve();
  await clock.advance(electionIntervalMs);
  expect(story).toEqual(['begin 7', 'end', 'released']);
  tries[1]!.answer(9);
  await clock.advance(0);
  ended = Promise.withResolvers<void>();
  const closing = master.close();
  await clock.advance(0);
  expect(story.slice(3)).toEqual(['begin 9', 'end']);
  ended.resolve();
  await closing;
  expect(story.slice(3)).toEqual(['begin 9', 'end', 'released']);
});
