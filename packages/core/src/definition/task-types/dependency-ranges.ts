/** The ranges of past runs that a dependency can ask about, by cycle. Names as users of Apache DolphinScheduler 3.2 know them. */
import { DEPENDENCY_CYCLES, type DependencyCycle } from '../../logic/configs.ts';

export const DEPENDENCY_RANGES: Readonly<Record<DependencyCycle, readonly string[]>> = {
  hour: ['currentHour', 'last1Hour', 'last2Hours', 'last3Hours', 'last24Hours'],
  day: ['today', 'last1Days', 'last2Days', 'last3Days', 'last7Days'],
  week: [
    'thisWeek',
    'lastWeek',
    'lastMonday',
    'lastTuesday',
    'lastWednesday',
    'lastThursday',
    'lastFriday',
    'lastSaturday',
    'lastSunday',
  ],
  month: ['thisMonth', 'thisMonthBegin', 'thisMonthEnd', 'lastMonth', 'lastMonthBegin', 'lastMonthEnd'],
};

export const ALL_DEPENDENCY_RANGES: readonly string[] = DEPENDENCY_CYCLES.flatMap((cycle) => DEPENDENCY_RANGES[cycle]);

/** No two cycles share the name of a range. */
export function cycleOfRange(range: string): DependencyCycle | undefined {
  return DEPENDENCY_CYCLES.find((cycle) => DEPENDENCY_RANGES[cycle].includes(range));
}
