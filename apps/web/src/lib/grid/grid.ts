/** Recent runs by tasks as they are drawn: rows and columns, what a filter leaves of them, and walking by keyboard. Pure. */
import type { GridRun, GridView } from '@vaquita/client';

export type GridTask = GridView['tasks'][number];

export interface GridCell {
  readonly state: string;
  /** 0: nothing has been done for the task. */
  readonly attempt: number;
  /** Null: it has not ended, or never began. */
  readonly durationMs: number | null;
}

export interface GridColumn {
  readonly run: GridRun;
  /** By row; null: nothing was or is done for the task. */
  readonly cells: readonly (GridCell | null)[];
}

export interface Grid {
  readonly rows: readonly GridTask[];
  /** Oldest first. */
  readonly columns: readonly GridColumn[];
}

/**
 * One grid from an answer and later answers for single runs, which win. Runs that it did not have come at the end and rows
 * that it did not have at the bottom, so that nothing moves that somebody looks at.
 */
export function gridOf(base: GridView, later: readonly GridView[]): Grid {
  const rows = [...base.tasks];
  const known = new Set(rows.map(({ name }) => name));
  for (const { tasks } of later) {
    for (const task of tasks) {
      if (known.has(task.name)) continue;
      known.add(task.name);
      rows.push(task);
    }
  }
  const columns = new Map<string, GridColumn>();
  for (const view of [base, ...later]) {
    const places = new Map(view.tasks.map(({ name }, index) => [name, index]));
    for (const run of view.runs)
      columns.set(run.id, { run, cells: rows.map(({ name }) => cellOf(run, places.get(name))) });
  }
  // Ids begin with the time at which they were made.
  return { rows, columns: [...columns.values()].sort((a, b) => (a.run.id < b.run.id ? -1 : 1)) };
}

function cellOf(run: GridRun, at: number | undefined): GridCell | null {
  const state = at === undefined ? null : run.states[at];
  if (at === undefined || state === null || state === undefined) return null;
  return { state, attempt: run.attempts[at] ?? 0, durationMs: run.durationsMs[at] ?? null };
}

export interface Narrowing {
  /** Only tasks that have failed, or waited for what has, in one of the runs. */
  readonly failed: boolean;
  /** A part of the name, in any case. */
  readonly text: string;
}

const FAILED = new Set(['failure', 'killed', 'blocked', 'need_fault_tolerance']);

export function narrow({ rows, columns }: Grid, { failed, text }: Narrowing): Grid {
  const part = text.trim().toLowerCase();
  const kept = [...rows.keys()].filter(
    (row) =>
      rows[row]!.name.toLowerCase().includes(part) &&
      (!failed || columns.some(({ cells }) => FAILED.has(cells[row]?.state ?? ''))),
  );
  return {
    rows: kept.map((row) => rows[row]!),
    columns: columns.map(({ run, cells }) => ({ run, cells: kept.map((row) => cells[row]!) })),
  };
}

/** A place in the grid; row -1 is the head, where the runs themselves are. */
export interface Place {
  readonly row: number;
  readonly column: number;
}

/** Where a key leads, or undefined when it is none of the grid's. @param page how many rows are in view */
export function walk(
  { row, column }: Place,
  key: string,
  size: { readonly rows: number; readonly columns: number; readonly page: number; readonly far: boolean },
): Place | undefined {
  const at = (toRow: number, toColumn: number): Place => ({
    row: Math.max(-1, Math.min(size.rows - 1, toRow)),
    column: Math.max(0, Math.min(size.columns - 1, toColumn)),
  });
  switch (key) {
    case 'ArrowLeft':
      return at(row, column - 1);
    case 'ArrowRight':
      return at(row, column + 1);
    case 'ArrowUp':
      return at(row - 1, column);
    case 'ArrowDown':
      return at(row + 1, column);
    case 'PageUp':
      return at(Math.max(0, row - size.page), column);
    case 'PageDown':
      return at(row + size.page, column);
    case 'Home':
      return at(size.far ? 0 : row, 0);
    case 'End':
      return at(size.far ? size.rows - 1 : row, size.columns - 1);
    default:
      return undefined;
  }
}

/** Which of so many places of one size are in view, with some around them; and always the one that has the focus. */
export function inView(
  view: { readonly from: number; readonly length: number; readonly size: number },
  count: number,
  focused: number,
): readonly number[] {
  const first = Math.max(0, Math.floor(view.from / view.size) - 2);
  const last = Math.min(count, Math.ceil((view.from + view.length) / view.size) + 2);
  const shown = Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i);
  if (focused < 0 || focused >= count || (focused >= first && focused < last)) return shown;
  return focused < first ? [focused, ...shown] : [...shown, focused];
}
