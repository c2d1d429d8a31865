/** Durations as text: two units at most, so that columns stay narrow and the eye compares them quickly. */
export interface DurationUnits {
  readonly ms: string;
  readonly s: string;
  readonly m: string;
  readonly h: string;
  readonly d: string;
}

const ENGLISH: DurationUnits = { ms: 'ms', s: 's', m: 'm', h: 'h', d: 'd' };

export function formatDuration(ms: number, units: DurationUnits = ENGLISH): string {
  if (!Number.isFinite(ms) || ms < 0) return `0${units.s}`;
  if (ms < 1000) return `${Math.round(ms)}${units.ms}`;
  if (ms < 9_950) return `${(Math.floor(ms / 100) / 10).toFixed(1)}${units.s}`;
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds}${units.s}`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}${units.m} ${seconds % 60}${units.s}`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours}${units.h} ${minutes % 60}${units.m}`;
  return `${Math.floor(hours / 24)}${units.d} ${hours % 24}${units.h}`;
}

/** For a number that counts up in place: whole seconds, so that it does not flicker. */
export function formatElapsed(ms: number, units: DurationUnits = ENGLISH): string {
  const whole = Math.max(0, Math.floor(ms / 1000) * 1000);
  if (whole < 10_000) return `${whole / 1000}${units.s}`;
  return formatDuration(whole, units);
}
