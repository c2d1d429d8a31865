/** Rows as a file: CSV for tables, JSON for programs. Pure but for `saveFile`. */
import type { InstanceView } from '@vaquita/client';

type Cell = string | number | boolean | null | undefined;

/** RFC 4180. A cell that a spreadsheet would take for a formula is led by an apostrophe. */
export function toCsv(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cell = (value: Cell): string => {
    const text = value === null || value === undefined ? '' : String(value);
    const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return [head, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

const RUN_HEAD = [
  ...['id', 'project', 'workflow', 'number', 'state', 'version', 'businessTime', 'createdAt', 'startedAt', 'endedAt'],
  ...['createdBy', 'originKind', 'originId', 'priority', 'dryRun', 'setAside'],
];

/** The words of the API, so that programs of any language read it. */
export function runsToCsv(runs: readonly InstanceView[]): string {
  return toCsv(
    RUN_HEAD,
    runs.map((run) => [
      ...[run.id, run.projectName, run.workflowName, run.number, run.state, run.version, run.businessTime],
      ...[run.createdAt, run.startedAt, run.endedAt, run.createdBy, run.origin?.kind, run.origin?.id],
      ...[run.priority, run.dryRun, run.quarantine !== null],
    ]),
  );
}

export function saveFile(name: string, type: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  // The browser reads it after this turn.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
