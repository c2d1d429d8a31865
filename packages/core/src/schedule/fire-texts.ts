/** What is said of fire times that did not become a run of their own. */
import type { Problem } from '../errors/app-error.ts';
import { formatDuration } from '../time/duration.ts';
import type { FireReasonCode, ScheduleRow } from './rows.ts';

export interface FireReason {
  readonly code: FireReasonCode;
  readonly text: string;
}

/** Longer ones are cut: what is wrong with a definition is seen whole where it is edited. */
const LONGEST = 500;

export function misfireReason(lateMs: number, { policy, limit, graceMs }: ScheduleRow['plan']['misfire']): FireReason {
  const late = `It came up ${formatDuration(Math.max(0, lateMs))} late, more than the ${formatDuration(graceMs)} it may be`;
  const rule = {
    none: 'the schedule leaves such fire times out',
    last: 'of such fire times the schedule runs the last only',
    all: `of such fire times the schedule runs the newest ${limit} only`,
  }[policy];
  return { code: 'misfire', text: `${late}; ${rule}.` };
}

export function foldedReason(fires: number): FireReason {
  return { code: 'misfire', text: `${fires} fire times came up too late, so many that one record stands for them.` };
}

export function pausedReason(until: number): FireReason {
  return { code: 'paused', text: `The schedule is paused until ${new Date(until).toISOString()}.` };
}

export function definitionReason(problems: readonly Pick<Problem, 'message'>[]): FireReason {
  const text = problems.map(({ message }) => (/[.!?]$/.test(message) ? message : `${message}.`)).join(' ');
  return { code: 'definition', text: text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text };
}

export const OVERLAP_SKIP: FireReason = {
  code: 'overlap',
  text: 'The run before it had not ended, and the schedule starts none beside it.',
};

export const OVERLAP_NEWER: FireReason = {
  code: 'overlap',
  text: 'A newer fire time came up together with it, and takes the place of older ones.',
};

export function overlapLimit(limit: number): FireReason {
  const runs = limit === 1 ? 'One run of the schedule had' : `${limit} runs of the schedule had`;
  return { code: 'overlap', text: `${runs} not ended, which is as many as there may be at once.` };
}

export const QUEUED: FireReason = { code: 'queued', text: 'It waits until the run before it has ended.' };

export function queueFull(limit: number): FireReason {
  const waiting = limit === 1 ? 'One fire time waits' : `${limit} fire times wait`;
  return { code: 'queue_full', text: `${waiting} already for the run before to end, which is as many as may.` };
}
