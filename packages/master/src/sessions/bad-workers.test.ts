/** Workers that say what is wrong (W3): each is complained of by name, and nothing else is disturbed. */
import type { DispatchId } from '@vaquita/core';
import { sampleWorkerMessages } from '@vaquita/protocol/testing';
import { afterEach, describe, expect, test } from 'vitest';
import { type MasterBench, openMasterBench } from '../testing/index.ts';

let bench: MasterBench;
afterEach(() => bench.master.close());

async function twoWorkers() {
  bench = await openMasterBench();
  const honest = bench.joinWorker('honest');
  const id = await bench.start(await bench.createWorkflow('one', [{ name: 'a' }]));
  const liar = bench.joinWorker('liar');
  await honest.starts('a');
  return { honest, liar, id, dispatchId: honest.dispatchOf('a')! };
}

const faults = () => bench.master.workerFaults().faults;

describe('a report on a dispatch of another worker', () => {
  test.each(['ack', 'started', 'output', 'refuse'] as const)('%s changes nothing', async (type) => {
    const { honest, liar, id, dispatchId } = await twoWorkers();
    await liar.say({ ...sampleWorkerMessages[type], dispatchId, reason: 'overloaded' });
    expect(liar.faults()).toEqual(['not_its_dispatch']);
    expect(await bench.states(id)).toEqual({ a: 'running' });
    await honest.ends('a');
    expect(await bench.instance(id)).toMatchObject({ state: 'success' });
    expect(Buffer.from((await bench.logs.read((await bench.tasks(id))[0]!.id, 0, 100)).bytes).toString()).toBe('');
  });

  test('a result changes nothing, and is acknowledged so that it is not told for ever', async () => {
    const { honest, liar, id, dispatchId } = await twoWorkers();
    await liar.result(dispatchId, 'failure');
    expect(liar.faults()).toEqual(['not_its_dispatch']);
    expect(liar.acked()).toEqual([dispatchId]);
    expect(await bench.states(id)).toEqual({ a: 'running' });
    await honest.ends('a');
    expect(await bench.instance(id)).toMatchObject({ state: 'success' });
  });

  test('also when its run is not in memory', async () => {
    const { id, dispatchId } = await twoWorkers();
    bench.faults.load = () => Promise.reject(new Error('not now'));
    await bench.crashAndRestart();
    const again = bench.joinWorker('liar');
    await bench.settle();
    await again.result(dispatchId, 'failure');
    bench.faults.load = null;
    await bench.clock.advance(1_000);
    expect(again.faults()).toEqual(['not_its_dispatch']);
    expect(await bench.states(id)).toEqual({ a: 'running' });
  });

  test('a dispatch that never was is not on record', async () => {
    const { liar } = await twoWorkers();
    await liar.result('made-up' as DispatchId);
    expect(liar.faults()).toEqual(['unknown_dispatch']);
    expect(liar.acked()).toEqual(['made-up']);
    expect(faults()).toEqual({ unknown_dispatch: 1 });
  });
});

describe('a result under an epoch that cannot be', () => {
  test.each([0, 7])('epoch %i: nothing it says is believed, and the task is made anew', async (epoch) => {
    const { honest, liar, id, dispatchId } = await twoWorkers();
    await honest.say({ ...sampleWorkerMessages.result, dispatchId, epoch, outputs: { rows: '1' } });
    expect(honest.faults()).toEqual(['wrong_epoch']);
    expect(honest.acked()).toEqual([dispatchId]);
    const rows = await bench.tasks(id);
    expect(rows.map(({ state, outputs }) => [state, outputs])).toEqual([
      ['need_fault_tolerance', {}],
      ['dispatched', {}],
    ]);
    expect(rows[0]!.reason?.text).toContain(`names epoch ${epoch}`);
    expect(liar.faults()).toEqual([]);
  });

  test('a dispatch that a later term has taken over may be told under either epoch', async () => {
    for (const epoch of [1, 2]) {
      const { honest, id, dispatchId } = await twoWorkers();
      await bench.crashAndRestart();
      const back = bench.joinWorker('honest', { running: [{ dispatchId, epoch: 1, state: 'started' }] });
      await bench.settle();
      expect(back.orders).toEqual([{ type: 'takeOver', epoch: 2, dispatchIds: [dispatchId] }]);
      await back.say({ ...sampleWorkerMessages.result, dispatchId, epoch });
      expect(await bench.instance(id)).toMatchObject({ state: 'success' });
      expect(honest.faults()).toEqual([]);
      await bench.master.close();
    }
  });
});

test('messages that cannot be read are named with their field; more than a session bears end it, and nothing else', async () => {
  const { honest, liar, id } = await twoWorkers();
  await liar.say({ type: 'heartbeat', seq: 'first' });
  expect(liar.orders.at(-1)).toMatchObject({
    type: 'fault',
    code: 'bad_message',
    text: expect.stringContaining('seq'),
  });
  for (let i = 0; i < 20; i++) await liar.say({ type: 'heartbeat' });
  expect(liar.news.at(-1)).toBe('closed bad_messages');
  expect(liar.faults()).toHaveLength(5);
  expect(bench.master.workerFaults()).toMatchObject({
    faults: { bad_message: 21 },
    sessionsEnded: { bad_messages: 1 },
  });
  await honest.ends('a');
  expect(await bench.instance(id)).toMatchObject({ state: 'success' });
});

