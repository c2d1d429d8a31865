import { describe, expect, it } from 'vitest';
import { cpuMs, peakRssBytes } from './process-figures.ts';

const NO_PROCESS = 2 ** 30;

describe('what the kernel knows of a process', () => {
  it.runIf(process.platform === 'linux')('is its memory and its processor time', () => {
    const { user, system } = process.cpuUsage();
    // Not compared with the most that `resourceUsage` tells: that may be of the process which this one was forked from.
    const now = process.memoryUsage.rss();
    expect(peakRssBytes(process.pid)).toBeGreaterThanOrEqual(now * 0.99);
    expect(peakRssBytes(process.pid)).toBeLessThan(64 * now);
    // In steps of 10 ms for each of the two parts.
    expect(cpuMs(process.pid)).toBeGreaterThanOrEqual((user + system) / 1000 - 20);
  });

  it('is nothing of a process that is not there', () => {
    expect([peakRssBytes(NO_PROCESS), cpuMs(NO_PROCESS)]).toEqual([null, null]);
  });
});
