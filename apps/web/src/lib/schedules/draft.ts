/**
 * A schedule as it is being written, and what is sent of it. Times of the draft are what clocks of its zone show; moments are made of
 * them only when something is sent. Pure.
 */
import type { SchedulePlanRequest, SchedulePlanView, StartChoicesInput, StartChoicesView } from '@vaquita/client';
import { instantOf, isZone, wallAt } from '../time/zoned.ts';
import type { FurtherChoices, StartChoices } from '../workflow/start-choices.ts';
import type { DstPolicy, MisfirePolicy, OverlapPolicy } from './policies.ts';

export interface PlanDraft {
  kind: 'cron' | 'interval';
  cron: string;
  /** Null: as is usual for the expression. */
  dst: DstPolicy | null;
  every: string;
  /** As `from` and `to`: what clocks show, such as `2026-03-01T08:00`; empty: left open. */
  anchor: string;
  timezone: string;
  from: string;
  to: string;
  jitter: string;
  include: string[];
  exclude: string[];
  misfire: MisfirePolicy;
  misfireLimit: number | null;
  grace: string;
  overlap: OverlapPolicy;
  overlapLimit: number | null;
}

export function newPlan(timezone: string): PlanDraft {
  return {
    kind: 'cron',
    cron: '30 2 * * *',
    dst: null,
    every: '15m',
    anchor: '',
    timezone,
    from: '',
    to: '',
    jitter: '0s',
    include: [],
    exclude: [],
    misfire: 'last',
    misfireLimit: 10,
    grace: '1m',
    overlap: 'parallel',
    overlapLimit: null,
  };
}

export function draftOfPlan(plan: SchedulePlanView): PlanDraft {
  const shown = (moment: string | null) =>
    moment === null ? '' : wallAt(Date.parse(moment), plan.timezone).replace(/:00$/, '');
  return {
    ...newPlan(plan.timezone),
    kind: plan.cron === null ? 'interval' : 'cron',
    ...(plan.cron === null ? {} : { cron: plan.cron }),
    dst: plan.dst,
    ...(plan.every === null ? {} : { every: plan.every }),
    anchor: shown(plan.anchorAt),
    from: shown(plan.from),
    to: shown(plan.to),
    jitter: plan.jitter,
    include: [...plan.calendars.include],
    exclude: [...plan.calendars.exclude],
    misfire: plan.misfire.policy,
    misfireLimit: plan.misfire.limit,
    grace: plan.misfire.grace,
    overlap: plan.overlap.policy,
    overlapLimit: plan.overlap.limit,
  };
}

/** @throws nothing: what is no time is left to the server to refuse, with its place. */
export function planOf(draft: PlanDraft): SchedulePlanRequest {
  const moment = (wall: string) => {
    if (wall === '') return null;
    const at = isZone(draft.timezone) ? instantOf(wall, draft.timezone) : undefined;
    return at === undefined ? wall : new Date(at).toISOString();
  };
  return {
    ...(draft.kind === 'cron'
      ? { cron: draft.cron.trim(), ...(draft.dst === null ? {} : { dst: draft.dst }) }
      : { every: draft.every.trim(), ...(draft.anchor === '' ? {} : { anchorAt: moment(draft.anchor) }) }),
    timezone: draft.timezone,
    ...(draft.from === '' ? {} : { from: moment(draft.from) }),
    ...(draft.to === '' ? {} : { to: moment(draft.to) }),
    jitter: draft.jitter.trim() === '' ? '0s' : draft.jitter.trim(),
    calendars: { include: draft.include, exclude: draft.exclude },
    misfire: {
      policy: draft.misfire,
      ...(draft.misfireLimit === null ? {} : { limit: draft.misfireLimit }),
      grace: draft.grace.trim(),
    },
    overlap: {
      policy: draft.overlap,
      limit: draft.overlap === 'parallel' || draft.overlap === 'queue' ? draft.overlapLimit : null,
    },
  };
}

export function draftOfStart(start: StartChoicesView): Omit<StartChoices, 'values'> & FurtherChoices {
  return {
    priority: start.priority,
    workerGroup: start.workerGroup ?? '',
    environment: start.environment ?? '',
    failureStrategy: start.failureStrategy ?? '',
    alertOn: start.alertOn ?? '',
    alertGroup: start.alertGroup ?? '',
    startTasks: [...start.startTasks],
    scope: start.scope === 'all' ? 'downstream' : start.scope,
    version: start.version,
    timeout: start.timeout ?? '',
    dryRun: start.dryRun,
  };
}

/** @param params those that differ from the defaults of the workflow */
export function startOf(
  choices: Omit<StartChoices, 'values'>,
  { version, timeout, dryRun }: FurtherChoices,
  params: Readonly<Record<string, string>>,
): StartChoicesInput {
  const { priority, workerGroup, environment, failureStrategy, alertOn, alertGroup, startTasks, scope } = choices;
  return {
    ...(Object.keys(params).length > 0 ? { params: { ...params } } : {}),
    ...(startTasks.length > 0 ? { startTasks, scope } : {}),
    ...(failureStrategy === '' ? {} : { failureStrategy }),
    ...(priority === 'medium' ? {} : { priority }),
    ...(workerGroup === '' ? {} : { workerGroup }),
    ...(environment === '' ? {} : { environment }),
    ...(alertOn === '' ? {} : { alertOn }),
    ...(alertGroup === '' ? {} : { alertGroup }),
    ...(version === null ? {} : { version }),
    ...(timeout.trim() === '' ? {} : { timeout: timeout.trim() }),
    ...(dryRun ? { dryRun } : {}),
  };
}
