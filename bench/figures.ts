/** What a benchmark reports, and the little arithmetic it needs. Pure. */

export interface Figure {
  readonly name: string;
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
  /** The same measure taken of the bare skeleton in the same run; null where there is none. */
  readonly floor: number | null;
  /** value / floor: of rates the nearer to 1 the better, of times likewise from above. */
  readonly ratio: number | null;
  /** How many measurements the value stands for. */
  readonly runs: number;
}

export function figure(base: Omit<Figure, 'ratio'>): Figure {
  const { value, floor } = base;
  return {
    ...base,
    value: round(value),
    floor: floor === null ? null : round(floor),
    ratio: floor === null || floor === 0 ? null : round(value / floor),
  };
}

/** Nearest-rank percentile; `p` in 0..100. @throws RangeError on an empty list. */
export function percentile(values: readonly number[], p: number): number {
  if (values.length === 0) throw new RangeError('there is nothing to take a percentile of');
  const sorted = [...values].sort((a, b) => a - b);
  const rank = Math.ceil((p / 100) * sorted.length);
  return sorted[Math.min(sorted.length, Math.max(1, rank)) - 1]!;
}

export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

export function mean(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('there is nothing to take the mean of');
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Three significant digits are more than these measures hold. */
function round(value: number): number {
  return value === 0 ? 0 : Number(value.toPrecision(4));
}

export function asTable(figures: readonly Figure[]): readonly string[] {
  const header = ['NAME', 'METRIC', 'VALUE', 'UNIT', 'FLOOR', 'RATIO', 'RUNS'];
  const rows = figures.map(({ name, metric, value, unit, floor, ratio, runs }) =>
    [name, metric, value, unit, floor ?? '-', ratio ?? '-', runs].map(String),
  );
  const widths = header.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  const isNumber = (i: number) => i === 2 || i >= 4;
  return [header, ...rows].map((row) =>
    row
      .map((cell, i) => (isNumber(i) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd(),
  );
}
