/** Which columns a list of runs has. State and name are always there; the others are a choice that this browser keeps. */
export const COLUMNS = ['created', 'started', 'ended', 'duration', 'business', 'version', 'priority', 'by'] as const;
export type RunColumn = (typeof COLUMNS)[number];
export const USUAL_COLUMNS: readonly RunColumn[] = ['created', 'duration', 'by'];

const KEY = 'vaquita.runs.columns';

export function readColumns(storage: () => Pick<Storage, 'getItem'>): readonly RunColumn[] {
  try {
    const text = storage().getItem(KEY);
    if (text === null) return USUAL_COLUMNS;
    const words = text.split(',');
    return COLUMNS.filter((column) => words.includes(column));
  } catch {
    return USUAL_COLUMNS;
  }
}

/** Storage may be full or forbidden: the choice then lasts as long as the page. */
export function keepColumns(storage: () => Pick<Storage, 'setItem'>, columns: readonly RunColumn[]): void {
  try {
    storage().setItem(KEY, columns.join(','));
  } catch {
    return;
  }
}
