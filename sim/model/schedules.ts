/**
 * Schedules as the model follows them: what people make of them, and each unit that says what became of their fire times.
 *
 * F1 Each fire time that a schedule passes while it is online, by its plan as it is then, has exactly one record; nothing else has one.
 *    What it has not come to when it is taken offline, gets another plan or is deleted, is skipped for that reason.
 * F2 What was decided is written only about the schedule as it is: its plan, how far it has come, whether it is online.
 * F3 To be put online, or to get another plan, fires nothing: what lies before does not run.
 * F4 A clock that is put back takes back what was said of times to come, and no run: none fires again.
 * F5 Nothing stands still: at rest each fire time that has come has its record, and none waits without a run that it waits for.
 */
import type { ScheduleFireRow } from '@vaquita/core';
import type { PlanSpec, ScheduleSpec } from '../scenario/scenario.ts';
import { Violation } from './facts.ts';
import type { Mirror, WorldFacts } from './mirror.ts';
import { TERMINAL_RUN } from './rules-rows.ts';
import { checkOrigins, checkOverlap, checkTimes } from './rules-schedules.ts';
import {
  createAlmanac,
  type ScheduleFacts,
  type ScheduleStepFact,
  type SettledFact,
  type StartedRun,
} from './schedule-facts.ts';

export interface ScheduleModel {
  readonly schedules: ReadonlyMap<string, ScheduleFacts>;
  /** People. Times are epoch milliseconds. */
  created(id: string, made: { readonly spec: ScheduleSpec; readonly workflowId: string; readonly at: number }): void;
  switched(id: string, online: boolean, at: number): void;
  replanned(id: string, plan: PlanSpec, at: number): void;
  described(id: string): void;
  paused(id: string, until: number | null): void;
  deleted(id: string, at: number): void;
  workflowSwitched(workflowId: string, online: boolean, at: number): void;
  /** The leader's duty. `at` is in ms since the world began. */
  advanced(step: ScheduleStepFact, at: number): void;
  settled(fact: SettledFact): void;
  tookBack(ask: TakeBackFact, found: TakenBackFact): void;
  /** A run has come to its end. */
  ended(run: string, at: number): void;
  /** Some time after the world was left alone, and somebody led for as long, no schedule rests because a clock was ahead. */
  checkPrompt(quietMs: number, now: number | undefined): void;
  /** @param now what the clock of whoever leads shows; undefined: nobody does. */
  unrest(now: number | undefined): string | undefined;
}

/** A plan, and which of its fire times have come up. */
interface Covered {
  readonly plan: PlanSpec;
  readonly after: number;
  readonly upTo: number;
}

export interface TakeBackFact {
  readonly now: number;
  readonly toleranceMs: number;
}

/** A schedule as it is after that. */
export interface TakenBackFact {
  readonly id: string;
  readonly cursorAt: number;
  readonly isThere: (fireAt: number) => boolean;
}

/** What a look at schedules may be behind time at rest. */
const LOOK_MS = 8_000;
/** How far a cursor may lie ahead of the leader's clock, and for how long one that is further may stay there in quiet weather. */
const AHEAD_MS = 60_000;
const PROMPT_MS = 120_000;

