/** Whether a plan can be kept as somebody wants it. */
import type { Problem } from '../errors/app-error.ts';
import { didYouMean } from '../errors/did-you-mean.ts';
import { isTimezone } from '../params/wall-time.ts';
import { formatDuration } from '../time/duration.ts';
import type { CronProblem } from './cron.ts';
import { parseCron } from './parse-cron.ts';
import { timesOfPlan } from './plan-times.ts';
import type { SchedulePlan } from './rows.ts';
import { nextFire, type ScheduleTimes } from './schedule-times.ts';

export interface PlanProblem extends Problem {
  /** Of the expression: in which field, and what stands where; null of everything else. */
  readonly cron: Pick<CronProblem, 'field' | 'at' | 'text'> | null;
}

export interface PlanCheck {
  readonly problems: readonly PlanProblem[];
  /** It can be kept, but may not be what is meant. Sentences. */
  readonly warnings: readonly string[];
}

const MIN_EVERY_MS = 1_000;
const MAX_EVERY_MS = 3_660 * 86_400_000;
const MAX_JITTER_MS = 86_400_000;
const MIN_GRACE_MS = 1_000;
const MAX_GRACE_MS = 31 * 86_400_000;
/** Among so many fire times the two that are closest to each other are looked for. */
const SAMPLED_FIRES = 500;

/** @param now of warnings: epoch milliseconds */
export function checkPlan(plan: SchedulePlan, now: number): PlanCheck {
  const problems = [...timesProblems(plan), ...zoneProblems(plan), ...windowProblems(plan), ...misfireProblems(plan)];
  if (problems.length > 0) return { problems: [...problems, ...jitterRange(plan)], warnings: [] };
  const jitter = jitterProblems(plan);
  return { problems: jitter, warnings: jitter.length > 0 ? [] : planWarnings(plan, now) };
}

const problem = (path: string, message: string): PlanProblem => ({ path, message, cron: null });

function timesProblems({ times }: SchedulePlan): readonly PlanProblem[] {
  if (times.kind === 'cron') {
    const reading = parseCron(times.expression);
    if (reading.ok) return [];
    return reading.problems.map(({ message, ...place }) => ({ path: 'cron', message, cron: place }));
  }
  const { everyMs } = times;
  if (everyMs < MIN_EVERY_MS) {
    return [problem('every', `${formatDuration(everyMs)} is too short: a schedule fires once a second at most`)];
  }
  if (everyMs > MAX_EVERY_MS)
    return [problem('every', `At most ${formatDuration(MAX_EVERY_MS)} lie between two fire times`)];
  return everyMs % 1_000 === 0 ? [] : [problem('every', 'Fire times are whole seconds: write a whole number of them')];
}

function zoneProblems({ timezone }: SchedulePlan): readonly PlanProblem[] {
  if (isTimezone(timezone)) return [];
  const meant = didYouMean(timezone, Intl.supportedValuesOf('timeZone'));
  return [
    problem(
      'timezone',
      `There is no time zone "${timezone}".${meant} IANA names such as Europe/Berlin or UTC are known`,
    ),
  ];
}

function windowProblems({ from, to }: SchedulePlan): readonly PlanProblem[] {
  if (from === null || to === null || from < to) return [];
  return [
    problem('to', 'The window is empty: it ends before it begins. `to` is not in it, so it must be later than `from`'),
  ];
}

function misfireProblems({ misfire: { graceMs } }: SchedulePlan): readonly PlanProblem[] {
  if (graceMs >= MIN_GRACE_MS && graceMs <= MAX_GRACE_MS) return [];
  const range = `${formatDuration(MIN_GRACE_MS)} to ${formatDuration(MAX_GRACE_MS)}`;
  return [problem('misfire.grace', `${formatDuration(graceMs)} is not from ${range}`)];
}

function jitterRange({ jitterMs }: SchedulePlan): readonly PlanProblem[] {
  if (jitterMs <= MAX_JITTER_MS) return [];
  return [problem('jitter', `${formatDuration(jitterMs)} is too long: at most ${formatDuration(MAX_JITTER_MS)}`)];
}

function jitterProblems(plan: SchedulePlan): readonly PlanProblem[] {
  const range = jitterRange(plan);
  if (range.length > 0 || plan.jitterMs === 0) return range;
  const shortest = shortestDistance(timesOfPlan({ ...plan, from: null, to: null }));
  if (shortest === null || plan.jitterMs <= shortest) return [];
  const [jitter, distance] = [formatDuration(plan.jitterMs), formatDuration(shortest)];
  return [problem('jitter', `${jitter} is too long: fire times are as little as ${distance} apart`)];
}

/** The shortest time between two fire times; null when there are not two. */
function shortestDistance(times: ScheduleTimes): number | null {
  if (times.times.kind === 'interval') return times.times.everyMs;
  let shortest: number | null = null;
  let last = nextFire(times, 0);
  for (let seen = 0; last !== null && seen < SAMPLED_FIRES; seen++) {
    const next = nextFire(times, last);
    if (next === null) break;
    shortest = Math.min(shortest ?? Number.POSITIVE_INFINITY, next - last);
    last = next;
  }
  return shortest;
}

function planWarnings(plan: SchedulePlan, now: number): readonly string[] {
  if (nextFire(timesOfPlan(plan), now) !== null) return [];
  if (plan.to !== null && plan.to <= now) return ['The window lies in the past: it will never fire.'];
  return ['It will never fire: there is no fire time any more from now on in its window.'];
}
