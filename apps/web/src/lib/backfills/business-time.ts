/** Business times as text: the day, and the time of the day where it is not its begin. Formatters are kept. */
const formats = new Map<string, { readonly day: Intl.DateTimeFormat; readonly full: Intl.DateTimeFormat }>();

function formatsOf(locale: string, zone: string | undefined) {
  const key = `${locale}|${zone ?? ''}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  const day = { year: 'numeric', month: 'short', day: 'numeric', timeZone: zone } as const;
  const made = {
    day: new Intl.DateTimeFormat(locale, day),
    full: new Intl.DateTimeFormat(locale, { ...day, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
  };
  formats.set(key, made);
  return made;
}

/** `zone`: an IANA name, or undefined for that of the browser. */
export function businessTime(at: string | number, locale: string, zone: string | undefined): string {
  const { day, full } = formatsOf(locale, zone);
  const ms = typeof at === 'number' ? at : Date.parse(at);
  const clock = full.formatToParts(ms).filter(({ type }) => type === 'hour' || type === 'minute');
  return (clock.every(({ value }) => Number(value) === 0) ? day : full).format(ms);
}

export function monthName(
  at: number,
  locale: string,
  zone: string | undefined,
  style: 'month' | 'day' | 'year',
): string {
  const parts =
    style === 'year'
      ? ({ year: 'numeric' } as const)
      : style === 'month'
        ? ({ year: 'numeric', month: 'short' } as const)
        : ({ month: 'short', day: 'numeric' } as const);
  return new Intl.DateTimeFormat(locale, { ...parts, timeZone: zone }).format(at);
}
