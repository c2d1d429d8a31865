/**
 * What a term does about runs that stand still: rebuilding one whose commit was refused, setting one aside that cannot
 * be built or handled. One run's trouble is never another's.
 *
 * Q1 A run whose commits are refused again and again is set aside, not rebuilt for ever. A commit of which nobody knows
 *    whether it was written is no refusal.
 * Q2 Why a run is set aside is written beside its state and reason, which stay what they were. It is written before
 *    anybody takes the run from there.
 * Q3 Rows that a lost commit may still change are not read before that is settled (N1).
 */
import {
  type Clock,
  type IdSource,
  type OneAtATime,
  quarantineAlert,
  type Reason,
  toAppError,
  type WorkflowInstanceId,
} from '@vaquita/core';
import type { MasterStore } from '@vaquita/store';
import type { RunBus } from '../bus/run-bus.ts';
import type { RunRegistry } from '../bus/run-registry.ts';
import type { Logger } from '../settings.ts';
import { commitOf, quarantineEvent } from './commit-of.ts';
import type { DurableCommit } from './durable-commit.ts';
import { isLost, type Settling } from './settling.ts';

export interface Repair {
  /** The commit of a run was refused, or its answer was lost; its bus is set aside. */
  afterRefusal(bus: RunBus, error: unknown): Promise<void>;
  /** The first commit of a run that was not in the rows yet failed: it is forgotten, and taken from its rows if it is in them. */
  afterFailedFiling(bus: RunBus, error: unknown): Promise<void>;
  /** An open run cannot be built from its rows. */
  setAsideUnread(id: WorkflowInstanceId, why: string): Promise<void>;
  /** A run cannot be handled; its bus is set aside. */
  quarantine(bus: RunBus, doing: string, error: unknown): void;
  /** A run has ended by a unit that no bus wrote. */
  ended(id: WorkflowInstanceId): void;
  /** The run has no bus because it cannot be built from its rows. */
  isUnrunnable(id: WorkflowInstanceId): boolean;
  /** Runs that are set aside. */
  readonly quarantined: number;
  /** A commit of the run went through. */
  committed(id: WorkflowInstanceId): void;
}

export interface RepairDeps {
  readonly store: MasterStore;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly log: Logger;
  readonly runs: RunRegistry;
  readonly commits: DurableCommit;
  readonly turns: OneAtATime<WorkflowInstanceId>;
  readonly settling: Settling;
  /** What the run was given may be held by others, or the rows may give it more. */
  readonly doubt: (bus: RunBus, error: unknown) => Promise<void>;
  readonly isOver: () => boolean;
  /** True, and the end of the term, when the error says that somebody else leads. */
  readonly endWhenFenced: (error: unknown) => boolean;
  /** The bus is set aside: its queued tasks are not to be placed. */
  readonly unqueue: (bus: RunBus) => void;
  /** Its commands on the way are taken from their rows again. */
  readonly retryCommands: (bus: RunBus) => void;
  readonly told: () => void;
}

/** Refusals in a row after which a run is set aside. */
const MAX_REFUSALS = 3;

export function createRepair(deps: RepairDeps): Repair {
  const { store, clock, log, runs } = deps;
  const { patiently, settle } = deps.settling;
  const refusals = new Map<WorkflowInstanceId, number>();
  /** Open runs without a bus: their definition cannot be read. */
  const unrunnable = new Set<WorkflowInstanceId>();

  async function setAsideUnread(id: WorkflowInstanceId, why: string): Promise<void> {
    const text = `This run cannot go on: ${why}`;
    log.error(text, { run: id });
    unrunnable.add(id);
    const reason: Reason = { code: 'unrunnable', text, since: clock.now(), next: 'it can be stopped' };
    await deps.turns.about(id, () => writeQuarantine(id, reason, () => unrunnable.has(id)));
  }

  function quarantine(bus: RunBus, doing: string, thrown: unknown): void {
    const text = `Handling "${doing}" failed: ${toAppError(thrown).message}`;
    log.error('A run is set aside.', {
      run: bus.id,
      doing,
      error: thrown instanceof Error ? (thrown.stack ?? text) : text,
    });
    deps.unqueue(bus);
    const next = 'it is tried again on the command retry and when the server restarts; a stop ends it';
    const why: Reason = { code: 'quarantined', text, since: clock.now(), next };
    bus.hold(bus.quiet().then(() => writeQuarantine(bus.id, why, () => bus.state === 'aside')));
  }

  async function writeQuarantine(id: WorkflowInstanceId, why: Reason, isAside: () => boolean): Promise<void> {
    try {
      const rows = await patiently(() => store.loadRun(id));
      if (!rows || deps.isOver() || !isAside()) return;
      const { instance } = rows;
      // As it was before a restart: nothing is new.
      if (instance.quarantine?.text === why.text) return;
      const now = clock.now();
      await deps.commits.write(
        commitOf({
          instance: { ...instance, quarantine: why, updatedAt: now },
          events: [quarantineEvent(instance, why, now)],
          newAlerts: [quarantineAlert({ id: deps.ids.next<'alert'>(), at: now }, rows, why)],
        }),
      );
      deps.told();
    } catch (error) {
      if (isLost(error)) {
        // Written already, or to be written now.
        await settle(error);
        await writeQuarantine(id, why, isAside);
      } else if (!deps.endWhenFenced(error))
        log.error('Why a run is set aside could not be written.', { run: id, error: toAppError(error).message });
    }
  }

  return {
    setAsideUnread,
    async afterRefusal(bus, error) {
      await settle(error);
      await deps.doubt(bus, error);
      if (deps.endWhenFenced(error) || deps.isOver()) return;
      if (!isLost(error)) {
        const times = (refusals.get(bus.id) ?? 0) + 1;
        refusals.set(bus.id, times);
        if (toAppError(error).code !== 'conflict' || times >= MAX_REFUSALS) {
          quarantine(bus, 'a commit', error);
          return;
        }
      }
      log.warn('A run is rebuilt from its rows, because its commit was refused or its answer was lost.', {
        run: bus.id,
        error: toAppError(error).message,
      });
      try {
        await patiently(() => runs.rebuild(bus, () => {}));
      } catch (failure) {
        log.error('A run could not be rebuilt.', { run: bus.id, error: toAppError(failure).message });
      }
      deps.retryCommands(bus);
    },
    async afterFailedFiling(bus, error) {
      await settle(error);
      await deps.doubt(bus, error);
      // Filed as if nobody had tried, it may have been taken from its rows meanwhile.
      if (runs.get(bus.id) === bus) runs.drop(bus);
      if (deps.endWhenFenced(error) || deps.isOver()) return;
      deps.retryCommands(bus);
      if (!isLost(error)) return;
      try {
        await patiently(() => runs.withBus(bus.id, () => {}));
      } catch (failure) {
        log.error('A run that may have been filed could not be loaded.', {
          run: bus.id,
          error: toAppError(failure).message,
        });
      }
    },
    quarantine,
    ended: (id) => void unrunnable.delete(id),
    isUnrunnable: (id) => unrunnable.has(id),
    committed(id) {
      refusals.delete(id);
      unrunnable.delete(id);
    },
    get quarantined() {
      return unrunnable.size + runs.all().filter((bus) => bus.state === 'aside').length;
    },
  };
}
