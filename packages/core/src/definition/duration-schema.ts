/** Durations in documents: text such as `1h30m`, read as milliseconds where a definition is compiled. */
import * as z from 'zod';
import { parseDuration } from '../time/duration.ts';

const MAX_DURATION_MS = 366 * 86_400_000;

export const duration = z
  .string()
  .refine((text) => parseDuration(text) !== undefined, {
    error: 'Not a duration: write 30s, 10m, 2h or 1h30m.',
    abort: true,
  })
  .refine((text) => parseDuration(text)! <= MAX_DURATION_MS, 'Must not be longer than a year.');

export const positiveDuration = duration.refine((text) => parseDuration(text) !== 0, 'Must be longer than 0s.');

/** Of a text that its schema has let through. */
export function durationMs(text: string | undefined, fallback: number): number {
  return text === undefined ? fallback : (parseDuration(text) ?? fallback);
}
