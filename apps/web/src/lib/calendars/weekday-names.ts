/** What the days of the week are called: the first is Sunday. */
export function weekdayNames(locale: string, weekday: 'short' | 'long'): readonly string[] {
  const format = new Intl.DateTimeFormat(locale, { weekday, timeZone: 'UTC' });
  // 4 January 1970 was a Sunday.
  return Array.from({ length: 7 }, (_, day) => format.format(Date.UTC(1970, 0, 4 + day)));
}

/** In the order of a week that begins on Monday. */
export const WEEK = [1, 2, 3, 4, 5, 6, 0] as const;
