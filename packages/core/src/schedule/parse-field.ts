/** Reads one field of a cron expression: lists of values, ranges and steps, and what is special to days. */
import { closestName } from '../errors/did-you-mean.ts';
import type { CronField, CronProblem, SpecialDay } from './cron.ts';
import { type FieldRange, weekdayFromField } from './cron-fields.ts';
import { parseSpecialDay } from './parse-special-day.ts';

export interface FieldText {
  readonly text: string;
  /** The place in the whole expression. */
  readonly at: number;
}

export interface ReadField {
  readonly field: CronField;
  readonly problems: readonly CronProblem[];
}

/** What one item of a list says; null after a problem was told. */
interface Item {
  readonly values: readonly number[];
  readonly any?: boolean;
  readonly stepped?: boolean;
  readonly special?: SpecialDay;
}

/** Tells what is wrong with the item that is being read. */
export type Refuse = (message: string) => null;

export function parseField(range: FieldRange, { text, at }: FieldText): ReadField {
  const problems: CronProblem[] = [];
  const items: Item[] = [];
  let place = at;
  for (const part of text.split(',')) {
    const start = place;
    place += part.length + 1;
    const refuse: Refuse = (message) => {
      problems.push({ field: range.name, at: start, text: part, message });
      return null;
    };
    const item = parseItem(range, part, refuse);
    if (item !== null) items.push(item);
    if (item?.any === true && text.includes(','))
      refuse(`"${part}" stands alone or not at all: it already means every ${range.label}.`);
  }
  const any = items.some((item) => item.any === true);
  const values = new Set(any && range.name === 'year' ? [] : items.flatMap((item) => item.values));
  return {
    field: {
      text: text.toUpperCase(),
      any,
      stepped: items.some((item) => item.stepped === true),
      values: [...values].sort((a, b) => a - b),
      special: items.flatMap((item) => item.special ?? []),
    },
    problems,
  };
}

const STEP = /^([^/]*)\/([^/]*)$/;
const RANGE = /^([^-]+)-([^-]+)$/;

function parseItem(range: FieldRange, part: string, refuse: Refuse): Item | null {
  const text = part.toUpperCase();
  if (text === '') return refuse(`There is nothing between two commas or at an end. Write ${someOf(range)}.`);
  if (text === '*') return { values: allOf(range), any: true };
  if (text === '?') {
    if (range.name === 'dayOfMonth' || range.name === 'dayOfWeek') return { values: allOf(range), any: true };
    return refuse(`"?" stands only for a day of month or a day of week. Write * for every ${range.label}.`);
  }
  const special = parseSpecialDay(range, text, refuse);
  if (special === null) return null;
  if (special !== undefined) return { values: [], special };
  const step = STEP.exec(text);
  if (step !== null) return parseStep(range, [step[1]!, step[2]!], refuse);
  const bounds = parseBounds(range, text, refuse);
  return bounds === null ? null : { values: spread(range, bounds, 1) };
}

interface Bounds {
  readonly from: number;
  readonly to: number;
}

function parseBounds(range: FieldRange, text: string, refuse: Refuse): Bounds | null {
  const pair = RANGE.exec(text);
  const from = parseValue(range, pair?.[1] ?? text, refuse);
  const to = pair === null ? from : parseValue(range, pair[2]!, refuse);
  if (from === null || to === null) return null;
  if (from > to && !range.wraps) return refuse(`The range ends before it begins. Write ${to}-${from}.`);
  return { from, to };
}

function parseStep(range: FieldRange, [base, stepText]: readonly [string, string], refuse: Refuse): Item | null {
  const step = /^\d{1,4}$/.test(stepText) ? Number(stepText) : null;
  if (step === null) return refuse(`"${stepText}" is no step: after "/" stands a whole number, as in */5.`);
  if (step === 0) return refuse('A step of 0 never moves on. The smallest step is 1.');
  if (step > range.max) return refuse(tooFar(range, step));
  if (base === '') return refuse(`Nothing stands before "/". Write */${step}.`);
  if (base === '*') return { values: spread(range, { from: range.min, to: range.last }, step), stepped: true };
  const bounds = parseBounds(range, base, refuse);
  if (bounds === null) return null;
  const open = RANGE.exec(base) === null;
  // 7 as the begin of an open step is Sunday, where the week begins.
  const from = open && bounds.from > range.last ? range.min : bounds.from;
  return { values: spread(range, open ? { from, to: range.last } : bounds, step), stepped: true };
}

function tooFar(range: FieldRange, step: number): string {
  const longest = `Steps of this field go up to ${range.max}: each ${above(range)} begins anew.`;
  if (range.name === 'year' || range.name === 'month' || range.name.startsWith('day')) return longest;
  const unit = range.name === 'second' ? 's' : range.name === 'minute' ? 'm' : 'h';
  return `${longest} For every ${step}${unit} use a fixed interval instead of cron.`;
}

function above(range: FieldRange): string {
  switch (range.name) {
    case 'second':
      return 'minute';
    case 'minute':
      return 'hour';
    case 'hour':
      return 'day';
    case 'dayOfMonth':
      return 'month';
    case 'dayOfWeek':
      return 'week';
    case 'month':
    case 'year':
      return 'year';
  }
}

/** A number or a name. */
function parseValue(range: FieldRange, text: string, refuse: Refuse): number | null {
  if (/^\d{1,4}$/.test(text)) {
    const value = Number(text);
    return value >= range.min && value <= range.max ? value : refuse(outOfRange(range, value));
  }
  const index = range.names.indexOf(text);
  if (index !== -1) return index + range.firstName;
  if (/^H(\(|$)/.test(text)) return refuse('"H" is of Jenkins. Write a value, and spread schedules by jitter.');
  if (range.names.length > 0) {
    const near = range.names.find((name) => text.startsWith(name)) ?? closestName(text, range.names);
    const meant = near === undefined ? '' : ` Did you mean ${near}?`;
    return refuse(`"${text}" is no ${range.label}: write ${someOf(range)}.${meant}`);
  }
  return refuse(`"${text}" is no ${range.label}: write ${someOf(range)}.`);
}

function outOfRange(range: FieldRange, value: number): string {
  const limits = `${value} is no ${range.label}: it goes from ${range.min} to ${range.max}.`;
  if (range.name === 'hour' && value === 24) return `${limits} Midnight is 0.`;
  if ((range.name === 'minute' || range.name === 'second') && value === 60)
    return `${limits} The full ${above(range)} is 0.`;
  if (range.name !== 'dayOfWeek') return limits;
  return range.firstName === 1
    ? `${limits} With six or seven fields 1 is Sunday, as Quartz has it; names such as MON are never mistaken.`
    : `${limits} With five fields 0 and 7 are Sunday.`;
}

function someOf(range: FieldRange): string {
  const named = range.names.length > 0 ? ` or ${range.names[0]} to ${range.names.at(-1)}` : '';
  return `${range.min} to ${range.max}${named}`;
}

function allOf(range: FieldRange): readonly number[] {
  return spread(range, { from: range.min, to: range.last }, 1);
}

/** The values of a range in steps; a range that ends before it begins goes on after the largest value. */
function spread(range: FieldRange, { from, to }: Bounds, step: number): readonly number[] {
  const size = range.last - range.min + 1;
  const end = from <= to ? to : to + size;
  const values: number[] = [];
  for (let value = from; value <= end; value += step) {
    const folded = value > range.max ? value - size : value;
    values.push(range.name === 'dayOfWeek' ? weekdayFromField(folded, range) : folded);
  }
  return values;
}
