import { AppError } from '@vaquita/core';
import { expect, test } from 'vitest';
import { openScheduleBench } from '../testing/schedule-bench.ts';

test('what came up while nobody led, before a change, has its records and does not run (S7)', async () => {
  const bench = await openScheduleBench();
  const edited = await bench.make('edited');
  const offline = await bench.make('offline');
  const deleted = await bench.make('deleted');
  await bench.make('left');
  const { schedules } = bench.store;
  await bench.clock.advance(25_000);
  const changed = { by: 'bob', at: bench.clock.now() };
  const { plan } = (await schedules.find(edited))!;
  await schedules.update({ id: edited, revision: 1 }, { ...changed, plan: { ...plan, jitterMs: 1 } });
  await schedules.setOnline(offline, false, changed);
  await schedules.delete(deleted, changed);
  bench.lead();
  await bench.clock.advance(0);
  for (const name of ['edited', 'offline', 'deleted']) {
    expect(await bench.told(name), name).toEqual(['10 schedule_changed', '20 schedule_changed']);
  }
  expect(await bench.told('left')).toEqual(['10 run', '20 run']);
  await bench.setWorkflowOnline(false);
  await bench.clock.advance(10_000);
  expect(await bench.told('edited')).toHaveLength(2);
  expect(await bench.runs()).toHaveLength(2);
});

test('what remains is written once though an answer is lost, and holds up nothing while it cannot be (S7)', async () => {
  const bench = await openScheduleBench();
  const id = await bench.make('s1');
  await bench.make('s2');
  await bench.clock.advance(15_000);
  await bench.store.schedules.setOnline(id, false, { by: 'bob', at: bench.clock.now() });
  bench.faults.remains = () => {
    throw new AppError('unavailable', 'No database.');
  };
  bench.lead();
  await bench.clock.advance(10_000);
  expect([await bench.told('s1'), await bench.told('s2')]).toEqual([[], ['10 run', '20 run']]);
  bench.faults.remains = () => {
    bench.faults.remains = null;
    throw new AppError('internal', 'Something is wrong with it.');
  };
  await bench.clock.advance(5_000);
  bench.faults.remainsAfter = () => {
    bench.faults.remainsAfter = null;
    throw new AppError('outcome_unknown', 'The answer was lost.');
  };
  await bench.clock.advance(60_000);
  expect(await bench.told('s1')).toEqual(['10 schedule_changed']);
});
