import { describe, expect, it } from 'vitest';
import { bareProgram, calls, overheadShare, scriptOf } from './fibonacci.ts';

const PLAN = { light: 3, lightOf: 10, heavy: 2, heavyOf: 12 };

/** Runs a module's text with a console and a clock of its own; gives what it prints. */
function printed(module: string): readonly string[] {
  const lines: string[] = [];
  const run = new Function('console', 'performance', module) as (console: object, performance: object) => void;
  let now = 0;
  run({ log: (line: unknown) => lines.push(String(line)) }, { now: () => now++ });
  return lines;
}

describe('the fibonacci plan', () => {
  it('has the light calls before the heavy ones', () => {
    expect(calls(PLAN)).toEqual([10, 10, 10, 12, 12]);
    expect(calls({ light: 40, lightOf: 10, heavy: 10, heavyOf: 33 })).toHaveLength(50);
  });

  it('gives scripts that compute', () => {
    expect(printed(scriptOf(10))).toEqual(['55']);
    expect(printed(scriptOf(12))).toEqual(['144']);
  });

  it('gives a program that computes the same in a row', () => {
    expect(printed(bareProgram(PLAN)).map((line) => JSON.parse(line))).toEqual([{ ms: 1, sum: 3 * 55 + 2 * 144 }]);
  });

  it('tells the share that was not the work', () => {
    expect(overheadShare(4_000, 1_000)).toBe(0.75);
    expect(overheadShare(1_000, 1_000)).toBe(0);
  });
});
