/** Where one fire time after the other is dealt with; what it decides for one counts for the next. */
import type { Problem } from '../errors/app-error.ts';
import { derivedId, derivedIds } from '../identity/ids.ts';
import { automaticRun } from '../machine/automatic-run.ts';
import type { NewRun } from '../machine/new-run.ts';
import type { CommandRow } from '../machine/rows.ts';
import type { ScheduleDecision, ScheduleQuestion } from './decide.ts';
import { definitionReason, type FireReason, OVERLAP_NEWER, pausedReason } from './fire-texts.ts';
import { turnOf } from './overlap.ts';
import type { PendingFire } from './pending-fires.ts';
import type { FireOutcome, ScheduleFireRow } from './rows.ts';

/** How a fire time ends, for now: with a reason, or with a run. */
interface Ending {
  readonly outcome: FireOutcome;
  readonly reason?: FireReason;
  readonly run?: NewRun;
}

type Span = Pick<ScheduleFireRow, 'fireAt' | 'actAt'> & Partial<Pick<ScheduleFireRow, 'throughAt' | 'fires'>>;

export interface FireDesk {
  readonly written: Pick<ScheduleDecision, 'fires' | 'dequeued' | 'runs' | 'stops'>;
  /** Fire times that wait go on, the oldest first, until one runs. */
  serveQueue(): void;
  record(fire: Span, ending: Ending): void;
  /** Of one that is to run. `isLast`: none that is to run comes after it now. */
  act(fire: PendingFire, isLast: boolean): void;
}

export function openDesk({ schedule, now, target, queued, open: openRuns }: ScheduleQuestion): FireDesk {
  const { plan } = schedule;
  const fires: ScheduleFireRow[] = [];
  const dequeued: ScheduleFireRow[] = [];
  const runs: NewRun[] = [];
  const stops: CommandRow[] = [];
  const createdBy = `schedule ${schedule.name}`;
  let open = openRuns.length;
  let waiting = queued.length;

  function end({ outcome, reason, run }: Ending) {
    if (run !== undefined) {
      runs.push(run);
      open += 1;
    }
    const why = { reasonCode: reason?.code ?? null, reason: reason?.text ?? null };
    return { outcome, ...why, workflowInstanceId: run?.instance.id ?? null, decidedAt: now };
  }

  function record({ fireAt, actAt, throughAt = fireAt, fires: count = 1 }: Span, ending: Ending): void {
    const { id: scheduleId, projectId, workflowId } = schedule;
    fires.push({ scheduleId, fireAt, projectId, workflowId, throughAt, fires: count, actAt, ...end(ending) });
  }

  /** With the run of a fire time, or the reason why there can be none. */
  function prepare(fireAt: number): Ending {
    const skipped = (problems: readonly Pick<Problem, 'message'>[]): Ending => ({
      outcome: 'skipped',
      reason: definitionReason(problems),
    });
    if (typeof target === 'string') return skipped([{ message: target }]);
    const origin = { kind: 'schedule' as const, id: schedule.id };
    const occasion = { origin, businessTime: fireAt, timezone: plan.timezone, createdBy };
    const made = automaticRun(target, schedule.start, occasion, derivedIds(fireAt, schedule.id), now);
    return 'problems' in made ? skipped(made.problems) : { outcome: 'run', run: made.run };
  }

  function stopOpenRuns(fireAt: number): void {
    for (const { id, state } of openRuns) {
      if (state === 'ready_stop') continue;
      stops.push({
        ...{ id: derivedId(fireAt, `stop ${id} for ${schedule.id}`), kind: 'stop', workflowInstanceId: id },
        ...{ payload: {}, priority: 'medium', createdBy, createdAt: now },
      });
    }
  }

  return {
    written: { fires, dequeued, runs, stops },
    record,
    serveQueue() {
      for (const fire of queued) {
        if (open > 0) return;
        const until = schedule.pausedUntil;
        const isPaused = until !== null && fire.fireAt < until;
        const ending: Ending = isPaused ? { outcome: 'skipped', reason: pausedReason(until) } : prepare(fire.fireAt);
        dequeued.push({ ...fire, ...end(ending) });
        waiting -= 1;
      }
    },
    act(fire, isLast) {
      const ending = prepare(fire.fireAt);
      if (ending.run === undefined) return record(fire, ending);
      // To be stopped at once is no start.
      if (plan.overlap.policy === 'cancel_old' && !isLast) {
        return record(fire, { outcome: 'skipped', reason: OVERLAP_NEWER });
      }
      const turn = turnOf(plan.overlap, { open, queued: waiting });
      switch (turn.kind) {
        case 'skip':
          return record(fire, { outcome: 'skipped', reason: turn.reason });
        case 'queue':
          waiting += 1;
          return record(fire, { outcome: 'queued', reason: turn.reason });
        case 'replace':
          stopOpenRuns(fire.fireAt);
          return record(fire, ending);
        case 'run':
          return record(fire, ending);
      }
    },
  };
}
