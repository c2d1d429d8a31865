import { afterEach, describe, expect, test } from 'vitest';
import { type MasterBench, openMasterBench } from './testing/index.ts';

let bench: MasterBench;
afterEach(() => bench.master.close());

const CHAIN = [{ name: 'a' }, { name: 'b', dependsOn: ['a'] }];

describe('a run', () => {
  test('goes from its command to success: sent to a worker, acknowledged after the commit, numbered', async () => {
    bench = await openMasterBench();
    const worker = bench.joinWorker('w');
    const workflow = await bench.createWorkflow('chain', CHAIN);
    const id = await bench.start(workflow);
    expect(worker.news).toEqual(['welcome keep=0 abandon=0']);
    expect(await bench.instance(id)).toMatchObject({ state: 'running', number: 1 });
    expect(worker.dispatches).toEqual([expect.objectContaining({ taskName: 'a', attempt: 1, epoch: 1 })]);
    expect(worker.dispatches[0]!.params['system.task.definition.name']).toBe('a');
    await worker.starts('a');
    expect(await bench.states(id)).toEqual({ a: 'running' });
    await worker.ends('a', 'success', { rows: '7' });
    expect(worker.acked()).toEqual([worker.dispatchOf('a')]);
    await worker.ends('b');
    expect(await bench.instance(id)).toMatchObject({ state: 'success' });
    expect(bench.master.status()).toMatchObject({ runs: 0, live: 0, queued: 0 });
    expect(await bench.instance(await bench.start(workflow))).toMatchObject({ number: 2 });
  });

  test('waits for a worker with a recorded reason, and goes on when one joins', async () => {
    bench = await openMasterBench();
    const id = await bench.start(await bench.createWorkflow('gpu', [{ name: 'a', workerGroup: 'gpu' }]));
    bench.joinWorker('plain');
    await bench.clock.advance(2_500);
    const [task] = await bench.tasks(id);
    expect(task).toMatchObject({
      state: 'submitted',
      reason: { code: 'waiting_for_worker', text: expect.stringContaining('"gpu"') },
    });
    const worker = bench.joinWorker('strong', { groups: ['gpu'] });
    await bench.settle();
    expect(worker.dispatchOf('a')).toBeDefined();
  });

  test('never has more tasks on a worker than it has slots', async () => {
    bench = await openMasterBench();
    const worker = bench.joinWorker('w', { slots: 3 });
    const tasks = Array.from({ length: 20 }, (_, i) => ({ name: `t${i}` }));
    const id = await bench.start(await bench.createWorkflow('wide', tasks));
    const ended = new Set<string>();
    while (ended.size < 20) {
      const open = worker.dispatches.filter((dispatch) => !ended.has(dispatch.taskName));
      expect(open.length).toBeLessThanOrEqual(3);
      expect(open.length).toBeGreaterThan(0);
      ended.add(open[0]!.taskName);
      await worker.ends(open[0]!.taskName);
    }
    expect(await bench.instance(id)).toMatchObject({ state: 'success' });
  });

  test('retries after its interval, by timer', async () => {
    bench = await openMasterBench();
    const worker = bench.joinWorker('w');
    const id = await bench.start(
      await bench.createWorkflow('flaky', [{ name: 'a', retry: { times: 1, interval: '30s' } }]),
    );
    await worker.ends('a', 'failure');
    expect(await bench.states(id)).toEqual({ a: 'delayed' });
    await bench.clock.advance(29_000);
    expect(worker.dispatches).toHaveLength(1);
    await bench.clock.advance(2_000);
    expect(worker.dispatches).toHaveLength(2);
    await worker.ends('a');
    expect(await bench.instance(id)).toMatchObject({ state: 'success' });
  });

  test('is stopped: kills what runs, and ends when the worker has answered', async () => {
    bench = await openMasterBench();
    const worker = bench.joinWorker('w');
    const id = await bench.start(await bench.createWorkflow('chain', CHAIN));
    await worker.starts('a');
    const command = await bench.command('stop', id);
    expect(worker.orders).toContainEqual(expect.objectContaining({ type: 'kill', dispatchId: worker.dispatchOf('a') }));
    expect(await bench.instance(id)).toMatchObject({ state: 'ready_stop' });
    await worker.ends('a', 'killed');
    expect(await bench.instance(id)).toMatchObject({ state: 'stopped' });
    expect(await bench.store.commands.outcome(command)).toEqual({ done: true, outcome: 'done' });
  });

  test('that has ended is loaded again for a rerun, and refuses a stop with its state', async () => {
    bench = await openMasterBench();
    const worker = bench.joinWorker('w');
    const id = await bench.start(await bench.createWorkflow('one', [{ name: 'a' }]));
    await worker.ends('a', 'failure');
    const stop = await bench.command('stop', id);
    expect((await bench.store.commands.outcome(stop))?.outcome).toContain('rejected: the run is failure');
    await bench.command('rerun', id);
    await worker.ends('a');
    expect(await bench.instance(id)).toMatchObject({ state: 'success', runCounter: 2, number: 1 });
  });

  test('for a definition that cannot be read is refused with the reason', async () => {
    bench = await openMasterBench();
    const id = await bench.start(await bench.createWorkflow('broken', [{ name: 'a', dependsOn: ['nobody'] }]));
    expect(await bench.instance(id)).toMatchObject({
      state: 'failure',
      reason: { code: 'unrunnable', text: expect.stringContaining('definition') },
    });
    const events = await bench.store.events.after(0, { limit: 10, workflowInstanceId: id });
    expect(events.at(-1)?.data).toMatchObject({ to: 'failure' });
  });
});

