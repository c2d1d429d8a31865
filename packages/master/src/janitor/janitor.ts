/**
 * Sees to it that what is remembered does not only grow: a pass now and then for as long as a server leads, and one at
 * once when somebody asks for it.
 */
import { type Clock, type IdSource, type TimerHandle, toAppError } from '@vaquita/core';
import { cleanUp, type PassDeps } from './pass.ts';
import { type CleaningCounts, createCleaningCounts, type PassStatus } from './report.ts';
import { sweep } from './sweep.ts';

export interface Janitor {
  /** Called once, when open runs have been taken over. */
  begin(): void;
  /** Hint: begin a pass now, or another one after the one under way. */
  nudge(): void;
  status(): JanitorStatus;
  close(): void;
}

export interface JanitorStatus {
  /** The pass under way. */
  readonly pass: PassStatus | null;
  readonly lastPass: PassStatus | null;
  /** Passes of this term that are over. */
  readonly passes: number;
}

export interface JanitorDeps extends Omit<PassDeps, 'pause' | 'counts' | 'clock'> {
  readonly clock: Clock;
  readonly ids: IdSource;
  /** Of the life of the server. */
  readonly counts: CleaningCounts;
  readonly isOver: () => boolean;
  readonly endWhenFenced: (error: unknown) => boolean;
}

export function createJanitor(deps: JanitorDeps): Janitor {
  const { clock, log, settings, isOver } = deps;
  let timer: TimerHandle | undefined;
  let begun = false;
  let again = false;
  let current: { readonly startedAt: number; readonly counts: CleaningCounts } | undefined;
  let lastPass: PassStatus | null = null;
  let passes = 0;
  let sweptAt: number | null = null;

  function sleep(): void {
    if (isOver()) return;
    timer = clock.setTimeout(() => void pass(), settings.everyMs);
  }

  /** Between two units. True: go on. */
  function pause(): Promise<boolean> {
    return new Promise((resolve) => clock.setTimeout(() => resolve(!isOver()), settings.pauseMs));
  }

  async function pass(): Promise<void> {
    if (timer !== undefined) clock.clearTimeout(timer);
    timer = undefined;
    do {
      again = false;
      const counts = createCleaningCounts();
      current = { startedAt: clock.now(), counts };
      let error: string | null = null;
      try {
        const pass = { ...deps, counts: [counts, deps.counts], pause };
        await cleanUp(pass);
        if (sweptAt === null || clock.now() - sweptAt >= settings.sweepEveryMs) {
          await sweep(pass);
          sweptAt = clock.now();
        }
      } catch (thrown) {
        error = toAppError(thrown).message;
        if (!isOver() && !deps.endWhenFenced(thrown))
          log.warn('What has served its time could not be removed; the next pass goes on.', { error });
      }
      lastPass = { ...counts.report(), startedAt: current.startedAt, endedAt: clock.now(), error };
      current = undefined;
      passes += 1;
      await tell(lastPass);
    } while (again && !isOver());
    sleep();
  }

  async function tell({ startedAt, endedAt, error, ...done }: PassStatus): Promise<void> {
    if (isOver() || Object.values(done).every((count) => count === 0)) return;
    log.info('What has served its time was removed.', { ...done, ms: (endedAt ?? startedAt) - startedAt });
    const data = { ...done, startedAt: new Date(startedAt).toISOString(), ...(error === null ? {} : { error }) };
    const row = {
      id: deps.ids.next<'audit'>(),
      at: clock.now(),
      actor: 'janitor',
      action: 'janitor.pass',
      subject: 'runs',
      data,
    };
    try {
      await deps.store.note(deps.epoch, row);
    } catch (thrown) {
      if (!deps.endWhenFenced(thrown))
        log.error('The audit record could not be written', { ...row, error: toAppError(thrown).message });
    }
  }

  return {
    begin() {
      begun = true;
      if (again) void pass();
      else sleep();
    },
    nudge() {
      if (isOver()) return;
      if (!begun || current) again = true;
      else void pass();
    },
    status: () => ({
      pass: current ? { ...current.counts.report(), startedAt: current.startedAt, endedAt: null, error: null } : null,
      lastPass,
      passes,
    }),
    close() {
      if (timer !== undefined) clock.clearTimeout(timer);
    },
  };
}