export function createScheduleModel(mirror: Mirror, world: Pick<WorldFacts, 'startedAt' | 'zones'>): ScheduleModel {
  const { scenario } = mirror;
  const schedules = new Map<string, ScheduleFacts>();
  const offline = new Set<string>();
  const endedAt = new Map<string, number>();
  const almanac = createAlmanac(scenario.calendars, world);
  const isTurned = scenario.faults.some(({ what }) => what === 'clock');

  function begin(schedule: ScheduleFacts, at: number): void {
    if (!schedule.online) return;
    const cursorAt = Math.max(schedule.cursorAt, at);
    Object.assign(schedule, { cursorAt, begunAt: at, begunCursorAt: cursorAt });
  }

  /** What waits does not any more. */
  function skipQueued({ records }: ScheduleFacts): void {
    for (const [at, record] of records)
      if (record.outcome === 'queued')
        records.set(at, { ...record, outcome: 'skipped', reasonCode: 'schedule_changed' });
  }

  const isAwake = ({ online, deleted, workflowId }: ScheduleFacts) => online && !deleted && !offline.has(workflowId);

  function runsOf(id: string): readonly StartedRun[] {
    return [...mirror.runs.values()]
      .filter(({ row }) => row.originId === id)
      .map(({ row, done }) => ({
        ...{ id: row.id, state: row.state, isOpen: !TERMINAL_RUN.has(row.state), endedAt: endedAt.get(row.id) ?? null },
        revived: row.runCounter > 1 || done.some(({ command }) => command.kind !== 'start' && command.kind !== 'stop'),
        toldToStop: [...mirror.commands.values()].some(
          (one) => one.row.kind === 'stop' && one.row.workflowInstanceId === row.id,
        ),
      }));
  }

  /** Before a change after which nobody decides about what it has not come to. */
  function leave(schedule: ScheduleFacts, at: number): void {
    const { plan, cursorAt: after, remains } = schedule;
    if (isAwake(schedule) && after < at && !remains.has(at)) remains.set(at, { plan, after });
  }

  /** F1 */
  function cover(schedule: ScheduleFacts, fires: readonly ScheduleFireRow[], { plan, after, upTo }: Covered): void {
    const times = almanac.firesIn(plan, { after, upTo });
    const left = new Set(times);
    for (const { fireAt, throughAt, fires: count } of fires) {
      if (schedule.records.has(fireAt)) throw wrong(schedule, `has a second record of ${stamp(fireAt)}`);
      const meant = times.filter((at) => at >= fireAt && at <= throughAt);
      if (meant.length !== count || meant[0] !== fireAt || meant.at(-1) !== throughAt)
        throw wrong(schedule, `has a record of ${count} fire times from ${stamp(fireAt)}, which are not its own`);
      for (const at of meant) if (!left.delete(at)) throw wrong(schedule, `has two records of ${stamp(at)}`);
    }
    for (const record of schedule.records.values())
      for (const at of left) if (at >= record.fireAt && at <= record.throughAt) left.delete(at);
    for (const at of left) throw wrong(schedule, `has passed ${stamp(at)} without a record`);
  }

  function must(id: string): ScheduleFacts {
    const schedule = schedules.get(id);
    if (!schedule) throw new Violation('fires', `there is no schedule ${id}`);
    return schedule;
  }

  function stamp(at: number): string {
    return `its time at ${(at - world.startedAt) / 1_000} s`;
  }

  return {
    schedules,
    created(id, { spec, workflowId, at }) {
      const schedule: ScheduleFacts = {
        ...{ id, spec, workflowId, plan: spec.plan, online: spec.online, deleted: false, pausedUntil: null },
        ...{ revision: 1, cursorAt: at, begunAt: at, begunCursorAt: at, records: new Map(), remains: new Map() },
      };
      schedules.set(id, schedule);
    },
    switched(id, online, at) {
      const schedule = must(id);
      if (!online) leave(schedule, at);
      Object.assign(schedule, { online, revision: schedule.revision + 1 });
      if (online) begin(schedule, at);
      else skipQueued(schedule);
    },
    replanned(id, plan, at) {
      const schedule = must(id);
      const isSame = JSON.stringify(plan) === JSON.stringify(schedule.plan);
      if (!isSame) leave(schedule, at);
      Object.assign(schedule, { plan, revision: schedule.revision + 1 });
      if (isSame) return;
      skipQueued(schedule);
      schedule.cursorAt = Math.max(schedule.cursorAt, at);
      begin(schedule, at);
    },
    described(id) {
      must(id).revision += 1;
    },
    paused(id, until) {
      const schedule = must(id);
      Object.assign(schedule, { pausedUntil: until, revision: schedule.revision + 1 });
    },
    deleted(id, at) {
      const schedule = must(id);
      leave(schedule, at);
      skipQueued(schedule);
      schedule.deleted = true;
    },
    workflowSwitched(workflowId, online, at) {
      const own = [...schedules.values()].filter((one) => one.workflowId === workflowId);
      if (!online) for (const schedule of own) leave(schedule, at);
      if (online) offline.delete(workflowId);
      else offline.add(workflowId);
      for (const schedule of own) {
        if (schedule.deleted) continue;
        if (online) begin(schedule, at);
        else skipQueued(schedule);
      }
    },
    advanced(step, at) {
      const schedule = must(step.schedule.id);
      // F2
      if (!isAwake(schedule)) throw wrong(schedule, 'is not online, and goes on');
      if (step.schedule.revision !== schedule.revision)
        throw wrong(schedule, 'goes on as it was before somebody changed it');
      if (step.schedule.cursorAt !== schedule.cursorAt)
        throw wrong(schedule, `goes on from ${stamp(step.schedule.cursorAt)}, and was at ${stamp(schedule.cursorAt)}`);
      if (step.cursorAt < schedule.cursorAt) throw wrong(schedule, `goes back to ${stamp(step.cursorAt)}`);
      const { plan, cursorAt: after } = schedule;
      cover(schedule, step.fires, { plan, after, upTo: step.cursorAt });
      const change = { schedule, step, at, runs: runsOf(schedule.id) };
      checkTimes(change, almanac, isTurned ? null : mirror.wallClock(at));
      checkOrigins(change);
      checkOverlap(change);
      for (const fire of step.dequeued) dequeue(schedule, fire);
      for (const fire of step.fires) schedule.records.set(fire.fireAt, fire);
      schedule.cursorAt = step.cursorAt;
      for (const run of step.runs) mirror.start(run);
      for (const command of step.stops) mirror.file(command);
    },
    settled({ remains: { scheduleId, upTo, afterAt: from }, fires, afterAt }) {
      const schedule = must(scheduleId);
      const left = schedule.remains.get(upTo);
      if (left?.after !== from)
        throw wrong(schedule, `has records before a change at ${stamp(upTo)} that left nothing`);
      const wanted = fires.every((one) => one.outcome === 'skipped' && one.reasonCode === 'schedule_changed');
      if (!wanted) throw wrong(schedule, `does not say that a change at ${stamp(upTo)} has skipped what came before`);
      cover(schedule, fires, { plan: left.plan, after: from, upTo: afterAt ?? upTo });
      for (const fire of fires) schedule.records.set(fire.fireAt, fire);
      if (afterAt === null) schedule.remains.delete(upTo);
      else left.after = afterAt;
    },
    tookBack({ now, toleranceMs }, { id, cursorAt, isThere }) {
      const schedule = must(id);
      if (schedule.cursorAt <= now + toleranceMs) throw wrong(schedule, 'is taken back, and was not ahead');
      // F3
      if (cursorAt > now || cursorAt < Math.min(now, schedule.begunAt))
        throw wrong(schedule, `is taken back to ${stamp(cursorAt)}, and now is ${stamp(now)}`);
      if (schedule.cursorAt === schedule.begunCursorAt && cursorAt > schedule.begunAt && cursorAt < now)
        throw wrong(schedule, `is taken back to ${stamp(cursorAt)}, and began at ${stamp(schedule.begunAt)}`);
      // F4
      for (const [at, { outcome, throughAt }] of schedule.records) {
        if (isThere(at)) continue;
        if (outcome === 'run' || outcome === 'queued' || throughAt <= cursorAt)
          throw wrong(schedule, `has lost its record (${outcome}) of ${stamp(at)}`);
        schedule.records.delete(at);
      }
      const { plan, begunAt, begunCursorAt: after } = schedule;
      if (schedule.cursorAt > after) cover(schedule, [], { plan, after, upTo: cursorAt });
      Object.assign(schedule, { cursorAt, begunCursorAt: begunAt });
    },
    checkPrompt(quietMs, now) {
      if (now === undefined || quietMs < PROMPT_MS) return;
      for (const schedule of schedules.values())
        if (isAwake(schedule) && schedule.cursorAt > now + AHEAD_MS)
          throw wrong(schedule, `rests until ${stamp(schedule.cursorAt)}, and it is ${stamp(now)}`);
    },
    ended: (run, at) => void endedAt.set(run, at),
    unrest(now) {
      if (schedules.size === 0) return undefined;
      if (now === undefined) return 'nobody leads who looks at schedules';
      for (const schedule of schedules.values()) {
        const [change] = schedule.remains.keys();
        if (change !== undefined)
          return `the schedule ${schedule.id} has not told of what came before ${stamp(change)}`;
        if (!isAwake(schedule)) continue;
        const { id, plan, cursorAt, records } = schedule;
        const upTo = now - LOOK_MS - plan.jitterMs;
        const [next] = almanac.firesIn(plan, { after: cursorAt, upTo });
        if (next !== undefined) return `the schedule ${id} has not come to ${stamp(next)}`;
        if (cursorAt > now + AHEAD_MS) return `the schedule ${id} is ahead of time, at ${stamp(cursorAt)}`;
        const waits = [...records.values()].find(({ outcome }) => outcome === 'queued');
        if (waits && !runsOf(id).some(({ isOpen }) => isOpen))
          return `${stamp(waits.fireAt)} of the schedule ${id} waits for nothing`;
      }
      return undefined;
    },
  };
}

function dequeue(schedule: ScheduleFacts, fire: ScheduleFireRow): void {
  const before = schedule.records.get(fire.fireAt);
  if (before?.outcome !== 'queued')
    throw wrong(schedule, `has a fire time go on that is ${before?.outcome ?? 'not known'}`);
  const { outcome, reasonCode, reason, workflowInstanceId, decidedAt } = fire;
  schedule.records.set(fire.fireAt, { ...before, outcome, reasonCode, reason, workflowInstanceId, decidedAt });
}

function wrong({ id }: Pick<ScheduleFacts, 'id'>, what: string): Violation {
  return new Violation('fires', `the schedule ${id} ${what}`);
}
