/** K1–K3 (P11): whatever a worker answers to a look, and whether it does. */
import type { LookedEntry, WorkerLooked } from '@vaquita/protocol';
import { afterEach, describe, expect, test } from 'vitest';
import { type MasterBench, openMasterBench } from '../testing/index.ts';
import type { LookAnswer } from './lookouts.ts';

let bench: MasterBench;
afterEach(() => bench.master.close());

const WANTED = { path: '/in/*.csv', after: null, limit: 3 };
const entry = (path: string): LookedEntry => ({ path, size: 1, modifiedAt: 1_000, etag: null });

type Worker = ReturnType<MasterBench['joinWorker']>;
const lookIdsOf = (worker: Worker) => worker.orders.flatMap((order) => (order.type === 'look' ? order.lookId : []));

async function join(name = 'north', more: Parameters<MasterBench['joinWorker']>[1] = {}) {
  const worker = bench.joinWorker(name, more);
  await bench.settle();
  const [id] = bench.master.lookouts.of('default').flatMap((one) => (one.name === name ? one.workerId : []));
  return { worker, id: id! };
}

/** A look that a worker has been sent, and what became of it. */
async function ask(wanted = WANTED) {
  bench = await openMasterBench();
  const { worker, id } = await join();
  const answers: (LookAnswer | null)[] = [];
  void bench.master.lookouts.look(id, wanted).then((answer) => answers.push(answer));
  await bench.settle();
  const lookId = lookIdsOf(worker)[0]!;
  const answer = (more: Partial<WorkerLooked> = {}) =>
    worker.say({ type: 'looked', lookId, entries: [], isEnd: true, problem: null, code: null, ...more });
  return { worker, id, answers, answer };
}

test('a worker is asked, and its answer is told once', async () => {
  const { worker, answers, answer } = await ask();
  expect(worker.orders).toMatchObject([{ ...WANTED, type: 'look', timeoutMs: 20_000 }]);
  const entries = [entry('/in/a.csv'), entry('/in/b.csv')];
  await answer({ entries, isEnd: false, problem: 'Some of it could not be read.', code: 'not_allowed' });
  await answer({ entries: [entry('/in/c.csv')] });
  expect(answers).toEqual([
    { entries, isEnd: false, problem: { code: 'not_allowed', text: 'Some of it could not be read.' } },
  ]);
  expect(worker.faults()).toEqual([]);
});

describe('null is what comes of a look', () => {
  test('that is not answered in time; what comes later is passed over', async () => {
    const { worker, answers, answer } = await ask();
    await bench.clock.advance(24_999);
    expect(answers).toEqual([]);
    await bench.clock.advance(1);
    expect(answers).toEqual([null]);
    await answer({ entries: [entry('/in/a.csv')] });
    expect(answers).toEqual([null]);
    expect(worker.faults()).toEqual([]);
    expect(worker.session.phase).toBe('open');
  });

  test('of a worker that goes', async () => {
    const { worker, answers } = await ask();
    await worker.vanish();
    expect(answers).toEqual([null]);
  });

  test('of a worker whose newer connection takes the place of the one that was asked', async () => {
    const { answers, id } = await ask();
    const { worker: again } = await join();
    expect(answers).toEqual([null]);
    void bench.master.lookouts.look(id, WANTED);
    await bench.settle();
    expect(lookIdsOf(again)).toHaveLength(1);
  });

  test('of a term that ends', async () => {
    const { answers, id } = await ask();
    await bench.master.close();
    expect(answers).toEqual([null]);
    expect(await bench.master.lookouts.look(id, WANTED)).toBeNull();
    expect(bench.master.lookouts.of('default')).toEqual([]);
  });

  test('of a worker that is not there, or whose version does not know looks', async () => {
    bench = await openMasterBench();
    const before = bench.joinWorker('before', { versions: ['1.1', '1.0'] });
    await bench.settle();
    expect(bench.master.lookouts.of('default')).toEqual([]);
    for (const id of ['worker-before', 'worker-nobody']) {
      expect(await bench.master.lookouts.look(id as never, WANTED)).toBeNull();
    }
    expect(before.orders).toEqual([]);
  });
});

describe('an answer that does not fit the question is a problem, and no list of files', () => {
  test.each<[string, Partial<WorkerLooked>, string]>([
    ['not in order', { entries: [entry('/in/b.csv'), entry('/in/a.csv')] }, 'is not in order'],
    ['twice the same', { entries: [entry('/in/a.csv'), entry('/in/a.csv')] }, 'is not in order'],
    ['more than asked for', { entries: ['1', '2', '3', '4'].map(entry) }, 'has 4 entries, and 3 were asked for'],
    ['no end and no entry', { isEnd: false }, 'has no entries'],
  ])('%s', async (_, said, words) => {
    const { worker, answers, answer } = await ask();
    await answer(said);
    const text = expect.stringContaining(words);
    expect(answers).toEqual([{ entries: [], isEnd: true, problem: { code: 'bad_answer', text } }]);
    expect(worker.faults()).toEqual(['bad_message']);
  });

  test('what lies before the page that was asked for', async () => {
    const { answers, answer } = await ask({ ...WANTED, after: '/in/b.csv' } as never);
    await answer({ entries: [entry('/in/b.csv')] });
    expect(answers).toMatchObject([{ entries: [], problem: { code: 'bad_answer' } }]);
  });

  test('one that is larger than any may be is not understood, and the look runs out of time', async () => {
    const { worker, answers, answer } = await ask();
    await answer({ entries: Array.from({ length: 1_001 }, (_, i) => entry(`/in/${String(i).padStart(4, '0')}`)) });
    expect(worker.faults()).toEqual(['bad_message']);
    await bench.clock.advance(25_000);
    expect(answers).toEqual([null]);
  });
});

test('an answer to a look of another worker, or to none, changes nothing', async () => {
  const { worker, answers, answer } = await ask();
  const { worker: other } = await join('other');
  const lookId = lookIdsOf(worker)[0]!;
  const said = { type: 'looked', entries: [entry('/etc/x')], isEnd: true, problem: null, code: null };
  await other.say({ ...said, lookId });
  await worker.say({ ...said, lookId: 'made-up' });
  expect(answers).toEqual([]);
  await answer();
  expect(answers).toMatchObject([{ entries: [] }]);
  expect([...worker.faults(), ...other.faults()]).toEqual([]);
});

test('those who can look are the connected ones of the group by id, also while they take nothing', async () => {
  bench = await openMasterBench();
  await join('south', { draining: true });
  await join('north');
  await join('apart', { groups: ['etl'] });
  expect(bench.master.lookouts.of('default').map(({ name }) => name)).toEqual(['north', 'south']);
  expect(bench.master.lookouts.of('etl').map(({ name }) => name)).toEqual(['apart']);
  expect(bench.master.lookouts.of('nobody')).toEqual([]);
});
