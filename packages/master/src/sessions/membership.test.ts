/** What the rest of the cluster is told of the workers that are connected here. */
import { afterEach, expect, test } from 'vitest';
import { type MasterBench, openMasterBench } from '../testing/index.ts';

let bench: MasterBench;
afterEach(() => bench.master.close());

test('a worker is told of as it comes, with the times it chose, at each heartbeat, and when its connection is lost', async () => {
  bench = await openMasterBench();
  const worker = bench.joinWorker('one', {
    groups: ['default', 'gpu'],
    heartbeatIntervalMs: 5_000,
    sessionTimeoutMs: 20_000,
  });
  await bench.clock.advance(10_000);
  await worker.vanish();
  expect(bench.membership).toEqual([
    'joined one in default,gpu 5000/20000',
    ...['heard worker-one', 'heard worker-one', 'heard worker-one'],
    'away worker-one',
  ]);
});

test.each([
  ['says goodbye', (worker) => worker.send({ type: 'goodbye', reason: 'done' }).then(() => worker.vanish()), 'gone'],
  ['says goodbye to what goes on', (worker) => bye(worker).then(() => worker.vanish()), 'away'],
  ['is silent for its session timeout', async (worker) => worker.blackhole(), 'gone'],
  ['is let go, because nobody leads here any more', async () => bench.loseLease('gone'), 'away'],
] satisfies [string, (worker: ReturnType<MasterBench['joinWorker']>) => Promise<void>, string][])(
  'one that %s is told of so',
  async (_, end, told) => {
    bench = await openMasterBench();
    const worker = bench.joinWorker('one');
    await bench.settle();
    await end(worker);
    await bench.clock.advance(40_000);
    expect(bench.membership.filter((line) => !line.startsWith('heard'))).toEqual([
      'joined one in default 10000/30000',
      `${told} worker-one`,
    ]);
  },
);

test('a worker that comes back before its old connection is known to be dead has not left (W1)', async () => {
  bench = await openMasterBench();
  const before = bench.joinWorker('one');
  await bench.settle();
  before.blackhole();
  bench.joinWorker('one', { slots: 8 });
  await bench.clock.advance(60_000);
  expect(bench.membership.filter((line) => !line.startsWith('heard'))).toEqual([
    'joined one in default 10000/30000',
    'joined one in default 10000/30000',
  ]);
});

async function bye(worker: ReturnType<MasterBench['joinWorker']>): Promise<void> {
  await bench.start(await bench.createWorkflow('w', [{ name: 'a' }]));
  await worker.starts('a');
  await worker.send({ type: 'goodbye', reason: 'restarting', running: [worker.dispatchOf('a')!] });
}
