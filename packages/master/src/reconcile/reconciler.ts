/**
 * Holds memory against rows for as long as a server leads, slowly and a page at a time, and puts right what does not
 * agree. Nothing of the engine relies on it: what it finds is a defect, which is written down with its evidence.
 *
 * Z1 Nothing is touched at first sight: what is found is looked at again after a while, and mended only when it is still
 *    there, unchanged.
 * Z2 Runs that are busy, set aside, or on their way into memory are let be: whoever is at work there has the last word.
 * Z3 A step reads a bounded number of rows, and one step follows another with a pause. While nothing is open a round is
 *    three queries.
 * Z4 What is found again and again whatever is done about it is given up after a few times, and said so once.
 */
import type { Clock, NewEvent, TimerHandle, WorkerId } from '@vaquita/core';
import { toAppError } from '@vaquita/core';
import type { ReconcileStore } from '@vaquita/store';
import type { Logger } from '../settings.ts';
import { CHECKS, type Check, type Finding, type MendCounts } from './findings.ts';
import type { MemoryView } from './memory-view.ts';
import type { Mender } from './mend.ts';
import { beginRound, type Round } from './round.ts';
import type { ReconcilerSettings } from './settings.ts';
import { findStrays } from './strays.ts';
import { createSurvey } from './survey.ts';

export interface Reconciler {
  /** Called once, when open runs have been taken over. */
  begin(): void;
  status(): ReconcilerStatus;
  close(): void;
}

export interface ReconcilerStatus {
  /** Rounds that are over. */
  readonly rounds: number;
  /** Runs looked at, in the round under way or the last one. */
  readonly runsChecked: number;
  readonly roundBegan: number | null;
  readonly roundEnded: number | null;
  /** What looks wrong and is to be looked at again. */
  readonly suspects: number;
  /** What was found last, newest first. */
  readonly recent: readonly FoundBefore[];
}

type Outcome = 'mended' | 'given_up';

export interface FoundBefore extends Pick<Finding, 'check' | 'subject' | 'text'> {
  readonly at: number;
  readonly outcome: Outcome;
}

export interface ReconcilerDeps {
  readonly store: ReconcileStore;
  readonly memory: MemoryView;
  readonly mend: Mender;
  readonly counts: MendCounts;
  readonly clock: Clock;
  readonly log: Logger;
  readonly settings: ReconcilerSettings;
  readonly isOver: () => boolean;
  readonly endWhenFenced: (error: unknown) => boolean;
  readonly record: (event: NewEvent) => void;
}

interface Suspect {
  readonly finding: Finding;
  /** Of the time that this has been going on, see `elapsedMs`. */
  readonly since: number;
}

interface Mended {
  times: number;
  isGivenUp: boolean;
  /** When it was found last. */
  round: number;
}

/** Suspects that are looked at again in one step. */
const AGAIN_AT_ONCE = 50;
/** How often the same thing is mended. */
const MAX_MENDS = 3;
/** Rounds in which it was not found, after which a thing may be mended as often again. */
const REMEMBERED_ROUNDS = 20;
const RECENT = 20;
const OF_WORKERS: ReadonlySet<Check> = new Set(['unwatched_worker', 'denied_worker']);
const OF_COMMANDS: ReadonlySet<Check> = new Set(['stuck_command']);
const STRAYS: ReadonlySet<Check> = new Set([
  'leaked_dispatch',
  'leaked_slot',
  'stray_in_queue',
  'idle_slot',
  'late_timers',
]);
/** A wall clock that was set forward is noticed by the timers within a minute: they may be late for so long. */
const LATE_TIMERS_MS = 65_000;

