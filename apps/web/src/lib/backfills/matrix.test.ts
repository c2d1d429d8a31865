import { describe, expect, it } from 'vitest';
import { type Cell, matrixOf, walk } from './matrix.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function cells(times: readonly (string | number)[], workflows: readonly string[] = ['a']): Cell[] {
  return times.flatMap((at, index) =>
    workflows.map((name, level) => ({
      position: index * workflows.length + level,
      workflowId: name,
      workflowName: name,
      level,
      businessTime: new Date(at).toISOString(),
      state: 'waiting' as const,
    })),
  );
}
const every = (from: string, step: number, n: number) =>
  Array.from({ length: n }, (_, i) => Date.parse(from) + i * step);

describe('matrixOf', () => {
  it('puts days below each other by month, a line for each workflow, whatever the order they come in', () => {
    const items = cells(every('2026-01-30T00:00:00Z', DAY, 4), ['a', 'b']).toReversed();
    const { grain, blocks, columns } = matrixOf(items, 'UTC');
    expect(grain).toBe('days');
    expect(columns).toHaveLength(31);
    expect(blocks.map(({ key }) => key)).toEqual(['2026-01', '2026-02']);
    const first = blocks[0]!.lines;
    expect(first.map(({ workflowName }) => workflowName)).toEqual(['a', 'b']);
    expect(first[1]!.cells.map((cell) => cell?.position ?? '.').join('')).toBe(`${'.'.repeat(29)}13`);
    expect(blocks[1]!.lines[0]!.cells[1]?.position).toBe(6);
  });
  it('takes the day of the zone, not of Greenwich', () => {
    const { blocks } = matrixOf(cells(['2026-03-01T23:00:00Z']), 'Europe/Berlin');
    expect(blocks[0]!.lines[0]!.cells.findIndex((cell) => cell !== null)).toBe(1);
  });
  it.each([
    [every('2026-01-01T00:00:00Z', HOUR, 48), 'hours', 3],
    [every('2026-01-01T00:00:00Z', 7 * DAY, 10), 'days', 3],
    [['2025-11-01', '2025-12-01', '2026-01-01'], 'months', 2],
    [every('2026-01-01T00:00:00Z', HOUR / 4, 30), 'other', 2],
    [['2026-01-05'], 'days', 1],
    // Clocks go back: one hour of the day comes twice.
    [every('2026-10-24T23:00:00Z', HOUR, 5), 'other', 1],
  ] as const)('%#: a calendar that suits', (times, grain, blocks) => {
    const matrix = matrixOf(cells(times), 'Europe/Berlin');
    expect(matrix.grain).toBe(grain);
    expect(matrix.blocks).toHaveLength(blocks);
    const shown = matrix.blocks
      .flatMap((block) => block.lines.flatMap((line) => line.cells))
      .filter((cell) => cell !== null);
    expect(shown).toHaveLength(times.length);
  });
  it('is empty without items', () => expect(matrixOf([], 'UTC').blocks).toEqual([]));
});

describe('walk', () => {
  const matrix = matrixOf(cells(every('2026-01-30T00:00:00Z', DAY, 4), ['a', 'b']), 'UTC');
  it.each([
    [2, 'ArrowRight', 4],
    [4, 'ArrowLeft', 2],
    [0, 'ArrowLeft', 0],
    [7, 'ArrowRight', 7],
    [0, 'ArrowDown', 1],
    [0, 'ArrowUp', 0],
    // To the nearest day of the next month.
    [1, 'ArrowDown', 6],
    [4, 'ArrowUp', 1],
    [0, 'PageDown', 6],
    [7, 'PageUp', 1],
    [0, 'End', 2],
    [7, 'Home', 5],
    [99, 'End', 0],
  ] as const)('from %i by %s to %i', (from, key, to) => expect(walk(matrix, from, key)).toBe(to));
});
