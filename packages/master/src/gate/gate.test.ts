/** Who of the runs of one workflow has its turn: the execution types. */
import { createManualClock } from '@vaquita/core/testing';
import { beforeEach, describe, expect, test } from 'vitest';
import { createFakeBus, unitOf } from '../testing/fake-bus.ts';
import { createGateBench, liveRow, SERIAL } from './gate-bench.ts';

const bench = createGateBench();
const { asks, becomes, open, openWithoutRecovery } = bench;
beforeEach(() => bench.renew(createManualClock(1_000)));

describe('serial_wait', () => {
  test('one run at a time, the oldest first, each told who goes before it', async () => {
    await open();
    const first = asks('r1');
    const third = asks('r3', SERIAL, { at: 3 });
    const second = asks('r2', SERIAL, { at: 2 });
    expect(first.news()).toEqual(['TurnGranted 0']);
    expect(second.told).toEqual([
      expect.objectContaining({
        type: 'TurnDelayed',
        serial: true,
        code: 'waiting_for_other_runs',
        text: expect.stringContaining('Run #1 of this workflow goes first'),
        evidence: { limit: 1, inUse: 1, position: 1, holders: 'r1', holderNumbers: '#1' },
      }),
    ]);
    expect(third.news()).toHaveLength(1);
    becomes(first, 'running', 0);
    becomes(first, 'success');
    expect(second.news()).toEqual(['TurnDelayed waiting_for_other_runs', 'TurnGranted 0']);
    await bench.clock.advance(1_000);
    expect(third.told.at(-1)).toMatchObject({ text: expect.stringContaining('Run #2'), evidence: { position: 1 } });
  });

  test('a priority goes before age', async () => {
    await open();
    const first = asks('r1');
    asks('r2', SERIAL, { at: 2 });
    const urgent = asks('r3', SERIAL, { at: 3, instance: { priority: 'high' } });
    becomes(first, 'running', 0);
    becomes(first, 'failure');
    expect(urgent.news()).toContain('TurnGranted 0');
  });

  test('a place is free when its end is durable, not before (L1)', async () => {
    await open();
    const first = asks('r1');
    const second = asks('r2', SERIAL, { at: 2 });
    becomes(first, 'running', 0);
    first.run.instance.state = 'success';
    bench.gate.release(first);
    expect(second.news()).not.toContain('TurnGranted 0');
    bench.gate.committed(first, unitOf({ instance: { ...first.run.instance } }));
    expect(second.news()).toEqual(['TurnGranted 0']);
  });

  test('one that ends and is rerun before its end is durable waits behind the others', async () => {
    await open();
    const first = asks('r1');
    becomes(first, 'running', 0);
    const second = asks('r2', SERIAL, { at: 2 });
    Object.assign(first.run.instance, { state: 'submitted', queuedAt: 9 });
    bench.gate.request(first);
    expect(second.news()).toEqual(['TurnDelayed waiting_for_other_runs']);
    bench.gate.committed(first, unitOf({ instance: { ...first.run.instance, state: 'success' } }));
    bench.gate.release(first);
    expect([first.news(), second.news()]).toEqual([
      ['TurnGranted 0', 'TurnDelayed waiting_for_other_runs'],
      ['TurnGranted 0'],
    ]);
  });

  test('one that is rerun before its end is durable, and is alone, goes on in its own place', async () => {
    await open();
    const first = asks('r1');
    becomes(first, 'running', 0);
    Object.assign(first.run.instance, { state: 'submitted', queuedAt: 9 });
    bench.gate.request(first);
    expect(first.news()).toEqual(['TurnGranted 0', 'TurnGranted 0']);
    const second = asks('r2', SERIAL, { at: 10 });
    bench.gate.committed(first, unitOf({ instance: { ...first.run.instance, state: 'success' } }));
    bench.gate.release(first);
    expect(second.news()).toEqual(['TurnDelayed waiting_for_other_runs']);
  });

  test('one that gives up while it waits is not served', async () => {
    await open();
    const first = asks('r1');
    const second = asks('r2', SERIAL, { at: 2 });
    const third = asks('r3', SERIAL, { at: 3 });
    becomes(second, 'stopped');
    becomes(first, 'running', 0);
    becomes(first, 'stopped');
    expect(second.news()).toEqual(['TurnDelayed waiting_for_other_runs']);
    expect(third.news()).toContain('TurnGranted 0');
  });

  test('runs of one workflow do not hold up another', async () => {
    await open();
    asks('r1');
    expect(asks('r2', SERIAL, { workflow: 'other' }).news()).toEqual(['TurnGranted 0']);
  });

  test('asking twice changes nothing', async () => {
    await open();
    const first = asks('r1');
    bench.gate.request(first);
    const second = asks('r2', SERIAL, { at: 2 });
    bench.gate.request(second);
    expect([first.news(), second.news()]).toEqual([['TurnGranted 0'], ['TurnDelayed waiting_for_other_runs']]);
  });

  test('who waits far behind is told so, and who goes first once it is near', async () => {
    await open();
    const buses = Array.from({ length: 20 }, (_, index) => asks(`r${index + 1}`, SERIAL, { at: index }));
    expect(buses[19]!.told).toEqual([
      expect.objectContaining({ text: 'At least 16 waiting runs of this workflow go before it.' }),
    ]);
    for (const bus of buses.slice(0, 4)) {
      becomes(bus, 'running', 0);
      becomes(bus, 'success');
    }
    await bench.clock.advance(1_000);
    expect(buses[19]!.told.at(-1)).toMatchObject({
      text: expect.stringContaining('Run #5'),
      evidence: { position: 15 },
    });
    expect(buses[19]!.told).toHaveLength(2);
  });
});

