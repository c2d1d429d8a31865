import { describe, expect, it } from 'vitest';
import { cpuMs, peakRssBytes } from './process-figures.ts';

const NO_PROCESS = 2 ** 30;

describe('what the kernel knows of a process', () => {
  it.runIf(process.platform === 'linux')('is its memory and its processor time', () => {
    const { user, system } = process.cpuUsage();
    expect(Math.abs(peakRssBytes(process.pid)! / (process.resourceUsage().maxRSS * 1024) - 1)).toBeLessThan(0.2);
    // In steps of 10 ms for each of the two parts.
    expect(cpuMs(process.pid)).toBeGreaterThanOrEqual((user + system) / 1000 - 20);
  });

  it('is nothing of a process that is not there', () => {
    expect([peakRssBytes(NO_PROCESS), cpuMs(NO_PROCESS)]).toEqual([null, null]);
  });
});
