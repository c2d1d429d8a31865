import { describe, expect, it } from 'vitest';
import { createManualClock } from './manual-clock.ts';

describe('createManualClock', () => {
  it('fires by due time, then in order of creation, at the right moment', async () => {
    const clock = createManualClock(1_000);
    const fired: string[] = [];
    const note = (name: string) => () => fired.push(`${name}@${clock.now()}`);
    clock.setTimeout(note('late'), 30);
    clock.setTimeout(note('first'), 10);
    clock.setTimeout(note('second'), 10);
    const cleared = clock.setTimeout(note('cleared'), 10);
    clock.clearTimeout(cleared);
    expect(clock.pending).toBe(3);
    expect(clock.nextIn).toBe(10);
    await clock.advance(29);
    expect(fired).toEqual(['first@1010', 'second@1010']);
    expect(clock.now()).toBe(1_029);
    await clock.advance(1);
    expect(fired.at(-1)).toBe('late@1030');
    expect(clock.pending).toBe(0);
    expect(clock.nextIn).toBeUndefined();
  });

  it('runs what timers start, and the timers those set, within one advance', async () => {
    const clock = createManualClock();
    const ticks: number[] = [];
    async function loop(): Promise<void> {
      for (;;) {
        await new Promise<void>((resolve) => clock.setTimeout(resolve, 10));
        await Promise.resolve();
        ticks.push(clock.now());
      }
    }
    void loop();
    await clock.advance(35);
    expect(ticks).toEqual([10, 20, 30]);
  });

  it('turns the wall clock without touching timers', async () => {
    const clock = createManualClock(5_000);
    let firedAt: number | undefined;
    clock.setTimeout(() => {
      firedAt = clock.now();
    }, 100);
    clock.set(1_000);
    expect(clock.now()).toBe(1_000);
    await clock.advance(99);
    expect(firedAt).toBeUndefined();
    await clock.advance(1);
    expect(firedAt).toBe(1_100);
  });

  it('refuses to advance by nothing it can mean', async () => {
    const clock = createManualClock();
    await expect(clock.advance(-1)).rejects.toThrow(RangeError);
    await expect(clock.advance(Number.NaN)).rejects.toThrow(RangeError);
  });

  it('treats a delay that is not positive as due now', async () => {
    const clock = createManualClock();
    let fired = 0;
    clock.setTimeout(() => fired++, -5);
    clock.setTimeout(() => fired++, Number.NaN);
    await clock.advance(0);
    expect(fired).toBe(2);
  });
});
