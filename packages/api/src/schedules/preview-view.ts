/** What a plan would do, as the API shows it. */
import {
  describeCron,
  describeInterval,
  formatDuration,
  offsetText,
  type PreviewedChange,
  type PreviewedFire,
  parseCron,
  type SchedulePlan,
} from '@vaquita/core';
import { isoTime } from '../resources/paging.ts';
import type { ClockChangeView, FireTimeView, ScheduleSummary } from '../views/schedule-preview.ts';

/** Null when the expression cannot be read. */
export function summaryOf({ times, timezone }: SchedulePlan): ScheduleSummary | null {
  if (times.kind === 'interval') {
    if (times.everyMs === 0) return null;
    return { en: describeInterval(times, 'en'), zh: describeInterval(times, 'zh') };
  }
  const reading = parseCron(times.expression);
  if (!reading.ok) return null;
  const { cron } = reading;
  return { en: describeCron(cron, 'en', timezone), zh: describeCron(cron, 'zh', timezone) };
}

export function toFireTimeView({ fireAt, actAt, local, clocks, skipped }: PreviewedFire): FireTimeView {
  return { at: isoTime(fireAt), actAt: isoTime(actAt), local, clocks, skipped };
}

export function toClockChangeView({ change, affected, policies }: PreviewedChange): ClockChangeView {
  const { at, fromMs, toMs } = change;
  return {
    at: isoTime(at),
    kind: toMs > fromMs ? 'forward' : 'back',
    by: formatDuration(Math.abs(toMs - fromMs)),
    from: offsetText(at, fromMs),
    to: offsetText(at, toMs),
    affected,
    policies: policies.map(({ dst, fires }) => ({ dst, fires: fires.map(toFireTimeView) })),
  };
}
