/** How long runs took, as bars. Pure. */
import type { GridColumn } from './grid.ts';

/** `share` of the highest bar, 0 to 1. A square root keeps a run of hours from flattening all the others. */
export function barsOf(
  columns: readonly GridColumn[],
  now: number,
): readonly { readonly ms: number; readonly share: number }[] {
  const lengths = columns.map(({ run }) => {
    if (run.startedAt === null) return 0;
    return Math.max(0, (run.endedAt === null ? now : Date.parse(run.endedAt)) - Date.parse(run.startedAt));
  });
  const most = Math.sqrt(Math.max(1, ...lengths));
  return lengths.map((ms) => ({ ms, share: Math.round((Math.sqrt(ms) / most) * 1000) / 1000 }));
}
