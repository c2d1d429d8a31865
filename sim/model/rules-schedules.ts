/**
 * What may be said of a fire time, and what may be started for it, worked out from the plan and from the runs there are.
 *
 * - Nothing is decided before its time; a misfire has really come up late; of misfires those run that the policy picks.
 * - What is paused or left out by a calendar is skipped for that reason, and nothing else is.
 * - Where a record says so there is one run, of that fire time and that origin, and nowhere else.
 * - Beside runs that are open no more are started than the policy allows, and `cancel_old` tells them to stop.
 * - Fire times that wait go first, and in their order.
 */
import type { ScheduleFireRow } from '@vaquita/core';
import { type NewRunFact, Violation } from './facts.ts';
import type { Almanac, ScheduleChange, StartedRun } from './schedule-facts.ts';

/** What a server's own clock may be off by its rounding to whole ms. */
const ROUNDING_MS = 2;
/** Between what was read of runs and what is written of them: whoever does it may sleep. */
const MEANWHILE_MS = 90_000;

function wrong(rule: 'misfires' | 'origins' | 'overlap', { schedule, at }: ScheduleChange, what: string): Violation {
  return new Violation(rule, `the schedule ${schedule.id} at ${Math.round(at)} ms: ${what}`);
}

/** @param wallClock what clocks show; null: they differ. */
export function checkTimes(change: ScheduleChange, almanac: Almanac, wallClock: number | null): void {
  const { schedule, step } = change;
  const { plan, pausedUntil } = schedule;
  const isLate = ({ actAt, decidedAt }: ScheduleFireRow) => decidedAt - actAt > plan.misfire.graceMs;
  const free: ScheduleFireRow[] = [];
  for (const fire of step.fires) {
    const { fireAt, throughAt, actAt, decidedAt, outcome, reasonCode } = fire;
    if (actAt < fireAt || actAt > fireAt + plan.jitterMs)
      throw wrong('misfires', change, `it is to be acted on ${actAt - fireAt} ms after its time`);
    if (decidedAt < Math.max(actAt, throughAt)) throw wrong('misfires', change, 'it is decided before its time');
    if (wallClock !== null && decidedAt > wallClock + ROUNDING_MS)
      throw wrong('misfires', change, 'it is decided before it is known');
    const isPaused = pausedUntil !== null && throughAt < pausedUntil;
    if (isPaused !== (reasonCode === 'paused'))
      throw wrong('misfires', change, `${outcome} (${reasonCode}), while it is ${isPaused ? '' : 'not '}paused`);
    if (isPaused) continue;
    if (fire.fires > 1) {
      const late = decidedAt - throughAt > plan.misfire.graceMs;
      const isMissed = outcome === 'missed';
      const isLeftOut = outcome === 'skipped' && reasonCode === 'calendar';
      const told = almanac.firesIn(plan, { after: fireAt - 1, upTo: throughAt });
      // Those that a calendar leaves out and those that were missed are told of apart.
      if (!late || !(isMissed || isLeftOut) || told.some((time) => almanac.isFree(plan, time) !== isMissed))
        throw wrong('misfires', change, `${fire.fires} fire times are ${outcome} at once`);
      continue;
    }
    const isFree = almanac.isFree(plan, fireAt);
    if (isFree === (reasonCode === 'calendar'))
      throw wrong('misfires', change, `${outcome} (${reasonCode}), which the calendars do not say`);
    if (isFree) free.push(fire);
  }
  checkMisfires(change, free.filter(isLate), free);
}

function checkMisfires(
  change: ScheduleChange,
  late: readonly ScheduleFireRow[],
  free: readonly ScheduleFireRow[],
): void {
  const { policy, limit } = change.schedule.plan.misfire;
  const most = { none: 0, last: 1, all: limit }[policy];
  const chosen = new Set(most === 0 ? [] : late.slice(-most));
  for (const fire of free) {
    const isMissed = fire.outcome === 'missed';
    const mayMiss = late.includes(fire) && !chosen.has(fire);
    if (isMissed === mayMiss) continue;
    const told = `${fire.outcome} (${fire.reasonCode}), ${fire.decidedAt - fire.actAt} ms late, where ${policy} is run`;
    throw wrong('misfires', change, told);
  }
}

/** A run that a schedule has started comes with its record. */
export function checkNoOrigin(runs: readonly NewRunFact[]): void {
  for (const { instance } of runs)
    if (instance.originId !== null)
      throw new Violation('origins', `the run ${instance.id} is filed without its record`);
}

