import { createManualClock } from '@vaquita/core/testing';
import { expect, test } from 'vitest';
import { type LoadFigures, type LoadLimits, NO_LIMITS, openLoadGuard } from './load-guard.ts';
import { silentLog } from './testing/test-agent.ts';

const MIB = 1_048_576;

async function open(limits: Partial<LoadLimits>, first: Partial<LoadFigures> = {}) {
  const clock = createManualClock();
  const figures = { cpu: 0, memory: 0, diskFreeBytes: 1_000 * MIB, ...first };
  let looks = 0;
  const guard = await openLoadGuard({
    limits: { ...NO_LIMITS, ...limits },
    readFigures: async () => {
      looks += 1;
      return { ...figures };
    },
    clock,
    log: silentLog,
  });
  return {
    clock,
    guard,
    looks: () => looks,
    /** The figures at the next looks. */
    async next(change: Partial<typeof figures>, times = 1) {
      Object.assign(figures, change);
      await clock.advance(2_000 * times);
    },
  };
}

test('what is wrong from the beginning is known before anything is taken', async () => {
  const { guard } = await open({ diskFreeBytes: 2_000 * MIB });
  expect(guard.overload).toEqual({
    text: '1000 MiB are free where the work folder is, and 2000 MiB is the least (--min-disk)',
    passed: { disk: 2_000 * MIB },
  });
});

test('L1: what was complained of has to become clearly better', async () => {
  const { guard, next } = await open({ memory: 0.9, diskFreeBytes: 100 * MIB });
  expect(guard.overload).toBeNull();
  await next({ memory: 0.91 });
  expect(guard.overload?.passed).toEqual({ memory: 0.9 });
  await next({ memory: 0.89 });
  expect(guard.overload?.passed).toEqual({ memory: 0.9 });
  await next({ memory: 0.8, diskFreeBytes: 99 * MIB });
  expect(guard.overload?.passed).toEqual({ disk: 100 * MIB });
  await next({ diskFreeBytes: 110 * MIB });
  expect(guard.overload).not.toBeNull();
  await next({ diskFreeBytes: 130 * MIB });
  expect(guard.overload).toBeNull();
});

test('L2: a peak of the processors is no overload, a plateau is, and its end is its end', async () => {
  const { guard, next } = await open({ cpu: 0.8 }, { cpu: 0.1 });
  await next({ cpu: 1 });
  await next({ cpu: 0.1 });
  expect(guard.overload).toBeNull();
  await next({ cpu: 1 }, 10);
  expect(guard.overload).toMatchObject({ text: expect.stringContaining('--max-cpu'), passed: { cpu: 0.8 } });
  await next({ cpu: 0.1 }, 10);
  expect(guard.overload).toBeNull();
});

test('several things at once are all told', async () => {
  const { guard } = await open({ cpu: 0.5, memory: 0.5 }, { cpu: 0.9, memory: 0.9 });
  expect(guard.overload?.passed).toEqual({ cpu: 0.5, memory: 0.5 });
  expect(guard.overload?.text).toMatch(/processors.*; 90 % of the memory/);
});

test('even the smallest limit can be kept again', async () => {
  const { guard, next } = await open({ cpu: 0.01 }, { cpu: 1 });
  expect(guard.overload).not.toBeNull();
  await next({ cpu: 0 }, 100);
  expect(guard.overload).toBeNull();
});

test('what is not known is no reason, and without limits nobody looks', async () => {
  const unknown = { cpu: null, memory: null, diskFreeBytes: null } as unknown as LoadFigures;
  const { guard } = await open({ cpu: 0.1, memory: 0.1, diskFreeBytes: 1 }, unknown);
  expect(guard.overload).toBeNull();
  const free = await open({}, { cpu: 1, memory: 1, diskFreeBytes: 0 });
  await free.next({}, 10);
  expect([free.guard.overload, free.looks()]).toEqual([null, 0]);
});

test('a closed guard looks no more', async () => {
  const { guard, clock, looks } = await open({ cpu: 0.5 });
  guard.close();
  await clock.advance(60_000);
  expect(looks()).toBe(1);
  expect(clock.pending).toBe(0);
});
