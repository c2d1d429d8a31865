/** Times as clocks of a zone show them, for schedules: there a time without its zone means nothing. Formatters are kept. Pure. */
const parts = new Map<string, Intl.DateTimeFormat>();
const texts = new Map<string, Intl.DateTimeFormat>();

function kept(
  cache: Map<string, Intl.DateTimeFormat>,
  key: string,
  make: () => Intl.DateTimeFormat,
): Intl.DateTimeFormat {
  let format = cache.get(key);
  if (format === undefined) {
    format = make();
    cache.set(key, format);
  }
  return format;
}

/** Whether the runtime knows the zone. */
export function isZone(zone: string): boolean {
  try {
    wallAt(0, zone);
    return true;
  } catch {
    return false;
  }
}

/** What clocks of the zone show, as `2026-03-29T02:30:00`. @param at epoch ms */
export function wallAt(at: number, zone: string): string {
  const format = kept(
    parts,
    zone,
    () =>
      new Intl.DateTimeFormat('en-US', {
        timeZone: zone,
        year: 'numeric',
        month: '2-digit',
        day: '2-digit',
        hour: '2-digit',
        minute: '2-digit',
        second: '2-digit',
        hourCycle: 'h23',
      }),
  );
  const of = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return `${of.year?.padStart(4, '0')}-${of.month}-${of.day}T${of.hour}:${of.minute}:${of.second}`;
}

/**
 * The moment at which clocks of the zone show this; the earlier of two. Where they jump over it, as much later as they jump.
 * Undefined for what is no time.
 * @param wall `2026-03-29T02:30`, with or without seconds
 */
export function instantOf(wall: string, zone: string): number | undefined {
  const shown = Date.parse(`${wall}Z`);
  if (Number.isNaN(shown)) return undefined;
  const offsetAt = (at: number) => Date.parse(`${wallAt(at, zone)}Z`) - at;
  // The offsets on both sides of a change of clocks; elsewhere they are the same.
  const before = offsetAt(shown - 86_400_000);
  const after = offsetAt(shown + 86_400_000);
  for (const offset of [before, after]) {
    if (offsetAt(shown - offset) === offset) return shown - offset;
  }
  return shown - before;
}

/** "Sun, 29 Mar 2026, 02:30 GMT+1". Seconds only where there are any. @param at epoch ms */
export function formatFire(at: number, locale: string, zone: string): string {
  const seconds = at % 60_000 !== 0;
  const format = kept(
    texts,
    `${locale}|${zone}|${seconds}`,
    () =>
      new Intl.DateTimeFormat(locale, {
        timeZone: zone,
        weekday: 'short',
        year: 'numeric',
        month: 'short',
        day: 'numeric',
        hour: '2-digit',
        minute: '2-digit',
        ...(seconds ? { second: '2-digit' } : {}),
        hourCycle: 'h23',
        timeZoneName: 'short',
      }),
  );
  return format.format(at);
}

/** Every zone the runtime knows, UTC first. */
export function allZones(): readonly string[] {
  return ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];
}

export const browserZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;