describe('a worker', () => {
  test('with a wrong token is rejected', async () => {
    bench = await openMasterBench();
    const worker = bench.joinWorker('w', { token: 'vqw_wrong' });
    await bench.settle();
    expect(worker.news[0]).toBe('reject bad_token');
    expect(bench.master.status()).toMatchObject({ workers: 0 });
  });

  test('whose token is revoked is sent away within ten seconds, and does not come in again', async () => {
    bench = await openMasterBench();
    const worker = bench.joinWorker('w');
    await bench.clock.advance(30_000);
    bench.revokeToken();
    await bench.clock.advance(10_000);
    expect(worker.news.at(-1)).toBe('closed rejected');
    expect(bench.master.status()).toMatchObject({ workers: 0 });
    const again = bench.joinWorker('w');
    await bench.settle();
    expect(again.news[0]).toBe('reject revoked');
  });

  test('whose name another one has is rejected; the same worker again takes its own place', async () => {
    bench = await openMasterBench();
    const first = bench.joinWorker('w');
    await bench.settle();
    const thief = bench.joinWorker('w', { workerId: 'another' as never });
    await bench.settle();
    expect(thief.news[0]).toBe('reject name_in_use');
    const again = bench.joinWorker('w');
    await bench.settle();
    expect(first.news).toContain('closed replaced');
    expect(again.news).toEqual(['welcome keep=0 abandon=0']);
    expect(bench.master.status()).toMatchObject({ workers: 1 });
  });

  test('that loses its network keeps its task: back in time, it delivers the result', async () => {
    bench = await openMasterBench();
    const worker = bench.joinWorker('w');
    const id = await bench.start(await bench.createWorkflow('one', [{ name: 'a' }]));
    await worker.starts('a');
    const dispatchId = worker.dispatchOf('a')!;
    await worker.vanish();
    await bench.clock.advance(20_000);
    expect(await bench.states(id)).toEqual({ a: 'running' });
    const back = bench.joinWorker('w', { unsent: [{ dispatchId, epoch: 1 }] });
    await bench.settle();
    expect(back.dispatches).toEqual([]);
    await back.result(dispatchId);
    expect(back.acked()).toEqual([dispatchId]);
    expect(await bench.instance(id)).toMatchObject({ state: 'success' });
    expect(await bench.tasks(id)).toHaveLength(1);
  });

  test('that does not come back in its session timeout loses its tasks to another, and its late result changes nothing', async () => {
    bench = await openMasterBench();
    const lost = bench.joinWorker('lost');
    const id = await bench.start(await bench.createWorkflow('one', [{ name: 'a' }]));
    await lost.starts('a');
    const dispatchId = lost.dispatchOf('a')!;
    const other = bench.joinWorker('other');
    await lost.vanish();
    await bench.clock.advance(31_000);
    expect((await bench.tasks(id)).map((task) => task.state)).toEqual(['need_fault_tolerance', 'dispatched']);
    expect((await bench.store.master.workers.get('worker-lost' as never))?.state).toBe('offline');
    const back = bench.joinWorker('lost', { unsent: [{ dispatchId, epoch: 1 }] });
    await bench.settle();
    await back.result(dispatchId, 'failure');
    expect(back.acked()).toEqual([dispatchId]);
    await other.ends('a');
    expect(await bench.instance(id)).toMatchObject({ state: 'success' });
    const events = await bench.store.events.after(0, { limit: 100, workflowInstanceId: id });
    expect(events.map((event) => event.data.code)).toContain('late_result');
    const ofWorkers = (await bench.store.events.after(0, { limit: 100 })).filter(({ type }) => type === 'worker.state');
    expect(ofWorkers.map(({ data }) => [data.worker, data.from, data.to])).toEqual([
      ['lost', null, 'online'],
      ['other', null, 'online'],
      ['lost', 'online', 'offline'],
      ['lost', 'offline', 'online'],
    ]);
    expect(ofWorkers[2]!.data.why).toContain('has not come back');
  });

  test('that says goodbye and leaves its tasks to the next agent on its machine is waited for', async () => {
    bench = await openMasterBench();
    const worker = bench.joinWorker('w');
    const id = await bench.start(await bench.createWorkflow('one', [{ name: 'a' }]));
    await worker.starts('a');
    const dispatchId = worker.dispatchOf('a')!;
    await worker.send({ type: 'goodbye', reason: 'an upgrade', running: [dispatchId] });
    worker.session.close('going_away', 'an upgrade');
    bench.joinWorker('other');
    await bench.clock.advance(20_000);
    expect(await bench.states(id)).toEqual({ a: 'running' });
    const next = bench.joinWorker('w', { running: [{ dispatchId, epoch: 1, state: 'started' }] });
    await bench.settle();
    await next.result(dispatchId);
    expect(await bench.instance(id)).toMatchObject({ state: 'success' });
    expect(await bench.tasks(id)).toHaveLength(1);
  });

  test('that says goodbye loses its tasks at once', async () => {
    bench = await openMasterBench();
    const leaving = bench.joinWorker('leaving', { slots: 1 });
    const id = await bench.start(await bench.createWorkflow('one', [{ name: 'a' }]));
    const other = bench.joinWorker('other');
    await leaving.send({ type: 'goodbye', reason: 'told to stop' });
    leaving.session.close('going_away', 'bye');
    await bench.settle();
    expect(other.dispatchOf('a')).toBeDefined();
    expect((await bench.tasks(id))[0]!.reason?.text).toContain('told to stop');
  });

  test('that comes back and no longer knows a running task has lost it; one it never acknowledged is sent again', async () => {
    bench = await openMasterBench();
    const worker = bench.joinWorker('w');
    const id = await bench.start(await bench.createWorkflow('two', [{ name: 'a' }, { name: 'b' }]));
    await worker.starts('a');
    const before = worker.dispatchOf('b');
    await worker.vanish();
    const back = bench.joinWorker('w');
    await bench.settle();
    const attempts = (await bench.tasks(id)).filter((task) => task.name === 'a').map((task) => task.state);
    expect(attempts).toEqual(['need_fault_tolerance', 'dispatched']);
    expect(back.dispatchOf('b')).toBe(before);
  });

  test('that reports a task the server knows nothing of is told to abandon it', async () => {
    bench = await openMasterBench();
    const running = [{ dispatchId: 'unheard-of' as never, epoch: 1, state: 'started' as const }];
    const worker = bench.joinWorker('w', { running });
    await bench.settle();
    expect(worker.news).toEqual(['welcome keep=0 abandon=1']);
  });

  test('that never acknowledges is asked once more and then loses the dispatch to another', async () => {
    bench = await openMasterBench({ ackTimeoutMs: 5_000 });
    const deaf = bench.joinWorker('deaf');
    deaf.goDeaf();
    const id = await bench.start(await bench.createWorkflow('one', [{ name: 'a' }]));
    const other = bench.joinWorker('other');
    await bench.clock.advance(5_000);
    expect(deaf.dispatches.map((dispatch) => dispatch.dispatchId)).toEqual([
      deaf.dispatchOf('a'),
      deaf.dispatchOf('a'),
    ]);
    await bench.clock.advance(5_000);
    expect(deaf.orders).toContainEqual(expect.objectContaining({ type: 'kill', dispatchId: deaf.dispatchOf('a') }));
    expect(other.dispatchOf('a')).toBeDefined();
    expect(other.dispatchOf('a')).not.toBe(deaf.dispatchOf('a'));
    await deaf.ends('a', 'failure');
    await other.ends('a');
    expect(await bench.instance(id)).toMatchObject({ state: 'success' });
    expect(await bench.tasks(id)).toHaveLength(1);
  });

  test('that refuses gets the task no more than its slots allow, and the task goes elsewhere', async () => {
    bench = await openMasterBench();
    const full = bench.joinWorker('full', { slots: 1 });
    await bench.start(await bench.createWorkflow('one', [{ name: 'a' }]));
    const other = bench.joinWorker('other');
    await bench.settle();
    await full.send({ type: 'refuse', dispatchId: full.dispatchOf('a')!, reason: 'overloaded', text: 'memory' });
    expect(other.dispatchOf('a')).toBeDefined();
  });

  test('has its output in the log before its task is seen to have ended', async () => {
    bench = await openMasterBench();
    const worker = bench.joinWorker('w');
    const id = await bench.start(await bench.createWorkflow('one', [{ name: 'a' }]));
    const dispatchId = worker.dispatchOf('a')!;
    await worker.send({ type: 'output', dispatchId, stream: 'stdout', offset: 0, text: 'hello\n' });
    await worker.ends('a');
    const [task] = await bench.tasks(id);
    expect(new TextDecoder().decode((await bench.logs.read(task!.id, 0, 100)).bytes)).toBe('hello\n');
    await bench.clock.advance(1_000);
    expect(worker.orders).toContainEqual({ type: 'outputAck', dispatchId, offset: 6 });
  });
});

