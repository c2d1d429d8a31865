/** Formats a wall time by a date pattern (`yyyy-MM-dd HH:mm:ss`). Letters outside the table are refused, not guessed. */
import { wallOf } from './wall-time.ts';

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

type Format = (date: Date, width: number, offsetMs: number) => string | undefined;

const pad = (value: number, width: number): string => String(value).padStart(width, '0');
const named = (name: string, width: number): string => (width > 3 ? name : name.slice(0, 3));
const year: Format = (date, width) => {
  const value = date.getUTCFullYear();
  return width === 2 ? pad(value % 100, 2) : pad(value, width);
};

const LETTERS: Readonly<Record<string, Format>> = {
  y: year,
  u: year,
  M: (date, width) => (width > 2 ? named(MONTHS[date.getUTCMonth()]!, width) : pad(date.getUTCMonth() + 1, width)),
  d: (date, width) => (width > 2 ? undefined : pad(date.getUTCDate(), width)),
  D: (date, width) => pad(Math.floor((date.getTime() - wallOf(date.getUTCFullYear(), 1, 1)) / 86_400_000) + 1, width),
  E: (date, width) => named(WEEKDAYS[date.getUTCDay()]!, width),
  H: (date, width) => pad(date.getUTCHours(), width),
  h: (date, width) => pad(date.getUTCHours() % 12 || 12, width),
  a: (date) => (date.getUTCHours() < 12 ? 'AM' : 'PM'),
  m: (date, width) => pad(date.getUTCMinutes(), width),
  s: (date, width) => pad(date.getUTCSeconds(), width),
  S: (date, width) => pad(date.getUTCMilliseconds(), 3).padEnd(width, '0').slice(0, width),
  X: (_date, width, offsetMs) => (offsetMs === 0 ? 'Z' : offset(offsetMs, width > 2 ? ':' : '')),
  Z: (_date, _width, offsetMs) => offset(offsetMs, ''),
};

function offset(offsetMs: number, separator: string): string {
  const minutes = Math.round(Math.abs(offsetMs) / 60_000);
  return `${offsetMs < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60), 2)}${separator}${pad(minutes % 60, 2)}`;
}

/** A run of one letter, a quoted text (`''` is a quote), or anything else. */
const PIECE = /([A-Za-z])\1*|'((?:[^']|'')*)'|[^A-Za-z']+/g;

export type Formatted = { readonly text: string } | { readonly refused: string };

export function formatWall(wall: number, pattern: string, offsetMs: number): Formatted {
  const date = new Date(wall);
  let text = '';
  let end = 0;
  for (const piece of pattern.matchAll(PIECE)) {
    if (piece.index !== end) break;
    end += piece[0].length;
    if (piece[1] !== undefined) {
      const formatted = LETTERS[piece[1]]?.(date, piece[0].length, offsetMs);
      if (formatted === undefined) return { refused: `"${piece[0]}" is not part of a date pattern` };
      text += formatted;
    } else text += piece[2] === undefined ? piece[0] : piece[2].replaceAll("''", "'") || "'";
  }
  return end === pattern.length ? { text } : { refused: 'a quote is not closed' };
}

/** Cuts a wall time to what the pattern shows: without hours it is midnight. Undefined when the pattern shows no year. */
export function truncateToPattern(wall: number, pattern: string): number | undefined {
  const letters = pattern.replace(/'[^']*'/g, '');
  if (!/[yu]/.test(letters)) return undefined;
  const date = new Date(wall);
  const month = /[MD]/.test(letters) ? date.getUTCMonth() + 1 : 1;
  const day = /[dD]/.test(letters) ? date.getUTCDate() : 1;
  const hours = /[Hh]/.test(letters) ? date.getUTCHours() : 0;
  const minutes = letters.includes('m') ? date.getUTCMinutes() : 0;
  const seconds = letters.includes('s') ? date.getUTCSeconds() : 0;
  return wallOf(date.getUTCFullYear(), month, day) + ((hours * 60 + minutes) * 60 + seconds) * 1_000;
}
