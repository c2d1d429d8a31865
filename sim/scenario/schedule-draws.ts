/** Draws schedules: what they start, when they fire, their policies, and what people do about them. */
import { MISFIRE_POLICIES, OVERLAP_POLICIES } from '@vaquita/core';
import { calmAfterAll } from './calm.ts';
import type { Chance } from './chance.ts';
import type { Attempt, Fault, Operation, Scenario, TaskSpec, WorkflowSpec } from './scenario.ts';
import { type CalendarSpec, type PlanSpec, type ScheduleSpec, type TimesSpec, ZONES } from './schedules.ts';

/** Below it there is no time for people to do anything. */
const LEAST_MS = 60_000;
const MINUTE_MS = 60_000;
/** The first whole minute of the wall clock. */
const FIRST_MINUTE_MS = 40_000;
/** More fire times than these cost time and show nothing. */
const MAX_FIRES = 10;
const CALENDARS = ['shifts', 'holidays'];

export function drawSchedules(chance: Chance, scenario: Scenario, busyMs: number): Scenario {
  if (!chance.happens(0.35)) return scenario;
  const untilMs = Math.max(LEAST_MS, Math.min(busyMs, scenario.calmAt));
  const workflows = Array.from({ length: chance.between(1, 2) }, (_, index) => drawWorkflow(chance, `s${index + 1}`));
  const calendars = CALENDARS.map((name) => drawCalendar(chance, name, untilMs));
  const sources: Sources = { scheduled: workflows, others: scenario.workflows, untilMs };
  const schedules = Array.from({ length: chance.between(1, 3) }, (_, index) =>
    drawSchedule(chance, sources, `every-${index + 1}`),
  );
  const operations = [
    ...schedules.flatMap((schedule) => drawLife(chance, schedule, untilMs)),
    ...workflows.flatMap(({ name }) => drawSwitches(chance, name, untilMs)),
  ];
  const faults = chance.happens(0.3) ? drawTurns(chance, scenario, untilMs) : [];
  return calmAfterAll({
    ...scenario,
    workflows: [...scenario.workflows, ...workflows],
    ...{ schedules, calendars },
    operations: [...scenario.operations, ...operations],
    faults: [...scenario.faults, ...faults],
    calmAt: Math.max(scenario.calmAt, ...faults.map(({ at }) => at + 1)),
  });
}

interface Sources {
  readonly scheduled: readonly WorkflowSpec[];
  readonly others: readonly WorkflowSpec[];
  readonly untilMs: number;
}

/** Small ones, some of whose runs last longer than it is until the next. */
function drawWorkflow(chance: Chance, name: string): WorkflowSpec {
  const last = chance.oneOf([300, 3_000, 20_000]);
  const tasks = Array.from({ length: chance.between(1, 2) }, (_, index): TaskSpec => {
    const attempts = Array.from(
      { length: chance.between(1, 8) },
      (): Attempt => ({
        end: chance.happens(0.85) ? 'success' : 'failure',
        startMs: chance.skewed(0, 200),
        runMs: chance.skewed(1, last),
        stubborn: chance.happens(0.1),
      }),
    );
    return {
      ...{ name: `${name}-t${index + 1}`, dependsOn: index > 0 && chance.happens(0.5) ? [`${name}-t1`] : [] },
      ...{ enabled: true, retry: { times: 0, intervalMs: 0 }, timeout: null, delayMs: 0, priority: 'medium' },
      ...{ workerGroup: 'default', workerLabels: {}, taskGroup: null, kind: { type: 'work' }, attempts },
    };
  });
  return {
    ...{ name, execution: 'parallel', maxParallelRuns: null, failureStrategy: 'continue', timeoutMs: null },
    ...{ alerts: null, tasks },
  };
}

function drawCalendar(chance: Chance, name: string, untilMs: number): CalendarSpec {
  const spans = Array.from({ length: chance.between(1, 2) }, () => {
    const from = FIRST_MINUTE_MS + MINUTE_MS * chance.between(-1, Math.floor(untilMs / MINUTE_MS));
    return [from, from + MINUTE_MS * chance.between(1, 3)] as const;
  });
  return { name, spans };
}

function drawSchedule(chance: Chance, sources: Sources, name: string): ScheduleSpec {
  // Where a workflow of the rest is started, all that it can do may meet a schedule.
  const workflow = chance.oneOf(chance.happens(0.85) ? sources.scheduled : sources.others).name;
  return {
    ...{ name, workflow, plan: drawPlan(chance, sources.untilMs), otherPlan: drawPlan(chance, sources.untilMs) },
    ...{ broken: chance.happens(0.05), online: chance.happens(0.85) },
  };
}

