/** How the command line writes things: tables, moments, durations, problems. */
import { ApiError } from '@vaquita/client';
import { AppError } from '@vaquita/core';

/** Columns as wide as their widest cell, two spaces apart, no spaces at the end of a line. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  return [header, ...rows].map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
}

/** `800ms`, `12.4s`, `3m05s`, `2h07m`: for reading, not for parsing. */
export function elapsed(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))}ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)}s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m${pad(seconds % 60)}s`;
  return `${Math.floor(seconds / 3600)}h${pad(Math.floor(seconds / 60) % 60)}m`;
}

/** The time between two ISO moments, or null while one of them is missing. */
export function between(from: string | null, to: string | null): string | null {
  return from === null || to === null ? null : elapsed(Date.parse(to) - Date.parse(from));
}

/** The time of day in UTC, as the API and the logs have it. */
export function timeOfDay(iso: string): string {
  return iso.slice(11, 19);
}

function pad(number: number): string {
  return String(number).padStart(2, '0');
}

/** An error as lines for a person: what is wrong, each wrong place, and the id to look for in the server's log. */
export function errorLines(thrown: unknown): readonly string[] {
  if (thrown instanceof ApiError) {
    const id = thrown.status >= 500 && thrown.requestId ? [`  request id ${thrown.requestId}`] : [];
    return [`error: ${thrown.detail}`, ...problemLines(thrown.errors), ...id, ...unreachableLines(thrown)];
  }
  // A bad_settings message already lists its problems.
  if (thrown instanceof AppError) {
    return [`error: ${thrown.message}`, ...(thrown.code === 'bad_settings' ? [] : problemLines(thrown.problems))];
  }
  return [`error: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`];
}

function unreachableLines({ code }: ApiError): readonly string[] {
  if (code !== 'unreachable') return [];
  return [
    'Is the server running ("vaquita start")? If it is elsewhere, say where with --server or VAQUITA_SERVER_URL.',
  ];
}

function problemLines(problems: readonly { readonly path: string; readonly message: string }[]): readonly string[] {
  return problems.map(({ path, message }) => `  ${path}: ${message}`);
}
