/**
 * What a term does about runs that stand still: taking over open runs at its start, rebuilding one whose commit was
 * refused, setting one aside that cannot be handled. One run's trouble is never another's.
 *
 * F1 Open runs are read page by page; one that cannot be read or built is passed over, with the reason in the log.
 * F2 A run whose commits are refused again and again is set aside, not rebuilt for ever.
 */
import { type Clock, type Epoch, type Reason, toAppError, type WorkflowInstanceId } from '@vaquita/core';
import type { MasterStore } from '@vaquita/store';
import type { RunBus } from '../bus/run-bus.ts';
import type { RunRegistry } from '../bus/run-registry.ts';
import type { Logger } from '../settings.ts';
import { commitOf } from './commit-of.ts';
import { type DurableCommit, isPassing } from './durable-commit.ts';

export interface Repair {
  /** Brings every open run into memory. */
  recover(): Promise<void>;
  /** The commit of a run was refused; its bus is set aside. */
  afterRefusal(bus: RunBus, error: unknown): Promise<void>;
  /** A run cannot be handled; its bus is set aside. */
  quarantine(bus: RunBus, doing: string, error: unknown): Promise<void>;
  /** A commit of the run went through. */
  committed(id: WorkflowInstanceId): void;
}

export interface RepairDeps {
  readonly store: MasterStore;
  readonly epoch: Epoch;
  readonly clock: Clock;
  readonly log: Logger;
  readonly runs: RunRegistry;
  readonly commits: DurableCommit;
  readonly page: number;
  readonly retryMs: number;
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
  const refusals = new Map<WorkflowInstanceId, number>();

  /** Tries until it works, fails for good, or the term is over. */
  async function patiently<T>(read: () => Promise<T>): Promise<T | undefined> {
    while (!deps.isOver()) {
      try {
        return await read();
      } catch (thrown) {
        const error = toAppError(thrown);
        if (!isPassing(error.code)) throw error;
        log.warn('The database did not answer; trying again.', { error: error.message });
        await new Promise<void>((resolve) => clock.setTimeout(resolve, deps.retryMs));
      }
    }
    return undefined;
  }

  async function takeOver(id: WorkflowInstanceId): Promise<void> {
    try {
      const found = await patiently(() => runs.withBus(id, () => {}));
      if (found?.kind === 'impossible') throw new Error(found.why);
    } catch (thrown) {
      const text = `This run cannot go on: ${toAppError(thrown).message}`;
      log.error(text, { run: id });
      await writeReason(id, { code: 'unrunnable', text, since: clock.now(), next: 'it can be stopped' });
    }
  }

  async function writeReason(id: WorkflowInstanceId, reason: Reason): Promise<void> {
    try {
      const rows = await patiently(() => store.loadRun(id));
      if (!rows || deps.isOver()) return;
      await deps.commits.write(commitOf({ instance: { ...rows.instance, reason, updatedAt: clock.now() } }));
      deps.told();
    } catch (error) {
      if (!deps.endWhenFenced(error))
        log.error('Why a run stands still could not be written.', { run: id, error: toAppError(error).message });
    }
  }

  async function quarantine(bus: RunBus, doing: string, thrown: unknown): Promise<void> {
    const text = `Handling "${doing}" failed: ${toAppError(thrown).message}`;
    log.error('A run is set aside.', {
      run: bus.id,
      doing,
      error: thrown instanceof Error ? (thrown.stack ?? text) : text,
    });
    deps.unqueue(bus);
    await bus.quiet();
    const next = 'it is tried again when it is rerun or the server restarts; a stop ends it';
    await writeReason(bus.id, { code: 'quarantined', text, since: clock.now(), next });
  }

  return {
    async recover() {
      let count = 0;
      for (let after: string | null = null; !deps.isOver(); ) {
        const page = await patiently(() => store.openInstances({ after, limit: deps.page }));
        if (!page) return;
        for (const id of page.items) await takeOver(id);
        count += page.items.length;
        after = page.next;
        if (after === null) break;
      }
      if (count > 0 && !deps.isOver()) log.info('Open runs have been taken over.', { runs: count });
    },
    async afterRefusal(bus, error) {
      if (deps.endWhenFenced(error) || deps.isOver()) return;
      const times = (refusals.get(bus.id) ?? 0) + 1;
      refusals.set(bus.id, times);
      if (toAppError(error).code !== 'conflict' || times >= MAX_REFUSALS) {
        await quarantine(bus, 'a commit', error);
        return;
      }
      log.warn('A run is rebuilt from its rows, because its commit was refused.', {
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
    quarantine,
    committed(id) {
      refusals.delete(id);
    },
  };
}
