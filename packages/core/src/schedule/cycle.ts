/**
 * In which unit of time an expression repeats, by the rules of the reference (`CycleFactory`): a field of plain values repeats with the
 * unit above, one written with a step or left open with its own.
 */
import type { CronExpression, CronField } from './cron.ts';

/** From the shortest to the longest. */
export const CRON_CYCLES = ['minute', 'hour', 'day', 'week', 'month', 'year'] as const;
export type CronCycle = (typeof CRON_CYCLES)[number];

/** The longest unit that the expression depends on: from the month down, the first field that says something. */
export function longestCycle({ fields }: CronExpression): CronCycle {
  if (!fields.month.any) return fields.month.stepped ? 'month' : 'year';
  if (!fields.dayOfMonth.any) return fields.dayOfMonth.stepped ? 'day' : 'month';
  if (!fields.dayOfWeek.any) return fields.dayOfWeek.special.length > 0 ? 'month' : 'week';
  if (!fields.hour.any) return fields.hour.stepped ? 'hour' : 'day';
  return moves(fields.minute) ? 'minute' : 'hour';
}

/** The shortest unit in which it moves on: from the minute up, the first field with more than fixed values. */
export function shortestCycle({ fields }: CronExpression): CronCycle {
  if (moves(fields.minute)) return 'minute';
  if (moves(fields.hour)) return 'hour';
  if (!fields.dayOfWeek.any) return fields.dayOfWeek.special.length > 0 ? 'month' : 'week';
  if (moves(fields.dayOfMonth)) return 'day';
  return moves(fields.month) ? 'month' : 'year';
}

function moves(field: CronField): boolean {
  return field.any || field.stepped;
}
