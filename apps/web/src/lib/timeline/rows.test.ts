import { describe, expect, it } from 'vitest';
import { type AttemptLike, rowsOf, spansOf } from './rows.ts';

const at = (second: number) => new Date(second * 1000).toISOString();
const attempt = (
  name: string,
  n: number,
  times: [number, number | null, number | null],
  state = 'success',
): AttemptLike => ({
  id: `${name}${n}`,
  name,
  type: 'shell',
  state,
  attempt: n,
  current: false,
  submittedAt: at(times[0]),
  startedAt: times[1] === null ? null : at(times[1]),
  endedAt: times[2] === null ? null : at(times[2]),
});

describe('rowsOf', () => {
  it('gives each task one row with a bar for each attempt, in order of begin', () => {
    const rows = rowsOf(
      [
        attempt('late', 1, [5, 6, 9]),
        attempt('first', 2, [4, 4, 8], 'success'),
        attempt('first', 1, [0, 1, 3], 'failure'),
      ],
      10_000,
    );
    expect(rows.map((row) => [row.name, row.state, row.bars.map((bar) => bar.attempt)])).toEqual([
      ['first', 'success', [1, 2]],
      ['late', 'success', [1]],
    ]);
  });

  it('lets what was never tried stand last, in the order of the graph', () => {
    const node = (name: string, state: string) => ({ name, type: 'shell', state });
    const nodes = [node('after', 'blocked'), node('first', 'failure'), node('off', 'disabled')];
    const rows = rowsOf([attempt('first', 1, [0, 1, 3], 'failure')], 10_000, nodes);
    expect(rows.map(({ name, state, bars }) => [name, state, bars.length])).toEqual([
      ['first', 'failure', 1],
      ['after', 'blocked', 0],
      ['off', 'disabled', 0],
    ]);
    expect(spansOf(rows)).toHaveLength(1);
  });

  it('lets what runs grow up to now, and what waits wait up to now', () => {
    const rows = rowsOf(
      [attempt('runs', 1, [0, 1, null], 'running'), attempt('waits', 1, [2, null, null], 'submitted')],
      9_000,
    );
    expect(rows[0]?.bars[0]).toMatchObject({ from: 1000, to: 9000, open: true });
    expect(rows[1]?.bars[0]).toMatchObject({ waitedFrom: 2000, from: 9000, to: 9000 });
  });

  it('does not stretch what was stopped before it began', () => {
    expect(rowsOf([attempt('x', 1, [2, null, 4], 'killed')], 99_000)[0]?.bars[0]).toMatchObject({
      from: 4000,
      to: 4000,
    });
  });

  it('never draws backwards when clocks differ', () => {
    const [row] = rowsOf([attempt('x', 1, [2, 20, null], 'running')], 9_000);
    expect(row!.bars[0]!.to).toBeGreaterThanOrEqual(row!.bars[0]!.from);
    expect(spansOf([row!])[0]).toEqual({ from: 2000, to: 20_000 });
  });
});
