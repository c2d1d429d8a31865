/**
 * One walk over everything there is to look at, a bounded part of it at each step. A step that fails is made again.
 */
import type { WorkflowInstanceId } from '@vaquita/core';
import type { ReconcileStore } from '@vaquita/store';
import type { Finding } from './findings.ts';
import type { MemoryView } from './memory-view.ts';
import { findStrays } from './strays.ts';
import type { Survey } from './survey.ts';

export interface Round {
  /** Looks at the next part. @returns what looks wrong there. */
  step(): Promise<readonly Finding[]>;
  readonly isOver: boolean;
  /** Open runs that have been looked at. */
  readonly runs: number;
}

export interface RoundDeps {
  readonly store: Pick<ReconcileStore, 'openRunRows' | 'workerStates'>;
  readonly memory: MemoryView;
  readonly survey: Survey;
  /** Open runs per step. */
  readonly page: number;
}

type Part = () => Promise<{ readonly found: readonly Finding[]; readonly isDone: boolean }>;

/** Workers per step: of each only its id and its state are read. */
const WORKERS_AT_ONCE = 500;

export function beginRound({ store, memory, survey, page }: RoundDeps): Round {
  /** In memory since before the round: one of them that is not among the open runs is not open. */
  const before = memory.runs.all();
  const heldFor = memory.room.runs();
  const seen = new Set<WorkflowInstanceId>();
  let unseen: WorkflowInstanceId[] | undefined;
  let after: string | null = null;
  let runs = 0;

  const parts: Part[] = [openRuns, runsThatAreNotOpen, whatIsOfNoRun, workers];

  async function openRuns() {
    const { items, next } = await store.openRunRows({ after, limit: page });
    const found = await survey.ofRows(items);
    for (const { id } of items) seen.add(id);
    runs += items.length;
    after = next;
    return { found, isDone: next === null };
  }

  async function runsThatAreNotOpen() {
    const held = before.filter((bus) => memory.runs.get(bus.id) === bus).map(({ id }) => id);
    unseen ??= [...new Set([...held, ...heldFor])].filter((id) => !seen.has(id));
    const some = unseen.slice(0, page);
    const found = some.length === 0 ? [] : await survey.ofRuns(some);
    unseen = unseen.slice(some.length);
    return { found, isDone: unseen.length === 0 };
  }

  async function whatIsOfNoRun() {
    return { found: [...(await survey.ofCommands()), ...findStrays(memory)], isDone: true };
  }

  async function workers() {
    const { items, next } = await store.workerStates({ after, limit: WORKERS_AT_ONCE });
    after = next;
    return { found: survey.ofWorkers(items), isDone: next === null };
  }

  return {
    async step() {
      if (!parts[0]) return [];
      const { found, isDone } = await parts[0]();
      if (isDone) parts.shift();
      return found;
    },
    get isOver() {
      return parts.length === 0;
    },
    get runs() {
      return runs;
    },
  };
}
