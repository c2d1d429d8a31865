/** Reads what Quartz added to the two day fields: `L`, `L-3`, `LW`, `15W`, `6L`, `6#3`. Upper case is expected. */
import type { SpecialDay } from './cron.ts';
import { type FieldRange, weekdayFromField } from './cron-fields.ts';
import type { Refuse } from './parse-field.ts';

/** Undefined when it is nothing special, null after it was refused. */
export function parseSpecialDay(range: FieldRange, text: string, refuse: Refuse): SpecialDay | undefined | null {
  if (range.name === 'dayOfMonth') return specialDate(text, refuse);
  if (range.name === 'dayOfWeek') return specialWeekday(range, text, refuse);
  if (/^(L|LW|\d+[LW]|L-\d+)$/.test(text)) {
    return refuse(`"${text}" is for days. The field of the ${range.label} takes values, ranges and steps.`);
  }
  return undefined;
}

function specialDate(text: string, refuse: Refuse): SpecialDay | undefined | null {
  const last = /^L(?:-(\d+))?(W?)$/.exec(text);
  if (last !== null) {
    const before = Number(last[1] ?? 0);
    if (before > 30) return refuse(`No month has a day ${before} days before its last. The longest way is L-30.`);
    return { kind: last[2] === 'W' ? 'lastWorkday' : 'last', before };
  }
  const near = /^(\d+)W$/.exec(text);
  if (near !== null) {
    const day = Number(near[1]);
    if (day < 1 || day > 31) return refuse(`${day} is no day of a month: before W stands a number from 1 to 31.`);
    return { kind: 'workday', day };
  }
  if (text === 'WL') return refuse('Write LW for the last weekday of the month.');
  if (text.endsWith('W'))
    return refuse('"W" follows one day, as in 15W: the weekday nearest the 15th. LW is the last one.');
  if (text.includes('#')) return refuse('"#" is of the day of week, as in FRI#3 for the third Friday.');
  if (/^\d+L$/.test(text)) return refuse(`Write L-${text.slice(0, -1)} for days before the last, or L for the last.`);
  return undefined;
}

function specialWeekday(range: FieldRange, text: string, refuse: Refuse): SpecialDay | undefined | null {
  if (text === 'L') {
    // Quartz takes it for Saturday, its last number; who writes it mostly means the last day of the month.
    return refuse('"L" needs its weekday here, as in FRIL for the last Friday of the month. For Saturday write SAT.');
  }
  const last = /^(\w+)L$/.exec(text);
  if (last !== null && !range.names.includes(text)) {
    const weekday = weekdayOfText(range, last[1]!);
    if (weekday !== undefined) return { kind: 'lastWeekday', weekday };
    return refuse(`"${last[1]}" is no weekday. The last Friday of the month is FRIL.`);
  }
  const nth = /^(\w+)#(\w*)$/.exec(text);
  if (nth !== null) {
    const weekday = weekdayOfText(range, nth[1]!);
    if (weekday === undefined) return refuse(`"${nth[1]}" is no weekday. The third Friday of the month is FRI#3.`);
    if (!/^[1-5]$/.test(nth[2]!)) return refuse(`A month has a weekday one to five times: after "#" stands 1 to 5.`);
    return { kind: 'nthWeekday', weekday, nth: Number(nth[2]) };
  }
  if (text.includes('W') && /^\d*W$/.test(text)) return refuse('"W" is of the day of month, as in 15W.');
  return undefined;
}

function weekdayOfText(range: FieldRange, text: string): number | undefined {
  const index = range.names.indexOf(text);
  if (index !== -1) return index;
  const value = /^\d$/.test(text) ? Number(text) : -1;
  return value >= range.min && value <= range.max ? weekdayFromField(value, range) : undefined;
}
