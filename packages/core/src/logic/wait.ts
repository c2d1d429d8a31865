/** Until when, or for which signal, a wait task waits. */
import { isTimezone, toInstant, wallOf } from '../params/wall-time.ts';
import type { WaitConfig } from './configs.ts';

export interface WaitMoment {
  /** Epoch ms. */
  readonly now: number;
  /** IANA zone of the run, for moments without an offset. */
  readonly timezone: string;
  /** `config.until` with its placeholders resolved. */
  readonly until: string | null;
}

export type WaitTarget =
  | { readonly until: number | null; readonly signal: string | null }
  | { readonly problem: string };

/** A moment that has passed is none the less a target: the wait is then over at once. */
export function waitTarget(config: WaitConfig, at: WaitMoment): WaitTarget {
  const { signal } = config;
  if (config.forMs !== null) return { until: at.now + config.forMs, signal };
  if (config.until === null) {
    if (signal === null) return { problem: 'The task says neither how long to wait nor for which signal.' };
    return { until: null, signal };
  }
  const text = (at.until ?? config.until).trim();
  const until = parseMoment(text, at.timezone);
  if (until !== undefined) return { until, signal };
  const shown = JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
  return { problem: `${shown} is not a moment to wait for: give one such as 2026-01-31 23:59:59 or ${EXAMPLE}.` };
}

const EXAMPLE = '2026-01-31T23:59:59+01:00';
const MOMENT =
  /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?: ?(Z|[+-]\d{2}:?\d{2}))?)?$/;

/** ISO 8601 with an offset, or a date with or without a time of day in `timezone`. Undefined for anything else. */
function parseMoment(text: string, timezone: string): number | undefined {
  const match = MOMENT.exec(text);
  if (match === null) return undefined;
  const [year, month, day] = match.slice(1, 4).map(Number) as [number, number, number];
  const [hour, minute, second] = match.slice(4, 7).map((field) => Number(field ?? 0)) as [number, number, number];
  const midnight = wallOf(year, month, day);
  if (hour > 23 || minute > 59 || second > 59 || new Date(midnight).getUTCDate() !== day || month < 1 || month > 12)
    return undefined;
  const fraction = Math.trunc(Number(`0.${match[7] ?? '0'}`) * 1_000);
  const wall = midnight + ((hour * 60 + minute) * 60 + second) * 1_000 + fraction;
  const offset = match[8];
  if (offset !== undefined) {
    const ms = offsetMs(offset);
    return ms === undefined ? undefined : wall - ms;
  }
  return isTimezone(timezone) ? toInstant(wall, timezone) : undefined;
}

function offsetMs(offset: string): number | undefined {
  if (offset === 'Z') return 0;
  const [hours, minutes] = [Number(offset.slice(1, 3)), Number(offset.slice(-2))];
  if (hours > 23 || minutes > 59) return undefined;
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}
