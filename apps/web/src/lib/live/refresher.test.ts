import { describe, expect, it } from 'vitest';
import { createRefresher, MAX_PAUSE_MS, MIN_PAUSE_MS } from './refresher.ts';
import type { KeyPrefix } from './touched.ts';

function setUp() {
  let now = 0;
  const asked: KeyPrefix[][] = [[]];
  const timers: { run: () => void; delayMs: number }[] = [];
  let finish: () => void = () => {};
  const refresher = createRefresher({
    now: () => now,
    setTimeout: (run, delayMs) => timers.push({ run, delayMs }),
    refresh: (prefix) => {
      asked[asked.length - 1]!.push(prefix);
      return new Promise<void>((resolve) => {
        finish = resolve;
      });
    },
  });
  const settle = async () => {
    for (let i = 0; i < 5; i++) await Promise.resolve();
  };
  return {
    refresher,
    asked,
    timers,
    settle,
    async finishAfter(ms: number) {
      now += ms;
      finish();
      await settle();
    },
    async rest() {
      asked.push([]);
      timers.shift()!.run();
      await settle();
    },
  };
}

describe('refresher', () => {
  it('asks once for everything that became old together', async () => {
    const t = setUp();
    t.refresher.mark([['run', 'a'], ['runs']]);
    t.refresher.mark([['run', 'a']]);
    await t.settle();
    expect(t.asked[0]).toEqual([['runs'], ['run', 'a']]);
  });

  it('keeps what came during a batch for the next one (I1)', async () => {
    const t = setUp();
    t.refresher.mark([['runs']]);
    await t.settle();
    t.refresher.mark([['runs']]);
    t.refresher.mark([['workers']]);
    await t.settle();
    expect(t.asked[0]).toEqual([['runs']]);
    await t.finishAfter(10);
    await t.rest();
    expect(t.asked[1]).toEqual([['runs'], ['workers']]);
  });

  it('asks a slow server less often (I2)', async () => {
    const t = setUp();
    t.refresher.mark([['runs']]);
    await t.settle();
    await t.finishAfter(10);
    expect(t.timers[0]!.delayMs).toBe(MIN_PAUSE_MS);
    await t.rest();
    t.refresher.mark([['runs']]);
    await t.settle();
    await t.finishAfter(2000);
    expect(t.timers[0]!.delayMs).toBe(8000);
    await t.rest();
    t.refresher.mark([['runs']]);
    await t.settle();
    await t.finishAfter(60_000);
    expect(t.timers[0]!.delayMs).toBe(MAX_PAUSE_MS);
  });

  it('is quiet when nothing became old', async () => {
    const t = setUp();
    t.refresher.mark([]);
    await t.settle();
    expect(t.asked[0]).toEqual([]);
    expect(t.timers).toEqual([]);
  });
});
