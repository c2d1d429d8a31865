/** Cuts styled spans at the borders of search matches and of one wrapped row: what a row of the viewer draws. Pure. */
import type { Span, Style } from './ansi.ts';

export interface Segment {
  readonly text: string;
  readonly style: Style;
  /** 0 no match, 1 a match, 2 the current match. */
  readonly mark: 0 | 1 | 2;
}

export interface Range {
  readonly from: number;
  readonly to: number;
  readonly current: boolean;
}

export function segmentsOf(spans: readonly Span[], ranges: readonly Range[], from: number, to: number): Segment[] {
  const segments: Segment[] = [];
  let offset = 0;
  for (const span of spans) {
    const start = Math.max(from, offset);
    const end = Math.min(to, offset + span.text.length);
    for (let at = start; at < end; ) {
      const inside = ranges.find((range) => range.from <= at && at < range.to);
      const next = inside?.to ?? ranges.find((range) => range.from > at)?.from ?? end;
      const stop = Math.min(end, next);
      segments.push({
        text: span.text.slice(at - offset, stop - offset),
        style: span.style,
        mark: inside === undefined ? 0 : inside.current ? 2 : 1,
      });
      at = stop;
    }
    offset += span.text.length;
  }
  return segments;
}

const ANCHOR = /^#?L(\d+)(?:-L?(\d+))?$/;

/** Lines named by an address such as `#L12` or `#L12-L20`, counted from 1. */
export function parseAnchor(hash: string): { readonly from: number; readonly to: number } | null {
  const match = ANCHOR.exec(hash);
  if (match === null) return null;
  const [a, b] = [Number(match[1]), Number(match[2] ?? match[1])];
  return a < 1 || b < 1 ? null : { from: Math.min(a, b), to: Math.max(a, b) };
}

export function formatAnchor(from: number, to: number): string {
  return from === to ? `#L${from}` : `#L${Math.min(from, to)}-L${Math.max(from, to)}`;
}
