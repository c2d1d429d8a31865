/** Options that are a moment, or how long ago it was. */
import { parseDuration } from '@vaquita/core';
import { type Command, UsageError } from './command.ts';

/** In ISO 8601. @throws UsageError */
export function momentOf(option: string, text: string, command: Command): string {
  const ago = parseDuration(text);
  const at = ago === undefined ? Date.parse(text) : Date.now() - ago;
  if (Number.isFinite(at)) return new Date(at).toISOString();
  throw new UsageError(
    `--${option} "${text}" is neither a moment such as 2026-03-01T06:00:00Z nor a duration such as 2h.`,
    command,
  );
}
