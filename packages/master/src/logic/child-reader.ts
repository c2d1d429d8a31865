/**
 * How runs that tasks started stand, read for many tasks at once.
 *
 * C1 Children that are asked about in one round are one read, up to `BATCH` of them.
 * C2 What a child commits while it is being read is newer than what is read, and takes its place in the answer.
 */
import { type ChildReport, rootCause, type WorkflowInstanceId, type WorkflowInstanceRow } from '@vaquita/core';
import type { OtherRunsStore } from '@vaquita/store';
import type { ReadQueue } from './read-queue.ts';

const BATCH = 500;

export interface ChildReader {
  /** In the order asked; a run that is gone is reported as missing. */
  read(ids: readonly WorkflowInstanceId[], wanted: () => boolean): Promise<readonly ChildReport[]>;
  row(id: WorkflowInstanceId, wanted: () => boolean): Promise<WorkflowInstanceRow | undefined>;
  /** A run that has a parent has committed this. */
  changed(row: WorkflowInstanceRow): void;
}

interface Batch {
  readonly ids: Set<WorkflowInstanceId>;
  readonly wanted: (() => boolean)[];
  readonly rows: Promise<ReadonlyMap<WorkflowInstanceId, WorkflowInstanceRow>>;
}

export function createChildReader(queue: ReadQueue, others: Pick<OtherRunsStore, 'instances'>): ChildReader {
  /** Runs whose read has begun or waits, and what they have committed since. */
  const reading = new Map<WorkflowInstanceId, { askers: number; newer: WorkflowInstanceRow | undefined }>();
  let filling: Batch | undefined;
  let batches = 0;

  function openBatch(): Batch {
    const ids = new Set<WorkflowInstanceId>();
    const wanted: (() => boolean)[] = [];
    batches += 1;
    const rows = queue.read(
      `instances ${batches}`,
      () => {
        // The read begins now, or never: whoever asks from here on needs another.
        if (filling === batch) filling = undefined;
        return wanted.some((isWanted) => isWanted());
      },
      async () => {
        const found = await others.instances([...ids]);
        return new Map(found.map((row) => [row.id, row]));
      },
    );
    const batch: Batch = { ids, wanted, rows };
    return batch;
  }

  async function row(id: WorkflowInstanceId, wanted: () => boolean): Promise<WorkflowInstanceRow | undefined> {
    if (!filling || filling.ids.size >= BATCH) filling = openBatch();
    const { ids, wanted: all, rows } = filling;
    ids.add(id);
    all.push(wanted);
    const state = reading.get(id) ?? { askers: 0, newer: undefined };
    state.askers += 1;
    reading.set(id, state);
    try {
      const read = (await rows).get(id);
      return state.newer ?? read;
    } finally {
      state.askers -= 1;
      if (state.askers === 0) reading.delete(id);
    }
  }

  return {
    row,
    read: (ids, wanted) =>
      Promise.all(
        ids.map(async (id) => {
          const found = await row(id, wanted);
          return found ? childReport(found) : missing(id);
        }),
      ),
    changed(committed) {
      const state = reading.get(committed.id);
      if (state) state.newer = committed;
    },
  };
}

export function childReport(row: WorkflowInstanceRow): ChildReport {
  const { id: child, number, runCounter, state, outputs, reason } = row;
  const cause = reason ? rootCause(reason) : undefined;
  const told = { child, number, runCounter, state, outputs, reason: reason?.text ?? null };
  return cause === undefined ? told : { ...told, cause };
}

function missing(child: WorkflowInstanceId): ChildReport {
  return { child, number: null, runCounter: 0, state: 'missing', outputs: {}, reason: null };
}
