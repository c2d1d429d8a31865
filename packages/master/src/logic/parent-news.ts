/**
 * Tells the run above that one of its children has ended or is paused.
 *
 * N1 What is told is durable, and the newest of each child: a child that went on meanwhile is not told as ended.
 * N2 It goes to the current task instance of the task that the child belongs to; when the parent has ended, to nobody.
 * N3 News that cannot be delivered for a passing reason are delivered later. News that are lost with the server are
 *    found again: a rebuilt parent asks for its children.
 */
import {
  type ChildReport,
  type Clock,
  isTaskTerminal,
  isWorkflowTerminal,
  toAppError,
  type WorkflowInstanceId,
  type WorkflowInstanceRow,
} from '@vaquita/core';
import type { RunBus } from '../bus/run-bus.ts';
import type { RunRegistry } from '../bus/run-registry.ts';
import { isPassing } from '../recovery/durable-commit.ts';
import type { Logger } from '../settings.ts';
import { type ChildReader, childReport } from './child-reader.ts';

export interface ParentNews {
  /** A run that has a parent has committed this row. */
  committed(row: WorkflowInstanceRow): void;
  /** Parents that are still to be told something. */
  readonly size: number;
  close(): void;
}

export interface ParentNewsDeps {
  readonly runs: Pick<RunRegistry, 'get' | 'withBus'>;
  readonly children: Pick<ChildReader, 'row'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly retryMs: number;
}

const MAX_RETRY_MS = 30_000;

export function createParentNews({ runs, children, clock, log, retryMs }: ParentNewsDeps): ParentNews {
  /** Children to be told of, by parent. The entry is there for as long as somebody delivers it. */
  const pending = new Map<WorkflowInstanceId, Map<WorkflowInstanceId, WorkflowInstanceRow>>();
  let closed = false;

  async function deliver(parent: WorkflowInstanceId): Promise<void> {
    for (let wait = retryMs; !closed; wait = Math.min(wait * 2, MAX_RETRY_MS)) {
      try {
        if (await mayWait(parent)) await runs.withBus(parent, (bus) => tellAll(bus));
        pending.delete(parent);
        return;
      } catch (thrown) {
        const error = toAppError(thrown);
        const fields = { run: parent, error: error.message };
        if (!isPassing(error.code)) {
          log.error('A run could not be told that its child has ended; it sees it at its next look.', fields);
          pending.delete(parent);
          return;
        }
        log.warn('A run could not be told yet that its child has ended; trying again.', fields);
        await new Promise<void>((resolve) => clock.setTimeout(resolve, wait));
      }
    }
  }

  /** Whether it is worth loading: a run that has ended waits for nobody. */
  async function mayWait(parent: WorkflowInstanceId): Promise<boolean> {
    if (runs.get(parent)) return true;
    const row = await children.row(parent, () => !closed);
    return row !== undefined && !isWorkflowTerminal(row.state);
  }

  function tellAll(bus: RunBus): void {
    const rows = [...(pending.get(bus.id)?.values() ?? [])];
    pending.get(bus.id)?.clear();
    tell(bus, rows);
  }

  return {
    committed(row) {
      const parent = row.parentInstanceId;
      if (closed || parent === null) return;
      const waiting = pending.get(parent);
      waiting?.delete(row.id);
      if (!isWorkflowTerminal(row.state)) return;
      const bus = runs.get(parent);
      if (bus) tell(bus, [row]);
      else if (waiting) waiting.set(row.id, row);
      else {
        pending.set(parent, new Map([[row.id, row]]));
        void deliver(parent);
      }
    },
    get size() {
      return pending.size;
    },
    close() {
      closed = true;
      pending.clear();
    },
  };
}

function tell(bus: RunBus, rows: readonly WorkflowInstanceRow[]): void {
  const byTask = new Map<string, ChildReport[]>();
  for (const row of rows) {
    const reports = byTask.get(row.parentTask ?? '') ?? [];
    byTask.set(row.parentTask ?? '', reports);
    reports.push(childReport(row));
  }
  for (const [task, reports] of byTask) {
    const index = bus.run.graph.indexOf.get(task);
    const current = index === undefined ? null : bus.run.nodes[index]!.current;
    if (!current || isTaskTerminal(current.state)) continue;
    bus.post({ type: 'ChildrenRead', taskInstanceId: current.id, children: reports });
  }
}
