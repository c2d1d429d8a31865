import { describe, expect, it } from 'vitest';
import { systemRandom } from './system.ts';

describe('the randomness of the process', () => {
  it('gives as many bytes as are asked for, also more than it makes in advance', () => {
    for (const length of [0, 1, 16, 4_095, 4_096, 4_097, 10_000]) {
      expect(systemRandom.bytes(length)).toHaveLength(length);
    }
  });

  it('gives no bytes twice, and none that a caller can change afterwards', () => {
    const seen = new Set<string>();
    for (let i = 0; i < 2_000; i++) {
      const bytes = systemRandom.bytes(16);
      seen.add(Buffer.from(bytes).toString('hex'));
      bytes.fill(0);
    }
    expect(seen.size).toBe(2_000);
  });

  it('keeps nothing of what it gave out', () => {
    const bytes = systemRandom.bytes(16);
    const whole = Buffer.from(bytes.buffer).toString('hex');
    expect(bytes.buffer.byteLength).toBe(16);
    expect(whole).toBe(Buffer.from(bytes).toString('hex'));
  });

  it('gives floats from 0 to 1 that fill all their bits', () => {
    let ones = 0;
    const many = Array.from({ length: 2_000 }, () => systemRandom.next());
    for (const value of many) {
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThan(1);
      const scaled = value * 2 ** 48;
      expect(Number.isInteger(scaled)).toBe(true);
      for (let bit = 0; bit < 48; bit++) ones += Math.floor(scaled / 2 ** bit) % 2;
    }
    // 96,000 fair bits: eight standard deviations to either side.
    expect(Math.abs(ones - 48_000)).toBeLessThan(8 * Math.sqrt(96_000 / 4));
  });
});
