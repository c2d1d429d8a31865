/**
 * The entries of a calendar as spans that are quickly asked. Times are texts of the wall clock, which sort as they follow each other;
 * a yearly entry is the same without its year.
 *
 * S1 A span holds what a clock shows, not instants: a time that clocks show twice is in it twice, one they jump over never.
 * S2 `from` is in a span, `until` is not.
 * S3 29 February of a yearly entry is there in leap years only; a span over it loses that day in the others and nothing else.
 */
import type { CalendarEntry } from './rows.ts';

interface Span {
  readonly from: string;
  readonly until: string;
  readonly title: string;
}

export interface CalendarSpans {
  /** The title of an entry that holds this time; undefined when none does. `wall`: `2026-12-24T18:00:00`. */
  titleAt(wall: string): string | undefined;
}

/** After the last time of a day, and after the last day of a year. */
const DAY_END = 'T24';
const YEAR_END = '13';
const YEAR_PREFIX = '2026-'.length;

export function spansOf(entries: readonly CalendarEntry[]): CalendarSpans {
  const once = searchable(entries.filter((entry) => !entry.yearly).map(spanOf));
  const yearly = searchable(entries.filter((entry) => entry.yearly).flatMap((entry) => yearlySpans(spanOf(entry))));
  return { titleAt: (wall) => once(wall) ?? yearly(wall.slice(YEAR_PREFIX)) };
}

function spanOf({ title, from, to }: CalendarEntry): Span {
  return { title, from, until: to.includes('T') ? to : `${to}${DAY_END}` };
}

/** One that goes over the end of the year is two. */
function yearlySpans({ title, ...span }: Span): readonly Span[] {
  const from = span.from.slice(YEAR_PREFIX);
  const until = span.until.slice(YEAR_PREFIX);
  if (from < until) return [{ title, from, until }];
  return [
    { title, from, until: YEAR_END },
    { title, from: '', until },
  ];
}

/** Finds a span that holds a time, in steps that grow with the logarithm of their number, however much they overlap. */
function searchable(spans: readonly Span[]): (time: string) => string | undefined {
  const sorted = spans.toSorted((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
  /** Of the spans up to this one, the one that ends last. */
  const endsLast: Span[] = [];
  for (const span of sorted) {
    const before = endsLast.at(-1);
    endsLast.push(before !== undefined && before.until >= span.until ? before : span);
  }
  return (time) => {
    let [begun, ahead] = [0, sorted.length];
    while (begun < ahead) {
      const middle = (begun + ahead) >>> 1;
      if (sorted[middle]!.from <= time) begun = middle + 1;
      else ahead = middle;
    }
    const candidate = endsLast[begun - 1];
    return candidate !== undefined && time < candidate.until ? candidate.title : undefined;
  };
}
