import { AppError } from '@vaquita/core';
import { afterEach, describe, expect, test } from 'vitest';
import { type MasterBench, openMasterBench } from '../testing/index.ts';
import { startDirectly } from './direct-start.ts';

let bench: MasterBench;
afterEach(() => bench.master.close());

const CHAIN = [{ name: 'a' }, { name: 'b', dependsOn: ['a'] }];

async function open() {
  bench = await openMasterBench();
  const worker = bench.joinWorker('w');
  const workflow = await bench.createWorkflow('chain', CHAIN);
  await bench.settle();
  return { worker, filing: bench.filingOf(workflow) };
}

describe('a start that is asked of the leader', () => {
  test('is one unit: the run, its command carried out, its first task on its way (D1)', async () => {
    const { worker, filing } = await open();
    let units = 0;
    bench.faults.commit = () => {
      units += 1;
    };
    expect(await bench.begin(filing)).toEqual({ failed: undefined });
    expect(units).toBe(1);
    const { id } = filing.instance;
    expect(await bench.instance(id)).toMatchObject({ state: 'running', number: 1 });
    expect(await bench.states(id)).toEqual({ a: 'dispatched' });
    expect(await bench.store.commands.outcome(filing.command.id)).toEqual({ done: true, outcome: 'done' });
    expect(filing.instance).toMatchObject({ state: 'submitted', number: null });
    await worker.ends('a');
    await worker.ends('b');
    expect(await bench.instance(id)).toMatchObject({ state: 'success' });
  });

  test('is answered when it is durable, and not before (D1)', async () => {
    const { filing } = await open();
    const gate = Promise.withResolvers<void>();
    bench.faults.commit = () => gate.promise;
    let answered = false;
    const begun = bench.master.begin(filing).then(() => {
      answered = true;
    });
    await bench.clock.advance(60_000);
    expect(answered).toBe(false);
    gate.resolve();
    await bench.settle();
    await begun;
    expect(await bench.instance(filing.instance.id)).toMatchObject({ state: 'running' });
  });

  test('is answered after what its commit set off has been sent (D3)', async () => {
    const { filing } = await open();
    const deferred: (() => void)[] = [];
    let answered = false;
    const runs = {
      begin(_rows: unknown, { filed }: { filed(): void }) {
        filed();
        return true;
      },
    };
    const started = startDirectly({ store: bench.store.master, runs, defer: (run) => deferred.push(run) }, filing);
    const answer = started.then(() => {
      answered = true;
    });
    await bench.settle();
    expect(answered).toBe(false);
    expect(deferred).toHaveLength(1);
    deferred[0]!();
    await answer;
  });

  test.each(['database_busy', 'internal', 'conflict'] as const)(
    'leaves nothing when its unit fails as %s, and can be filed by the caller (D2)',
    async (code) => {
      const { worker, filing } = await open();
      bench.faults.commit = () => {
        throw new AppError(code, 'not now');
      };
      expect(await bench.begin(filing)).toEqual({ failed: code });
      expect(await bench.store.instances.find(filing.instance.id)).toBeUndefined();
      expect(bench.master.status()).toMatchObject({ runs: 0, live: 0, queued: 0, quarantined: 0 });
      expect(worker.dispatches).toEqual([]);
      bench.faults.commit = null;
      await bench.fileAsked(filing);
      bench.master.nudge(filing.command);
      await bench.settle();
      expect(await bench.states(filing.instance.id)).toEqual({ a: 'dispatched' });
      expect(worker.dispatches).toHaveLength(1);
    },
  );

  test('that went through although it was told to have failed, is not filed or begun twice (D2)', async () => {
    const { worker, filing } = await open();
    const { commit } = bench.store.master;
    bench.faults.commit = async (unit) => {
      bench.faults.commit = null;
      await commit(1, unit);
      throw new AppError('unavailable', 'the answer was lost');
    };
    expect(await bench.begin(filing)).toEqual({ failed: 'unavailable' });
    await expect(bench.fileAsked(filing)).rejects.toMatchObject({ code: 'conflict' });
    bench.master.nudge(filing.command);
    await bench.clock.advance(60_000);
    expect(await bench.tasks(filing.instance.id)).toHaveLength(1);
    for (const name of ['a', 'b']) await worker.ends(name);
    expect(await bench.instance(filing.instance.id)).toMatchObject({ state: 'success', runCounter: 1 });
  });

  test('is refused when the run is known already, and disturbs nothing', async () => {
    const { worker, filing } = await open();
    await bench.begin(filing);
    expect(await bench.begin(filing)).toEqual({ failed: 'conflict' });
    expect(worker.dispatches).toHaveLength(1);
    await worker.ends('a');
    expect(await bench.states(filing.instance.id)).toEqual({ a: 'success', b: 'dispatched' });
  });

  test('is refused when the version is gone, and by a server that does not lead', async () => {
    const { filing } = await open();
    const gone = { ...filing, instance: { ...filing.instance, version: 9 } };
    expect(await bench.begin(gone)).toEqual({ failed: 'conflict' });
    await bench.master.close();
    expect(await bench.begin(filing)).toEqual({ failed: 'unavailable' });
  });

  test('is told of when the term ends: what is not on its way is not filed', async () => {
    const { filing } = await open();
    const gate = Promise.withResolvers<void>();
    bench.faults.commit = () => gate.promise.then(() => Promise.reject(new AppError('fenced', 'another leads')));
    const begun = bench.master.begin(filing);
    const told = expect(begun).rejects.toMatchObject({ code: 'fenced' });
    await bench.settle();
    bench.loseLease('its lease is over');
    gate.resolve();
    await told;
    expect(await bench.store.instances.find(filing.instance.id)).toBeUndefined();
  });

  test('waits its turn visibly when others are in its way, filed all the same', async () => {
    bench = await openMasterBench();
    const workflow = await bench.createWorkflow('serial', CHAIN, { execution: 'serial_wait' });
    const first = bench.filingOf(workflow);
    const second = bench.filingOf(workflow);
    await bench.begin(first);
    await bench.begin(second);
    await bench.clock.advance(1_000);
    expect(await bench.instance(first.instance.id)).toMatchObject({ state: 'running' });
    expect(await bench.instance(second.instance.id)).toMatchObject({ state: 'serial_wait' });
  });

  test('is not held up by a definition that cannot be read: the caller is told', async () => {
    const { filing } = await open();
    const broken = await bench.createWorkflow('broken', [{ name: 'a', dependsOn: ['nobody'] }]);
    expect((await bench.begin(bench.filingOf(broken))).failed).toBeDefined();
    expect(await bench.begin(filing)).toEqual({ failed: undefined });
  });
});

test('a stop that comes while a refused commit is being mended waits for that, and no two hands are on the run', async () => {
  const { worker, filing } = await open();
  await bench.begin(filing);
  const { id } = filing.instance;
  bench.faults.commit = () => {
    bench.faults.commit = null;
    throw new AppError('conflict', 'somebody was first');
  };
  const live = Promise.withResolvers<void>();
  bench.faults.live = async () => {
    await live.promise;
    bench.faults.live = null;
    return bench.store.master.liveRuns();
  };
  await worker.starts('a');
  await bench.command('stop', id);
  live.resolve();
  await bench.clock.advance(5_000);
  expect(worker.orders.filter(({ type }) => type === 'kill')).toMatchObject([{ dispatchId: worker.dispatchOf('a') }]);
  await worker.ends('a', 'killed');
  expect(await bench.instance(id)).toMatchObject({ state: 'stopped' });
  expect(await bench.states(id)).toEqual({ a: 'killed' });
});