describe('serial_discard', () => {
  const DISCARD = { execution: 'serial_discard' } as const;

  test('is denied while another is live, and named it', async () => {
    await open();
    const first = asks('r1', DISCARD);
    const second = asks('r2', DISCARD, { at: 1 });
    expect(second.told).toEqual([
      expect.objectContaining({ type: 'TurnDenied', code: 'discarded', text: expect.stringContaining('#1') }),
    ]);
    becomes(first, 'running', 0);
    becomes(first, 'success');
    expect(asks('r3', DISCARD, { at: 2 }).news()).toEqual(['TurnGranted 0']);
  });

  test('waits for its place when it is not a new run but one that goes on again', async () => {
    await open();
    const first = asks('r1', DISCARD);
    const again = asks('r2', DISCARD, { at: 1, instance: { runCounter: 2 } });
    expect(again.news()).toEqual(['TurnDelayed waiting_for_other_runs']);
    becomes(first, 'running', 0);
    becomes(first, 'success');
    expect(again.news()).toEqual(['TurnGranted 0']);
  });

  test('is denied while another waits for admission, and after a restart the same one waits on', async () => {
    await open({ maxLiveRuns: 0 });
    const first = asks('r1', DISCARD);
    expect(first.news()).toEqual(['TurnDelayed waiting_for_admission']);
    expect(asks('r2', DISCARD, { at: 1 }).news()).toEqual(['TurnDenied discarded']);
  });

  test('of runs that waited before a restart the oldest stays, whichever asks first (G3)', async () => {
    bench.rows = ['r1', 'r2'].map((id, index) =>
      liveRow(id, { state: 'submitted', queuedAt: index, executionSlot: null }),
    );
    await openWithoutRecovery();
    const second = asks('r2', DISCARD, { at: 1 });
    expect(second.told.filter(({ type }) => type === 'TurnGranted')).toEqual([]);
    const first = asks('r1', DISCARD, { at: 0 });
    expect(first.news()).toEqual(['TurnGranted 0']);
    expect(second.news()).toContain('TurnDenied discarded');
  });
});

describe('serial_priority', () => {
  const NEWEST = { execution: 'serial_priority' } as const;

  test('the newest displaces the live one and takes its place when that has ended; older waiting ones are denied', async () => {
    await open();
    const first = asks('r1', NEWEST, { at: 1 });
    becomes(first, 'running', 0);
    const second = asks('r2', NEWEST, { at: 2 });
    const third = asks('r3', NEWEST, { at: 3 });
    expect(first.news()).toEqual(['TurnGranted 0', 'RunDisplaced']);
    expect(second.news()).toEqual(['TurnDelayed waiting_for_other_runs', 'TurnDenied displaced']);
    expect(third.news()).toEqual(['TurnDelayed waiting_for_other_runs']);
    becomes(first, 'ready_stop', 0);
    becomes(first, 'stopped');
    expect(third.news()).toEqual(['TurnGranted 0']);
  });

  test('an older one that asks again does not displace a newer one', async () => {
    await open();
    asks('r2', NEWEST, { at: 2 });
    expect(asks('r1', NEWEST, { at: 1 }).news()).toEqual(['TurnDenied displaced']);
  });

  test('a live run that comes into memory later is displaced then', async () => {
    bench.rows = [liveRow('r1')];
    await open();
    const newer = asks('r2', NEWEST, { at: 2_000 });
    expect(newer.news()).toEqual(['TurnDelayed waiting_for_other_runs']);
    const live = createFakeBus({
      id: 'r1',
      definition: NEWEST,
      instance: { state: 'running', executionSlot: 0, queuedAt: null, startedAt: 500 },
    });
    bench.gate.adopt(live);
    expect(live.news()).toEqual(['RunDisplaced']);
  });
});

describe('parallel', () => {
  const two = { execution: 'parallel', maxParallelRuns: 2 } as const;

  test('without a limit each has its turn at once, with no place', async () => {
    await open();
    for (const id of ['r1', 'r2', 'r3']) expect(asks(id, {}).news()).toEqual(['TurnGranted null']);
  });

  test('with a limit: the lowest free place, and no more than there are', async () => {
    await open();
    const [first, second, third] = ['r1', 'r2', 'r3'].map((id, at) => asks(id, two, { at }));
    expect([first, second, third].map((bus) => bus!.news())).toEqual([
      ['TurnGranted 0'],
      ['TurnGranted 1'],
      ['TurnDelayed waiting_for_other_runs'],
    ]);
    becomes(first!, 'running', 0);
    becomes(second!, 'running', 1);
    becomes(first!, 'success');
    expect(third!.news()).toEqual(['TurnGranted 0']);
  });

  test('runs of a version without a limit count too', async () => {
    await open();
    asks('r1', {});
    asks('r2', {});
    expect(asks('r3', two).news()).toEqual(['TurnDelayed waiting_for_other_runs']);
  });
});

test('a run that is stopped and resumed within one millisecond asks a second time', async () => {
  await open();
  const run = asks('r1', SERIAL, { at: 5 });
  expect(run.news()).toEqual(['TurnGranted 0']);
  becomes(run, 'running', 0);
  becomes(run, 'stopped');
  Object.assign(run.run.instance, { state: 'submitted', queuedAt: 5, runCounter: 2, executionSlot: null });
  bench.gate.request(run);
  expect(run.news()).toEqual(['TurnGranted 0']);
});
