/** What is written in the form of a new backfill, and what the server is asked for it. Pure. */
import type { BackfillRequest, Priority } from '@vaquita/client';
import { shellWord } from '../definition/equivalent.ts';

export type TimesKind = BackfillRequest['times']['kind'];
export const STEPS = ['hour', 'day', 'week', 'month', 'other'] as const;
export type Step = (typeof STEPS)[number];

export interface Wish {
  project: string;
  workflow: string;
  kind: TimesKind;
  /** As of a date or date-time field. */
  from: string;
  to: string;
  step: Step;
  /** Where the step is another one. */
  otherStep: string;
  /** Empty: that of the workflow. */
  zone: string;
  /** One in a line. */
  list: string;
  schedule: string;
  only: 'gaps' | 'all';
  order: NonNullable<BackfillRequest['order']>;
  parallelism: number | null;
  priority: Priority;
  dependents: boolean;
  skip: boolean;
  description: string;
  params: Record<string, string>;
}

/** A week up to the begin of today, in the zone of whoever writes. */
export function firstWish(given: Partial<Wish>, now: Date): Wish {
  const day = (ago: number) => {
    const at = new Date(now.getFullYear(), now.getMonth(), now.getDate() - ago);
    return [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((n) => String(n).padStart(2, '0')).join('-');
  };
  return {
    project: '',
    workflow: '',
    kind: 'range',
    from: day(7),
    to: day(0),
    step: 'day',
    otherStep: '15m',
    zone: '',
    list: '',
    schedule: '',
    only: 'gaps',
    order: 'oldest_first',
    parallelism: 1,
    priority: 'lowest',
    dependents: false,
    skip: true,
    description: '',
    params: {},
    ...given,
  };
}

/** Whether a range is given in days, or to the minute. */
export const byDay = (step: Step): boolean => step === 'day' || step === 'week' || step === 'month';

/** A value for a field of the other kind: a day has a begin, a time is on a day. */
export function asField(value: string, day: boolean): string {
  if (value === '') return '';
  return day ? value.slice(0, 10) : value.length === 10 ? `${value}T00:00` : value;
}

const linesOf = (list: string): string[] =>
  list
    .split(/[\n,;]/)
    .map((line) => line.trim())
    .filter((line) => line !== '');

function timesOf(wish: Wish): BackfillRequest['times'] | null {
  const { kind, from, to, step, otherStep, schedule, only } = wish;
  const timezone = wish.zone === '' ? {} : { timezone: wish.zone };
  switch (kind) {
    case 'range': {
      const every = step === 'other' ? otherStep.trim() : step;
      return from === '' || to === '' || every === '' ? null : { kind, from, to, every, ...timezone };
    }
    case 'list': {
      const times = linesOf(wish.list);
      return times.length === 0 ? null : { kind, times, ...timezone };
    }
    default:
      return schedule === '' || from === '' || to === '' ? null : { kind, schedule, from, to, only };
  }
}

/** Null while something is missing. Only what differs from what the server would do anyway. */
export function requestOf(wish: Wish): BackfillRequest | null {
  const times = timesOf(wish);
  const { project, workflow, order, parallelism, priority, dependents, skip, params } = wish;
  const description = wish.description.trim();
  if (times === null || project === '' || workflow === '' || parallelism === null) return null;
  const start = {
    ...(Object.keys(params).length > 0 ? { params } : {}),
    ...(priority === 'lowest' ? {} : { priority }),
  };
  return {
    project,
    workflow,
    times,
    ...(dependents ? { dependents } : {}),
    ...(order === 'oldest_first' ? {} : { order }),
    ...(parallelism === 1 ? {} : { parallelism }),
    ...(skip ? {} : { rerunSucceeded: true }),
    ...(description === '' ? {} : { description }),
    ...(Object.keys(start).length > 0 ? { start } : {}),
  };
}

export function asCurl(origin: string, request: BackfillRequest): string {
  return [
    `curl -X POST ${shellWord(`${origin}/api/v1/backfills`)}`,
    `  -H "Authorization: Bearer $VAQUITA_TOKEN"`,
    `  -H 'Content-Type: application/json'`,
    `  -d ${shellWord(JSON.stringify(request))}`,
  ].join(' \\\n');
}
