/** Checks that a text is a value of a parameter type. Values stay text everywhere; this is the one place that looks inside. */
import type { ParamType } from '../definition/definition.ts';

interface TypeRule {
  readonly test: (text: string) => boolean;
  readonly wanted: string;
}

const RULES: Readonly<Record<ParamType, TypeRule>> = {
  string: { test: () => true, wanted: 'text' },
  integer: { test: (text) => /^[+-]?\d+$/.test(text), wanted: 'a whole number such as 42' },
  float: {
    test: (text) => /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(text) && Number.isFinite(Number(text)),
    wanted: 'a number such as 1.5',
  },
  boolean: { test: (text) => text === 'true' || text === 'false', wanted: 'true or false' },
  date: { test: isDate, wanted: 'a date such as 2026-01-31' },
  time: { test: isTime, wanted: 'a time such as 23:59:59' },
  timestamp: { test: isTimestamp, wanted: 'a date and time such as 2026-01-31 23:59:59 or 2026-01-31T23:59:59Z' },
  list: { test: (text) => Array.isArray(parseJson(text)), wanted: 'a JSON list such as ["a","b"]' },
  json: { test: (text) => parseJson(text) !== undefined, wanted: 'JSON such as {"a":1}' },
  file: { test: (text) => text !== '' && !text.includes('\0'), wanted: 'the path of a file' },
};

/** What is wrong with `text` as a value of `type`, or undefined when nothing is. */
export function checkValue(type: ParamType, text: string): string | undefined {
  const rule = RULES[type];
  if (rule.test(text)) return undefined;
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return `${JSON.stringify(shown)} is not of type ${type}: give ${rule.wanted}.`;
}

/** True when a text holds something that is only known at run time, so that its type cannot be checked yet. */
export function isTemplate(text: string): boolean {
  return /\$\{|\$\[/.test(text);
}

function isDate(text: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (match === null) return false;
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number];
  const date = new Date(Date.UTC(2000, 0, 1));
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

function isTime(text: string): boolean {
  return /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?$/.test(text);
}

function isTimestamp(text: string): boolean {
  const match = /^(\d{4}-\d{2}-\d{2})[ T](.+?)(Z|[+-]\d{2}:?\d{2})?$/.exec(text);
  return match !== null && isDate(match[1]!) && isTime(match[2]!);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
