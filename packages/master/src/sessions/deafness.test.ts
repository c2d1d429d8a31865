/** Workers that answer heartbeats and run nothing (P2, F1, F2). */
import { afterEach, describe, expect, test } from 'vitest';
import { type MasterBench, openMasterBench } from '../testing/index.ts';

let bench: MasterBench;
afterEach(() => bench.master.close());

async function oneTask(settings = {}) {
  bench = await openMasterBench({ ackTimeoutMs: 5_000, echoTimeoutMs: 5_000, startTimeoutMs: 30_000, ...settings });
  const worker = bench.joinWorker('w');
  const id = await bench.start(await bench.createWorkflow('one', [{ name: 'a' }]));
  const dispatchId = worker.dispatchOf('a')!;
  return { worker, id, dispatchId };
}

const types = (orders: readonly { readonly type: string }[]) => orders.map(({ type }) => type);

describe('P2: a dispatch that is not answered', () => {
  test('is asked about by an echo and by the same dispatch again, once', async () => {
    bench = await openMasterBench({ ackTimeoutMs: 5_000, echoTimeoutMs: 20_000 });
    const worker = bench.joinWorker('w');
    worker.goDeaf();
    await bench.start(await bench.createWorkflow('one', [{ name: 'a' }]));
    await bench.clock.advance(4_999);
    expect(types(worker.orders)).toEqual(['dispatch']);
    await bench.clock.advance(1);
    expect(types(worker.orders)).toEqual(['dispatch', 'echo', 'dispatch']);
    expect(new Set(worker.dispatches.map((dispatch) => dispatch.dispatchId)).size).toBe(1);
  });

  test('is taken back when that is not answered either: abandoned there, sent elsewhere under another id', async () => {
    bench = await openMasterBench({ ackTimeoutMs: 5_000, echoTimeoutMs: 20_000 });
    const worker = bench.joinWorker('w');
    worker.goDeaf();
    const id = await bench.start(await bench.createWorkflow('one', [{ name: 'a' }]));
    const other = bench.joinWorker('other');
    await bench.clock.advance(10_000);
    const dispatchId = worker.dispatchOf('a')!;
    expect(worker.orders.at(-1)).toMatchObject({ type: 'kill', dispatchId });
    expect(other.dispatchOf('a')).not.toBe(dispatchId);
    expect(bench.master.workerFaults().faults).toEqual({ no_ack: 1 });
    // What it says of it from now on is late and changes nothing.
    await worker.result(dispatchId, 'failure');
    await other.ends('a');
    expect(await bench.instance(id)).toMatchObject({ state: 'success' });
    expect(worker.acked()).toEqual([dispatchId]);
  });

  test('an answer to the repetition is enough, and the echo ends nothing', async () => {
    bench = await openMasterBench({ ackTimeoutMs: 5_000, echoTimeoutMs: 5_000 });
    const worker = bench.joinWorker('w');
    worker.goDeaf();
    await bench.start(await bench.createWorkflow('one', [{ name: 'a' }]));
    await bench.clock.advance(4_000);
    worker.hearAgain();
    await bench.clock.advance(60_000);
    expect(types(worker.orders)).toEqual(['dispatch', 'echo', 'dispatch', 'resultAck']);
    expect(worker.dispatches).toHaveLength(2);
    expect(bench.master.workerFaults().faults).toEqual({});
    expect(worker.session.phase).toBe('open');
  });
});