export function createReconciler(deps: ReconcilerDeps): Reconciler {
  const { store, memory, clock, log, settings, counts } = deps;
  const survey = createSurvey({ store, memory, commandPatienceMs: settings.commandPatienceMs });
  const suspects = new Map<string, Suspect>();
  const mends = new Map<string, Mended>();
  let recent: ReconcilerStatus['recent'] = [];
  let round: Round | undefined;
  let rounds = 0;
  let runsChecked = 0;
  let roundBegan: number | null = null;
  let roundEnded: number | null = null;
  /** A sum of pauses: not the wall clock, which steps, nor the time while this process sleeps. */
  let elapsedMs = 0;
  let nextRoundAt = 0;
  let timer: TimerHandle | undefined;
  let failing = false;

  function pause(): void {
    const isBusy = round !== undefined || suspects.size > 0;
    const ms = isBusy ? settings.stepMs : Math.max(settings.stepMs, nextRoundAt - elapsedMs);
    timer = clock.setTimeout(() => {
      elapsedMs += ms;
      void step();
    }, ms);
  }

  async function step(): Promise<void> {
    try {
      await lookAgain();
      if (!round && elapsedMs >= nextRoundAt) begin();
      if (round && !deps.isOver()) await goOn(round);
      failing = false;
    } catch (error) {
      if (!deps.isOver() && !failing)
        log.warn('Memory could not be held against rows; trying again.', { error: toAppError(error).message });
      failing = true;
    }
    if (!deps.isOver()) pause();
  }

  function begin(): void {
    round = beginRound({ store, memory, survey, page: settings.page });
    roundBegan = clock.now();
    nextRoundAt = elapsedMs + settings.roundMs;
    for (const [key, { round: seenIn }] of mends) if (rounds - seenIn > REMEMBERED_ROUNDS) mends.delete(key);
  }

  async function goOn(current: Round): Promise<void> {
    suspect(await current.step());
    runsChecked = current.runs;
    if (!current.isOver) return;
    round = undefined;
    rounds += 1;
    roundEnded = clock.now();
  }

  function suspect(findings: readonly Finding[]): void {
    for (const finding of findings) {
      const key = keyOf(finding);
      if (suspects.get(key)?.finding.stamp === finding.stamp) continue;
      const mended = mends.get(key);
      if (mended) mended.round = rounds;
      if (mended?.isGivenUp) continue;
      suspects.set(key, { finding, since: elapsedMs });
    }
  }

  /** Those that have been suspects for long enough: what is still so is mended, and what is not was never wrong. */
  async function lookAgain(): Promise<void> {
    const due = [...suspects].filter(([, { finding, since }]) => elapsedMs - since >= patienceOf(finding));
    const some = due.slice(0, AGAIN_AT_ONCE);
    if (some.length === 0) return;
    const was = new Map(some.map(([key, { finding }]) => [key, finding]));
    const found = await lookAt([...was.values()]);
    for (const key of was.keys()) suspects.delete(key);
    for (const finding of found) {
      const before = was.get(keyOf(finding));
      if (before?.stamp === finding.stamp) await putRight(finding);
      else if (before) suspect([finding]);
    }
  }

  async function lookAt(findings: readonly Finding[]): Promise<readonly Finding[]> {
    const runs = findings.flatMap(({ run }) => (run === null ? [] : [run]));
    const workers = findings.filter(({ check }) => OF_WORKERS.has(check)).map(({ subject }) => subject as WorkerId);
    const has = (checks: ReadonlySet<Check>) => findings.some(({ check }) => checks.has(check));
    return [
      ...(runs.length > 0 ? await survey.ofRuns([...new Set(runs)]) : []),
      ...(has(OF_COMMANDS) ? await survey.ofCommands() : []),
      ...(workers.length > 0 ? survey.ofWorkers(await store.workerStatesOf(workers)) : []),
      ...(has(STRAYS) ? findStrays(memory) : []),
    ];
  }

  async function putRight(finding: Finding): Promise<void> {
    const key = keyOf(finding);
    const mended = mends.get(key) ?? { times: 0, isGivenUp: false, round: rounds };
    mends.set(key, mended);
    const { check, subject, text } = finding;
    if (mended.times >= MAX_MENDS) {
      mended.isGivenUp = true;
      counts.gaveUp(check);
      log.error('What was mended is found again; it is left as it is.', { check, subject, text, times: MAX_MENDS });
      tell(finding, 'given_up');
      return;
    }
    try {
      if (!(await deps.mend(finding.mend)) || deps.isOver()) return;
    } catch (error) {
      if (!deps.endWhenFenced(error))
        log.warn('What was found could not be mended yet.', { check, subject, error: toAppError(error).message });
      return;
    }
    mended.times += 1;
    counts.mended(check);
    log.error(`Mended: ${CHECKS[check]}.`, { check, subject, text });
    tell(finding, 'mended');
  }

  function tell({ check, subject, text, run }: Finding, outcome: Outcome): void {
    const at = clock.now();
    recent = [{ at, check, subject, text, outcome }, ...recent].slice(0, RECENT);
    const projectId = (run && memory.runs.get(run)?.run.instance.projectId) ?? null;
    const data = { check, subject, text, outcome };
    deps.record({ type: 'engine.mended', projectId, workflowInstanceId: run, taskInstanceId: null, at, data });
  }

  function patienceOf({ check }: Finding): number {
    if (check === 'late_timers') return LATE_TIMERS_MS;
    // When it was filed is told by a clock that may have been turned since.
    return check === 'stuck_command' ? settings.commandPatienceMs : settings.patienceMs;
  }

  return {
    begin: pause,
    status: () => ({ rounds, runsChecked, roundBegan, roundEnded, suspects: suspects.size, recent }),
    close() {
      if (timer !== undefined) clock.clearTimeout(timer);
    },
  };
}

function keyOf({ check, subject }: Finding): string {
  return `${check} ${subject}`;
}
