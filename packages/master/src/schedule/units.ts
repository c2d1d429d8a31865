/** Which schedules are written together. */
import type { ScheduleStep } from '@vaquita/store';

export interface UnitLimits {
  readonly steps: number;
  /** A unit with more has one step only: others wait for the database while it is written. */
  readonly rows: number;
}

/** In their order, each once. */
export function unitsOf(steps: readonly ScheduleStep[], limits: UnitLimits): readonly (readonly ScheduleStep[])[] {
  const units: ScheduleStep[][] = [];
  let rows = Number.POSITIVE_INFINITY;
  for (const step of steps) {
    const more = rowsOf(step);
    const last = units.at(-1);
    if (last === undefined || last.length >= limits.steps || rows + more > limits.rows) {
      units.push([step]);
      rows = more;
    } else {
      last.push(step);
      rows += more;
    }
  }
  return units;
}

/** A run is its row, its command and its event. */
function rowsOf({ fires, dequeued, runs, stops }: ScheduleStep): number {
  return 1 + fires.length + dequeued.length + 3 * runs.length + stops.length;
}
