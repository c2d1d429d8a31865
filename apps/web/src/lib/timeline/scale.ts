/** Time ↔ pixels of a timeline, its round tick marks, and how a window of it is zoomed and moved. All pure. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

export interface Tick {
  readonly at: number;
  readonly x: number;
}

const STEPS_MS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 10e3, 15e3, 30e3, 60e3, 120e3, 300e3, 600e3, 900e3, 1800e3, 3600e3,
  7200e3, 10_800e3, 21_600e3, 43_200e3, 86_400e3, 172_800e3, 604_800e3, 2_592_000e3,
];

const MIN_WINDOW_MS = 10;

export function toX(at: number, window: TimeWindow, width: number): number {
  return ((at - window.from) / Math.max(1, window.to - window.from)) * width;
}

export function toTime(x: number, window: TimeWindow, width: number): number {
  return window.from + (x / Math.max(1, width)) * (window.to - window.from);
}

/** Marks at round distances from the origin, at least `minGap` pixels apart. */
export function ticksOf(window: TimeWindow, width: number, origin: number, minGap = 110): Tick[] {
  const span = Math.max(1, window.to - window.from);
  const wanted = (span * minGap) / Math.max(1, width);
  const longest = STEPS_MS[STEPS_MS.length - 1]!;
  const step = STEPS_MS.find((candidate) => candidate >= wanted) ?? Math.ceil(wanted / longest) * longest;
  const ticks: Tick[] = [];
  const first = Math.ceil((window.from - origin) / step);
  for (let n = first; ticks.length < 200; n++) {
    const at = origin + n * step;
    if (at > window.to) break;
    ticks.push({ at, x: toX(at, window, width) });
  }
  return ticks;
}

/** A window around all of the spans, with a little air after the last end for its label. */
export function windowOf(spans: readonly { readonly from: number; readonly to: number }[]): TimeWindow {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const span of spans) {
    from = Math.min(from, span.from);
    to = Math.max(to, span.to);
  }
  if (from > to) return { from: 0, to: 1000 };
  return { from, to: to + Math.max(MIN_WINDOW_MS, (to - from) * 0.12) };
}

/** Zooms about a moment, inside the bounds. */
export function zoomWindow(window: TimeWindow, factor: number, about: number, bounds: TimeWindow): TimeWindow {
  const whole = bounds.to - bounds.from;
  const size = Math.min(whole, Math.max(MIN_WINDOW_MS, (window.to - window.from) / factor));
  const share = (about - window.from) / Math.max(1, window.to - window.from);
  return clamp(about - share * size, size, bounds);
}

export function panWindow(window: TimeWindow, byMs: number, bounds: TimeWindow): TimeWindow {
  return clamp(window.from + byMs, window.to - window.from, bounds);
}

function clamp(from: number, size: number, bounds: TimeWindow): TimeWindow {
  const start = Math.min(Math.max(from, bounds.from), Math.max(bounds.from, bounds.to - size));
  return { from: start, to: start + size };
}
