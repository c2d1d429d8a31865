/**
 * What schedules will run in the hours ahead, and what it will take of workers, as far as the past tells. Fire times, calendars and pauses
 * are those of firing; each fire time that is not left out counts as one run, whatever overlap policies and limits will make of it.
 */
import type { CalendarId, CalendarRow } from '../calendars/rows.ts';
import type { ProjectId, WorkflowId } from '../identity/ids.ts';
import { actAt } from '../schedule/jitter.ts';
import { readableTimes } from '../schedule/plan-times.ts';
import { whySkipped } from '../schedule/preview.ts';
import type { ScheduleRow } from '../schedule/rows.ts';
import { nextFire, type ScheduleTimes } from '../schedule/schedule-times.ts';
import { type LoadShape, loadShape, STEP_MS } from './load-shape.ts';
import type { PastWorkflow } from './past-workflow.ts';

const HOUR_MS = 3_600_000;

export interface ForecastInput {
  readonly schedules: readonly ScheduleRow[];
  readonly calendars: ReadonlyMap<CalendarId, CalendarRow>;
  readonly past: readonly PastWorkflow[];
  readonly now: number;
  readonly hours: number;
  /** How many of the next runs are told one by one. */
  readonly next: number;
  /** Fire times that may be looked at; the hours end before the one in which they are used up. */
  readonly maxFires: number;
}

export interface HourlyLoad {
  readonly runs: number[];
  readonly slotMs: number[];
}

export interface ForecastedRun {
  readonly schedule: ScheduleRow;
  readonly fireAt: number;
  readonly actAt: number;
  /** Null: its workflow has not succeeded yet. */
  readonly durationMs: number | null;
}

export interface Forecast {
  /** The begin of the hour that `now` is in. */
  readonly from: number;
  /** Fewer than were asked for when there are too many fire times. */
  readonly hours: number;
  readonly skipped: number;
  readonly total: HourlyLoad;
  readonly projects: ReadonlyMap<ProjectId, HourlyLoad>;
  readonly workerGroups: ReadonlyMap<string, HourlyLoad>;
  /** Runs of workflows of which nothing is known. */
  readonly unknown: ReadonlyMap<WorkflowId, number>;
  readonly next: readonly ForecastedRun[];
}

interface Walk {
  readonly schedule: ScheduleRow;
  readonly times: ScheduleTimes;
  readonly shape: LoadShape | null;
  at: number | null;
}

/** After so many schedules or fire times whoever asks gets to do something else. */
const PIECE = 1_000;

/** Pauses between pieces of work, so that a long forecast holds up nobody; what it returns in the end is the forecast. */
export function* forecast(input: ForecastInput): Generator<void, Forecast> {
  const { schedules, now, hours, maxFires } = input;
  const from = Math.floor(now / HOUR_MS) * HOUR_MS;
  const shapes = new Map(input.past.map((workflow) => [workflow.workflowId, loadShape(workflow)]));
  const walks: Walk[] = [];
  for (const schedule of schedules) {
    const times = readableTimes(schedule.plan);
    // It does not fire either.
    if (times === null) continue;
    walks.push({ schedule, times, shape: shapes.get(schedule.workflowId) ?? null, at: nextFire(times, now) });
    if (walks.length % PIECE === 0) yield;
  }
  const sums = createSums(from, hours);
  const nearest: ForecastedRun[] = [];
  let seen = 0;
  let hour = 0;
  for (; hour < hours; hour++) {
    const end = from + (hour + 1) * HOUR_MS;
    const ofHour: ForecastedRun[] = [];
    for (const walk of walks) {
      for (; walk.at !== null && walk.at < end && seen < maxFires; walk.at = nextFire(walk.times, walk.at)) {
        seen += 1;
        if (seen % PIECE === 0) yield;
        const runs = sums.add(walk, walk.at, hour, input.calendars);
        if (runs && nearest.length < input.next) ofHour.push(toRun(walk, walk.at));
      }
    }
    // An hour that is not whole would look like one in which little runs.
    if (seen >= maxFires) break;
    sums.endHour();
    ofHour.sort((a, b) => a.fireAt - b.fireAt);
    nearest.push(...ofHour.slice(0, input.next - nearest.length));
  }
  return { from, hours: hour, next: nearest, ...sums.cut(hour) };
}

function toRun({ schedule, shape }: Walk, fireAt: number): ForecastedRun {
  const acted = actAt(schedule.id, fireAt, schedule.plan.jitterMs);
  return { schedule, fireAt, actAt: acted, durationMs: shape?.durationMs ?? null };
}

/** A run adds to its hour and later ones only: what an hour that is not whole has added goes with the hours that are cut off. */
function createSums(from: number, hours: number) {
  const load = (): HourlyLoad => ({ runs: Array(hours).fill(0), slotMs: Array(hours).fill(0) });
  const total = load();
  const projects = new Map<ProjectId, HourlyLoad>();
  const workerGroups = new Map<string, HourlyLoad>();
  const unknown = new Map<WorkflowId, number>();
  let skipped = 0;
  /** Of the hour that is not over yet. */
  const unknownNow = new Map<WorkflowId, number>();
  let skippedNow = 0;

  function of<Key>(loads: Map<Key, HourlyLoad>, key: Key): HourlyLoad {
    let found = loads.get(key);
    if (found === undefined) {
      found = load();
      loads.set(key, found);
    }
    return found;
  }

  function use(parts: LoadShape['parts'], project: HourlyLoad, fireAt: number, hour: number): void {
    const groups = new Set<string>();
    for (const { workerGroup, step, slotMs } of parts) {
      const group = of(workerGroups, workerGroup);
      if (!groups.has(workerGroup)) group.runs[hour]! += 1;
      groups.add(workerGroup);
      const at = Math.floor((fireAt + step * STEP_MS - from) / HOUR_MS);
      if (at >= hours) continue;
      for (const one of [total, project, group]) one.slotMs[at]! += slotMs;
    }
  }

  return {
    /** @returns whether it runs. */
    add({ schedule, shape }: Walk, fireAt: number, hour: number, calendars: ForecastInput['calendars']): boolean {
      const { plan, pausedUntil, projectId, workflowId } = schedule;
      if (whySkipped({ plan, calendars, pausedUntil }, fireAt) !== null) {
        skippedNow += 1;
        return false;
      }
      const project = of(projects, projectId);
      total.runs[hour]! += 1;
      project.runs[hour]! += 1;
      if (shape === null) unknownNow.set(workflowId, (unknownNow.get(workflowId) ?? 0) + 1);
      else use(shape.parts, project, fireAt, hour);
      return true;
    },
    endHour(): void {
      for (const [id, runs] of unknownNow) unknown.set(id, (unknown.get(id) ?? 0) + runs);
      unknownNow.clear();
      skipped += skippedNow;
      skippedNow = 0;
    },
    cut(whole: number) {
      const cutLoad = ({ runs, slotMs }: HourlyLoad) => ({
        runs: runs.slice(0, whole),
        slotMs: slotMs.slice(0, whole),
      });
      const cutAll = <Key>(loads: ReadonlyMap<Key, HourlyLoad>) =>
        new Map([...loads].map(([key, one]) => [key, cutLoad(one)]));
      return {
        skipped,
        total: cutLoad(total),
        projects: cutAll(projects),
        workerGroups: cutAll(workerGroups),
        unknown,
      };
    },
  };
}