function drawPlan(chance: Chance, untilMs: number): PlanSpec {
  const begins = 1_000 * chance.between(0, untilMs / 2_000);
  const { times, everyMs } = drawTimes(chance, begins);
  const lasts = everyMs * chance.between(3, MAX_FIRES);
  const isOpen = everyMs > 5 * MINUTE_MS || chance.happens(0.15);
  const dated = chance.happens(0.25);
  return {
    times,
    timezone: dated ? 'UTC' : chance.oneOf(Object.keys(ZONES) as (keyof typeof ZONES)[]),
    // A server whose clock is hours behind would start runs for hours.
    from: chance.happens(0.6) || (!isOpen && times.kind === 'cron') ? begins : null,
    to: isOpen ? null : begins + lasts,
    jitterMs: chance.happens(0.25) ? chance.skewed(100, everyMs) : 0,
    include: dated && chance.happens(0.5) ? CALENDARS[0]! : null,
    exclude: dated && chance.happens(0.7) ? CALENDARS[1]! : null,
    misfire: {
      policy: chance.oneOf(MISFIRE_POLICIES),
      limit: chance.between(1, 4),
      graceMs: chance.oneOf([3_000, 15_000]),
    },
    overlap: {
      policy: chance.weighed([
        [2, OVERLAP_POLICIES[0]],
        [2, OVERLAP_POLICIES[1]],
        [3, OVERLAP_POLICIES[2]],
        [2, OVERLAP_POLICIES[3]],
      ]),
      limit: chance.happens(0.5) ? chance.between(1, 3) : null,
    },
  };
}

function drawTimes(chance: Chance, begins: number): { readonly times: TimesSpec; readonly everyMs: number } {
  if (chance.happens(0.1)) {
    const everyMs = MINUTE_MS * chance.between(10, 40);
    return { times: { kind: 'interval', everyMs, anchor: begins }, everyMs };
  }
  if (chance.happens(0.5)) {
    const everyMs = 1_000 * chance.between(4, 30);
    return { times: { kind: 'interval', everyMs, anchor: begins }, everyMs };
  }
  const minutes = Array.from({ length: 60 }, (_, minute) => minute);
  const some = chance.happens(0.7) ? minutes : chance.some(minutes, 0.5);
  const seconds = chance.some([0, 5, 11, 20, 30, 31, 45, 59], 0.3);
  const times: TimesSpec = {
    kind: 'cron',
    seconds: seconds.length > 0 ? seconds : [0],
    minutes: some.length > 0 ? some : [15],
  };
  return { times, everyMs: Math.round(MINUTE_MS / Math.max(1, seconds.length)) };
}

/** It is made before anything happens or later, and often something is done about it. */
function drawLife(
  chance: Chance,
  { name: schedule, plan, otherPlan, online }: ScheduleSpec,
  untilMs: number,
): Operation[] {
  const made = chance.happens(0.6) ? 0 : chance.skewed(100, untilMs / 3);
  const later = () => made + 1 + chance.skewed(100, untilMs - made);
  const life: Operation[] = [{ at: made, do: 'schedule', schedule, what: 'create' }];
  if (!online || chance.happens(0.2)) life.push({ at: later(), do: 'schedule', schedule, what: 'enable' });
  if (chance.happens(0.25)) {
    const off = later();
    life.push({ at: off, do: 'schedule', schedule, what: 'disable' });
    if (chance.happens(0.8))
      life.push({ at: off + chance.skewed(10, 60_000), do: 'schedule', schedule, what: 'enable' });
  }
  if (chance.happens(0.25)) {
    const at = later();
    const until = chance.happens(0.8) ? at + chance.skewed(1_000, 60_000) : null;
    life.push({ at, do: 'pause_schedule', schedule, until });
    if (chance.happens(0.3)) life.push({ at: later(), do: 'pause_schedule', schedule, until: null });
  }
  const edits = chance.happens(0.3);
  if (edits) life.push({ at: later(), do: 'schedule', schedule, what: chance.oneOf(['describe', 'replan', 'replan']) });
  if (chance.happens(0.1)) life.push({ at: later(), do: 'schedule', schedule, what: 'delete' });
  const goesOn = [plan, ...(edits ? [otherPlan] : [])].some((one) => one.to === null && isFrequent(one.times));
  // Otherwise the world would have no end.
  if (goesOn) life.push({ at: untilMs + chance.between(1, 30_000), do: 'schedule', schedule, what: 'disable' });
  return life;
}

function isFrequent(times: TimesSpec): boolean {
  return times.kind === 'cron' || times.everyMs < 5 * MINUTE_MS;
}

function drawSwitches(chance: Chance, workflow: string, untilMs: number): Operation[] {
  if (!chance.happens(0.2)) return [];
  const at = chance.between(1_000, untilMs);
  const off: Operation = { at, do: 'switch_workflow', workflow, online: false };
  const on: Operation = { at: at + chance.skewed(10, 60_000), do: 'switch_workflow', workflow, online: true };
  return chance.happens(0.8) ? [off, on] : [off];
}

/** Of whoever leads, and often back again; not by hours, as all that waits for a time would wait for hours then. */
function drawTurns(chance: Chance, { servers }: Scenario, untilMs: number): Fault[] {
  const server = chance.happens(0.5) ? -1 : chance.between(0, servers - 1);
  const at = chance.between(5_000, untilMs);
  if (chance.happens(0.2)) return [{ at, what: 'clock', server, byMs: 180 * MINUTE_MS }];
  const byMs = chance.oneOf([10_000, 2 * MINUTE_MS, 20 * MINUTE_MS]) * chance.oneOf([1, -1]);
  const turn: Fault = { at, what: 'clock', server, byMs };
  return chance.happens(0.6) ? [turn, { ...turn, at: at + chance.skewed(100, 60_000), byMs: -byMs }] : [turn];
}
