/** How long ago something was, in the reader's language, and absolute times in the chosen zone. Formatters are kept. */
const relative = new Map<string, Intl.RelativeTimeFormat>();
const absolute = new Map<string, Intl.DateTimeFormat>();

function relativeFormat(locale: string): Intl.RelativeTimeFormat {
  const known = relative.get(locale);
  if (known !== undefined) return known;
  const made = new Intl.RelativeTimeFormat(locale, { style: 'short', numeric: 'always' });
  relative.set(locale, made);
  return made;
}

/** Text that stays true for at least a second: below five seconds it is "now". */
export function formatRelative(at: number, now: number, locale: string, nowWord: string): string {
  const seconds = Math.round((at - now) / 1000);
  const size = Math.abs(seconds);
  if (size < 5) return nowWord;
  const format = relativeFormat(locale);
  if (size < 60) return format.format(seconds, 'second');
  if (size < 3600) return format.format(Math.trunc(seconds / 60), 'minute');
  if (size < 86_400) return format.format(Math.trunc(seconds / 3600), 'hour');
  if (size < 86_400 * 30) return format.format(Math.trunc(seconds / 86_400), 'day');
  if (size < 86_400 * 365) return format.format(Math.trunc(seconds / (86_400 * 30)), 'month');
  return format.format(Math.trunc(seconds / (86_400 * 365)), 'year');
}

export type TimeStyle = 'full' | 'moment' | 'time' | 'day';

const STYLES: Readonly<Record<TimeStyle, Intl.DateTimeFormatOptions>> = {
  full: {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  },
  moment: {
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  },
  time: { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
  day: { year: 'numeric', month: 'short', day: 'numeric' },
};

/** `zone` is an IANA name, or undefined for the browser's own. */
export function formatAbsolute(
  at: number,
  locale: string,
  zone: string | undefined,
  style: TimeStyle = 'full',
): string {
  const key = `${locale}|${zone ?? ''}|${style}`;
  let format = absolute.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat(locale, { ...STYLES[style], ...(zone === undefined ? {} : { timeZone: zone }) });
    absolute.set(key, format);
  }
  return format.format(at);
}