export function checkOrigins(change: ScheduleChange): void {
  const { schedule, step } = change;
  const runs = new Map(step.runs.map(({ instance }) => [instance.id as string, instance]));
  if (runs.size !== step.runs.length) throw wrong('origins', change, 'two runs have one id');
  for (const fire of [...step.fires, ...step.dequeued]) {
    const { outcome, workflowInstanceId, fireAt } = fire;
    if ((outcome === 'run') !== (workflowInstanceId !== null))
      throw wrong('origins', change, `${outcome} without its run`);
    if (workflowInstanceId === null) continue;
    const run = runs.get(workflowInstanceId);
    if (!run || !runs.delete(workflowInstanceId))
      throw wrong('origins', change, 'its run is not filed with its record');
    if (run.businessTime !== fireAt || run.originKind !== 'schedule' || run.originId !== schedule.id)
      throw wrong('origins', change, `the run ${run.id} is not of that fire time`);
    if (run.workflowId !== schedule.workflowId || run.timezone !== schedule.plan.timezone)
      throw wrong('origins', change, `the run ${run.id} is not what it is to start`);
  }
  for (const id of runs.keys()) throw wrong('origins', change, `the run ${id} has no record`);
}

export function checkOverlap(change: ScheduleChange): void {
  const { schedule, step, runs } = change;
  const { policy, limit } = schedule.plan.overlap;
  // What a person has had go on may have been at its end when it was looked at.
  const open = runs.filter(({ isOpen, revived }) => isOpen && !revived);
  const most = { parallel: limit ?? Number.POSITIVE_INFINITY, skip: 1, queue: 1, cancel_old: Number.POSITIVE_INFINITY }[
    policy
  ];
  if (step.runs.length > 0 && open.length + step.runs.length > most)
    throw wrong('overlap', change, `${open.length + step.runs.length} runs are open at once (${policy})`);
  checkStops(change, open);
  checkSkips(change);
  checkQueue(change);
  if (schedule.spec.broken && step.runs.length > 0) throw wrong('overlap', change, 'it starts what cannot be started');
}

function checkStops({ ...change }: ScheduleChange, open: readonly StartedRun[]): void {
  const { schedule, step, runs } = change;
  const replaces = schedule.plan.overlap.policy === 'cancel_old' && step.runs.length > 0;
  const stopped = new Set<string>(step.stops.map(({ workflowInstanceId }) => workflowInstanceId));
  for (const id of stopped)
    if (!replaces || !runs.some((run) => run.id === id)) throw wrong('overlap', change, `it stops ${id} for no reason`);
  if (!replaces) return;
  if (step.runs.length > 1) throw wrong('overlap', change, 'it starts what it is to stop');
  for (const { id, toldToStop } of open)
    if (!toldToStop && !stopped.has(id)) throw wrong('overlap', change, `it leaves ${id} going on`);
}

/** Nothing is left out or made to wait for the sake of runs that there are not. */
function checkSkips(change: ScheduleChange): void {
  const { schedule, step, at, runs } = change;
  const { policy, limit } = schedule.plan.overlap;
  const wasOpen = runs.some(({ isOpen, endedAt }) => isOpen || (endedAt ?? 0) >= at - MEANWHILE_MS);
  const waited = [...schedule.records.values()].some(({ outcome }) => outcome === 'queued');
  for (const [index, { outcome, reasonCode }] of step.fires.entries()) {
    const others = step.fires.filter((_, other) => (policy === 'cancel_old' ? other > index : other < index));
    const another = step.runs.length > 0 && others.some((one) => one.outcome === 'run');
    const may = { skip: policy !== 'queue', queue: policy === 'queue' };
    const full = reasonCode === 'queue_full';
    const fits =
      outcome === 'queued'
        ? may.queue && (wasOpen || waited || another || step.runs.length > 0)
        : reasonCode === 'overlap'
          ? may.skip &&
            (policy === 'cancel_old' ? another : wasOpen || another) &&
            (policy !== 'parallel' || limit !== null)
          : !full || (may.queue && limit !== null);
    if (!fits) throw wrong('overlap', change, `${outcome} (${reasonCode}) for no reason (${policy})`);
  }
}

function checkQueue(change: ScheduleChange): void {
  const { schedule, step } = change;
  const { policy, limit } = schedule.plan.overlap;
  const gone = new Set(step.dequeued.map(({ fireAt }) => fireAt));
  const before = [...schedule.records.values()]
    .filter(({ outcome }) => outcome === 'queued')
    .map(({ fireAt }) => fireAt);
  const left = before.filter((fireAt) => !gone.has(fireAt));
  if (Math.min(...left) < Math.max(...gone)) throw wrong('overlap', change, 'what waits goes on out of turn');
  const runs = step.fires.filter(({ outcome }) => outcome === 'run');
  if (runs.some(({ fireAt }) => left.some((other) => other < fireAt)))
    throw wrong('overlap', change, 'it starts, and what came before it waits');
  const added = step.fires.filter(({ outcome }) => outcome === 'queued').length;
  if (added > 0 && (policy !== 'queue' || (limit !== null && left.length + added > limit)))
    throw wrong('overlap', change, `${left.length + added} fire times wait (${policy}, ${limit})`);
}
