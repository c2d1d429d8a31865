/** From a plan as it is kept to the fire times it has: what previews, forecasts, backfills and the leader all begin with. */
import { AppError } from '../errors/app-error.ts';
import type { CronExpression } from './cron.ts';
import { parseCron } from './parse-cron.ts';
import type { SchedulePlan } from './rows.ts';
import type { ScheduleTimes } from './schedule-times.ts';

/** Many schedules say the same, and each is asked at each of its fire times. */
const KEPT = 5_000;
const read = new Map<string, CronExpression>();

/** @throws AppError `bad_request` with every problem of the expression; that of a plan that was checked has none. */
export function timesOfPlan({
  times,
  timezone,
  from,
  to,
}: Pick<SchedulePlan, 'times' | 'timezone' | 'from' | 'to'>): ScheduleTimes {
  const window = { from, to };
  if (times.kind === 'interval') return { times, window };
  const { expression, dst } = times;
  return { times: { kind: 'cron', cron: readExpression(expression), timezone, dst }, window };
}

/** Null: this version cannot read it, and whoever only looks goes on with others. */
export function readableTimes(plan: Parameters<typeof timesOfPlan>[0]): ScheduleTimes | null {
  try {
    return timesOfPlan(plan);
  } catch (thrown) {
    if (thrown instanceof AppError) return null;
    throw thrown;
  }
}

function readExpression(text: string): CronExpression {
  const known = read.get(text);
  if (known !== undefined) return known;
  const reading = parseCron(text);
  if (!reading.ok) {
    const problems = reading.problems.map(({ message }) => ({ path: 'plan.times.expression', message }));
    throw new AppError('bad_request', `The cron expression "${text}" is not right.`, { problems });
  }
  if (read.size >= KEPT) read.clear();
  read.set(text, reading.cron);
  return reading.cron;
}
