/** How many runs the server and each project take in at once. */
import { createManualClock } from '@vaquita/core/testing';
import { beforeEach, describe, expect, test } from 'vitest';
import { createGateBench, SERIAL } from './gate-bench.ts';

const bench = createGateBench();
const { asks, becomes, open } = bench;
beforeEach(() => bench.renew(createManualClock(1_000)));

describe('admission', () => {
  test('delays what exceeds the server, lets children through, and admits in order when there is room', async () => {
    await open({ maxLiveRuns: 1 });
    const first = asks('r1', {});
    becomes(first, 'running');
    const late = asks('r3', {}, { at: 3 });
    const early = asks('r2', {}, { at: 2 });
    expect(early.told).toEqual([
      expect.objectContaining({
        serial: false,
        code: 'waiting_for_admission',
        text: 'As many runs are live on the server as may be at once (1).',
        evidence: { limit: 1, limitOf: 'live_runs', where: 'server', position: 1 },
      }),
    ]);
    const child = asks('r4', {}, { instance: { parentInstanceId: first.id } });
    expect(child.news()).toEqual(['TurnGranted null']);
    becomes(child, 'running');
    becomes(child, 'success');
    becomes(first, 'success');
    expect(early.news()).toContain('TurnGranted null');
    expect(late.news()).toEqual(['TurnDelayed waiting_for_admission']);
    expect(bench.gate.status()).toEqual({ waitingForTurn: 0, waitingForAdmission: 1, liveRuns: 1 });
  });

  test('a full project holds up no other', async () => {
    await open({ maxLiveRunsPerProject: 1 });
    asks('r1', {});
    expect(asks('r2', {}).news()).toEqual(['TurnDelayed waiting_for_admission']);
    expect(asks('r3', {}, { project: 'q' }).news()).toEqual(['TurnGranted null']);
  });

  test('queued tasks delay, and looking again when they have been placed admits', async () => {
    await open({ maxQueuedTasks: 5 });
    bench.queuedTasks = 5;
    const bus = asks('r1', {});
    expect(bus.told).toEqual([
      expect.objectContaining({ text: 'As many tasks are queued on the server as may be at once (5).' }),
    ]);
    bench.queuedTasks = 4;
    bench.gate.look();
    const next = asks('r2', {}, { at: 1 });
    expect(bus.news()).toContain('TurnGranted null');
    expect(next.news()).toEqual(['TurnDelayed waiting_for_admission']);
  });

  test('a run that waits for admission keeps its place among the runs of its workflow', async () => {
    await open({ maxLiveRuns: 1 });
    const other = asks('r1', {}, { workflow: 'other' });
    const first = asks('r2');
    const second = asks('r3', SERIAL, { at: 1 });
    expect(first.news()).toEqual(['TurnDelayed waiting_for_admission']);
    expect(second.told[0]).toMatchObject({ evidence: { holders: 'r2' } });
    becomes(other, 'running');
    becomes(other, 'success');
    expect(first.news()).toEqual(['TurnGranted 0']);
  });
});