describe('after a crash of the server', () => {
  test('the run goes on, the worker keeps what it has, and nothing runs twice', async () => {
    bench = await openMasterBench();
    const worker = bench.joinWorker('w');
    const id = await bench.start(await bench.createWorkflow('chain', CHAIN));
    await worker.starts('a');
    const dispatchId = worker.dispatchOf('a')!;
    await bench.crashAndRestart();
    expect(await bench.states(id)).toEqual({ a: 'running' });
    const back = bench.joinWorker('w', { running: [{ dispatchId, epoch: 1, state: 'started' }] });
    await bench.settle();
    expect(back.news).toEqual(['welcome keep=1 abandon=0']);
    await bench.clock.advance(60_000);
    await back.result(dispatchId);
    await back.ends('b');
    expect(await bench.instance(id)).toMatchObject({ state: 'success' });
    expect((await bench.tasks(id)).map((task) => task.attempt)).toEqual([1, 1]);
  });

  test('a worker that never comes back loses its task when its timeout has passed', async () => {
    bench = await openMasterBench();
    const worker = bench.joinWorker('w');
    const id = await bench.start(await bench.createWorkflow('one', [{ name: 'a' }]));
    await worker.starts('a');
    await bench.crashAndRestart();
    const other = bench.joinWorker('other');
    await bench.clock.advance(34_000);
    expect(other.dispatches).toEqual([]);
    await bench.clock.advance(2_000);
    expect(other.dispatchOf('a')).toBeDefined();
    expect((await bench.tasks(id)).map((task) => task.state)).toEqual(['need_fault_tolerance', 'dispatched']);
  });

  test('a kill order that was never delivered is delivered when the worker is back', async () => {
    bench = await openMasterBench();
    const worker = bench.joinWorker('w');
    const id = await bench.start(await bench.createWorkflow('one', [{ name: 'a' }]));
    await worker.starts('a');
    const dispatchId = worker.dispatchOf('a')!;
    await worker.vanish();
    await bench.command('stop', id);
    await bench.crashAndRestart();
    const back = bench.joinWorker('w', { running: [{ dispatchId, epoch: 1, state: 'started' }] });
    await bench.settle();
    expect(back.orders).toContainEqual(expect.objectContaining({ type: 'kill', dispatchId }));
    await back.result(dispatchId, 'killed');
    expect(await bench.instance(id)).toMatchObject({ state: 'stopped' });
  });

  test('a start that was filed and not taken is taken by the next leader', async () => {
    bench = await openMasterBench();
    const workflow = await bench.createWorkflow('one', [{ name: 'a' }]);
    bench.loseLease('test');
    await bench.settle();
    const id = await bench.start(workflow);
    expect(await bench.instance(id)).toMatchObject({ state: 'submitted', number: null });
    await bench.clock.advance(3_000);
    expect(await bench.instance(id)).toMatchObject({ state: 'running', number: 1 });
  });
});

describe('a deposed leader', () => {
  test('writes nothing and steps down at its next commit', async () => {
    bench = await openMasterBench();
    const worker = bench.joinWorker('w');
    const id = await bench.start(await bench.createWorkflow('chain', CHAIN));
    bench.store.leader.set(99);
    await worker.ends('a');
    expect(await bench.states(id)).toEqual({ a: 'dispatched' });
    expect(worker.acked()).toEqual([]);
    expect(worker.news.at(-1)).toContain('closed');
    expect(bench.master.status()).toBeUndefined();
  });

  test('tells workers to come back, and says nothing of leading', async () => {
    bench = await openMasterBench();
    bench.loseLease('test');
    const worker = bench.joinWorker('w');
    await bench.settle();
    expect(worker.news[0]).toBe('redirect');
  });
});