test('a worker that flooded the server is told to come back later', async () => {
  const { honest, liar, id } = await twoWorkers();
  for (let i = 0; i < 5; i++) liar.pair.worker.send(JSON.stringify(Array(5_000).fill({ type: 'mood' })));
  await bench.settle();
  expect(liar.news.at(-1)).toBe('closed flooded');
  const again = bench.joinWorker('liar');
  await bench.settle();
  expect(again.news).toEqual(['redirect', 'closed redirected']);
  await bench.clock.advance(30_000);
  const later = bench.joinWorker('liar');
  await bench.settle();
  expect(later.news).toEqual(['welcome keep=0 abandon=0']);
  await honest.ends('a');
  expect(await bench.instance(id)).toMatchObject({ state: 'success' });
});

test('P8: output beyond what may be under way is not taken, and ends the session', async () => {
  const { honest, dispatchId } = await twoWorkers();
  const slow = Promise.withResolvers<number>();
  Object.assign(bench.logs, { append: () => slow.promise });
  const text = 'x'.repeat(1_000_000);
  for (let i = 0; i < 5; i++) {
    honest.session.send({ type: 'output', dispatchId, stream: 'stdout', offset: i * 1_000_000, text });
  }
  await bench.settle();
  expect(honest.news.at(-1)).toBe('closed flooded');
  expect(faults()).toEqual({ too_much_output: 1 });
  slow.resolve(0);
});

describe('two agents', () => {
  test('of one name: the second is told to choose another, the first goes on', async () => {
    const { honest } = await twoWorkers();
    const second = bench.joinWorker('honest', { workerId: 'another' as never });
    await bench.settle();
    expect(second.news).toEqual(['reject name_in_use', 'closed rejected']);
    expect(honest.session.phase).toBe('open');
    expect(bench.master.workerFaults().rejects).toEqual({ name_in_use: 1 });
  });

  test('on copies of one folder: the second is refused while the first returns echoes', async () => {
    bench = await openMasterBench();
    const first = bench.joinWorker('w', { instance: 'process-1' });
    const id = await bench.start(await bench.createWorkflow('one', [{ name: 'a' }]));
    await first.starts('a');
    const second = bench.joinWorker('w', { instance: 'process-2' });
    await bench.settle();
    expect(second.news).toEqual(['reject name_in_use', 'closed rejected']);
    expect(faults()).toEqual({ copied_identity: 1 });
    await first.ends('a');
    expect(await bench.instance(id)).toMatchObject({ state: 'success' });
  });

  test('an agent that was restarted takes the place of its dead connection', async () => {
    bench = await openMasterBench();
    const first = bench.joinWorker('w', { instance: 'process-1' });
    await bench.settle();
    first.blackhole();
    const second = bench.joinWorker('w', { instance: 'process-2' });
    await bench.clock.advance(5_000);
    expect(second.news).toEqual(['welcome keep=0 abandon=0']);
    expect(bench.master.status()).toMatchObject({ workers: 1 });
  });

  test('a worker that connects again is the same one, and nobody is asked', async () => {
    bench = await openMasterBench();
    const first = bench.joinWorker('w', { instance: 'process-1' });
    await bench.settle();
    const second = bench.joinWorker('w', { instance: 'process-1' });
    await bench.settle();
    expect(first.news.at(-1)).toBe('closed replaced');
    expect(first.orders).toEqual([]);
    expect(second.news).toEqual(['welcome keep=0 abandon=0']);
  });
});

describe('a clock that is hours off', () => {
  const HOURS = 3 * 3_600_000;

  test.each([HOURS, -HOURS])('by %i ms: what it tells is corrected, and it is told to be set right', async (offMs) => {
    bench = await openMasterBench();
    const clock = { ...bench.clock, now: () => bench.clock.now() + offMs };
    const worker = bench.joinWorker('w', {}, clock);
    const id = await bench.start(await bench.createWorkflow('one', [{ name: 'a' }]));
    expect(worker.faults()).toEqual(['clock_skew']);
    const dispatchId = worker.dispatchOf('a')!;
    const sentAt = bench.clock.now();
    await bench.clock.advance(60_000);
    await worker.send({ type: 'started', dispatchId, processId: 1, at: clock.now() - 5_000 });
    await bench.clock.advance(60_000);
    const times = { startedAt: clock.now() - 65_000, endedAt: clock.now() - 1_000 };
    await worker.say({ ...sampleWorkerMessages.result, dispatchId, ...times });
    const [row] = await bench.tasks(id);
    expect([row!.startedAt! - sentAt, row!.endedAt! - sentAt]).toEqual([55_000, 119_000]);
    expect(faults()).toEqual({ clock_skew: 1 });
  });

  test('a clock that is set right is believed after a few heartbeats', async () => {
    bench = await openMasterBench();
    let offMs = HOURS;
    const worker = bench.joinWorker('w', {}, { ...bench.clock, now: () => bench.clock.now() + offMs });
    await bench.settle();
    expect(worker.faults()).toEqual(['clock_skew']);
    offMs = 0;
    await bench.clock.advance(40_000);
    expect(bench.lines.filter((line) => line.includes('is right again'))).toHaveLength(1);
  });

  test('a line that holds messages up is not taken for a clock', async () => {
    bench = await openMasterBench();
    const worker = bench.joinWorker('w');
    await bench.settle();
    worker.pair.toMaster.fate((_, index) => [index % 2 === 0 ? 15_000 : 0]);
    await bench.clock.advance(120_000);
    expect(worker.faults()).toEqual([]);
  });
});