describe('F1: a worker that does not return an echo', () => {
  test('is closed as deaf, what it has not started goes elsewhere at once, and the evidence is on record', async () => {
    const { worker, id, dispatchId } = await oneTask();
    const other = bench.joinWorker('other');
    worker.goDeaf();
    await bench.clock.advance(60_000);
    expect(types(worker.orders)).toEqual(['dispatch', 'echo']);
    await bench.clock.advance(5_000);
    expect(worker.news.at(-1)).toBe('closed deaf');
    expect(worker.orders.at(-1)).toMatchObject({ type: 'kill', dispatchId });
    expect(other.dispatchOf('a')).toBeDefined();
    await other.ends('a');
    expect(await bench.instance(id)).toMatchObject({ state: 'success' });
    const events = await bench.store.events.after(0, { limit: 100 });
    expect(events.filter(({ type }) => type === 'worker.fault')).toMatchObject([
      {
        data: {
          worker: 'w',
          code: 'deaf',
          unstarted: [dispatchId],
          text: expect.stringContaining('did not start in 30 s'),
        },
      },
    ]);
    expect(bench.master.workerFaults()).toMatchObject({ faults: { deaf: 1 }, sessionsEnded: { deaf: 1 } });
  });

  test('keeps what it has started, when it comes back in time', async () => {
    const { worker, id, dispatchId } = await oneTask();
    await worker.starts('a');
    worker.goDeaf();
    const second = await bench.start(await bench.createWorkflow('two', [{ name: 'b' }]));
    await bench.clock.advance(10_000);
    expect(worker.news.at(-1)).toBe('closed deaf');
    const back = bench.joinWorker('w', { running: [{ dispatchId, epoch: 1, state: 'started' }] });
    await bench.settle();
    expect(back.news).toEqual(['welcome keep=1 abandon=0']);
    await back.result(dispatchId);
    expect(await bench.instance(id)).toMatchObject({ state: 'success' });
    expect(await bench.tasks(id)).toHaveLength(1);
    expect(await bench.states(second)).toEqual({ b: 'dispatched' });
  });

  test('a worker that takes long to begin and returns its echoes is left alone', async () => {
    const { worker, id } = await oneTask();
    await bench.clock.advance(300_000);
    expect(types(worker.orders).filter((type) => type === 'echo').length).toBeGreaterThan(5);
    expect(worker.session.phase).toBe('open');
    expect(await bench.states(id)).toEqual({ a: 'dispatched' });
  });

  test('a worker of version 1.0 is not asked what it cannot answer', async () => {
    bench = await openMasterBench({ ackTimeoutMs: 5_000 });
    const worker = bench.joinWorker('w', { versions: ['1.0'] });
    await bench.start(await bench.createWorkflow('one', [{ name: 'a' }]));
    await bench.clock.advance(300_000);
    expect(types(worker.orders)).toEqual(['dispatch']);
    expect(worker.session.phase).toBe('open');
  });
});

describe('F2: a worker that was deaf', () => {
  async function deafWorker() {
    const { worker, id, dispatchId } = await oneTask();
    await worker.starts('a');
    worker.goDeaf();
    const waiting = await bench.start(await bench.createWorkflow('two', [{ name: 'b' }]));
    await bench.clock.advance(10_000);
    expect(worker.news.at(-1)).toBe('closed deaf');
    return { id, dispatchId, waiting };
  }

  test('gets nothing after its return until its echo is back', async () => {
    const { dispatchId, waiting } = await deafWorker();
    const back = bench.joinWorker('w', { running: [{ dispatchId, epoch: 1, state: 'started' }] });
    back.goDeaf();
    await bench.settle();
    expect(types(back.orders)).toEqual(['echo']);
    expect(await bench.states(waiting)).toEqual({ b: 'submitted' });
    const echo = back.orders.find((order) => order.type === 'echo')!;
    await back.result(echo.nonce);
    expect(types(back.orders)).toEqual(['echo', 'resultAck', 'dispatch']);
  });

  test('is lost when that does not come back either: what it had started is made anew elsewhere', async () => {
    const { id, dispatchId } = await deafWorker();
    const back = bench.joinWorker('w', { running: [{ dispatchId, epoch: 1, state: 'started' }] });
    back.goDeaf();
    const other = bench.joinWorker('other');
    await bench.clock.advance(6_000);
    expect(back.news).toEqual(['welcome keep=1 abandon=0', 'closed deaf']);
    expect(other.dispatchOf('a')).toBeDefined();
    expect((await bench.tasks(id)).map(({ state }) => state)).toEqual(['need_fault_tolerance', 'dispatched']);
  });
});
