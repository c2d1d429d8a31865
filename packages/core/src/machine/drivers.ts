/**
 * What has to be there, outside the run, for it to go on by itself: a place in a queue, a timer, a worker that has
 * it. Follows from the rows alone, so that whoever holds memory against rows knows what memory must contain. What waits
 * for a person (an approval, a signal) needs nothing.
 *
 * M12 After each transition everything named here is there, because intents have asked for it.
 */
import { isLogicType } from '../definition/task-types/registry.ts';
import type { DispatchId, TaskInstanceId, WorkerId } from '../identity/ids.ts';
import { waitsForSlot } from './progress.ts';
import type { TaskInstanceRow } from './rows.ts';
import type { Run, RunNode } from './run.ts';
import { dueKey, killKey, logicKey, runTimeoutKey, timeoutKey } from './timers.ts';

export type Driver =
  /** Its start command, which is pending. */
  | { readonly kind: 'start' }
  /** It is known to whoever gives turns to runs. */
  | { readonly kind: 'turn' }
  /** It is about to be told to start more tasks. */
  | { readonly kind: 'more' }
  /** The task stands in the queue for workers. */
  | { readonly kind: 'queue'; readonly taskInstanceId: TaskInstanceId }
  /** The task is known to whoever gives slots of task groups. */
  | { readonly kind: 'slot'; readonly taskInstanceId: TaskInstanceId }
  | { readonly kind: 'timer'; readonly key: string }
  /** A worker has the task, or is waited for. */
  | { readonly kind: 'dispatch'; readonly dispatchId: DispatchId; readonly workerId: WorkerId };

export interface NeededDriver {
  readonly driver: Driver;
  /** The task that stands still without it; null: the run. */
  readonly task: string | null;
}

/** `now` tells which timeouts are still to come: one that has passed has been told already. */
export function driversOf(run: Run, now: number): readonly NeededDriver[] {
  const { state, queuedAt } = run.instance;
  switch (state) {
    case 'submitted':
    case 'serial_wait':
      return [{ driver: { kind: queuedAt === null ? 'start' : 'turn' }, task: null }];
    case 'running':
    case 'ready_pause':
    case 'ready_stop': {
      const needed: NeededDriver[] = [];
      if (run.backlog.length > 0) needed.push({ driver: { kind: 'more' }, task: null });
      if (state !== 'ready_stop' && isToCome(endOfRun(run), now))
        needed.push({ driver: { kind: 'timer', key: runTimeoutKey(run.instance.id) }, task: null });
      for (const node of run.nodes) {
        if (node.outcome !== 'active' || node.current === null) continue;
        for (const driver of driversOfTask(node, node.current, now)) needed.push({ driver, task: node.task.name });
      }
      return needed;
    }
    default:
      return [];
  }
}

function endOfRun({ instance, definition }: Run): number | null {
  const timeoutMs = instance.timeoutMs ?? definition.timeout?.afterMs ?? null;
  return timeoutMs === null || instance.startedAt === null ? null : instance.startedAt + timeoutMs;
}

function driversOfTask(node: RunNode, row: TaskInstanceRow, now: number): readonly Driver[] {
  switch (row.state) {
    case 'delayed':
      return [{ kind: 'timer', key: dueKey(row.id) }];
    case 'submitted':
      // A logic task begins in the transition that submits it.
      if (isLogicType(row.type)) return [{ kind: 'more' }];
      return [{ kind: waitsForSlot(row) ? 'slot' : 'queue', taskInstanceId: row.id }];
    case 'dispatched':
    case 'running':
      return [...(row.dispatchId === null ? driversOfLogic(row) : driversOfSent(row)), ...timeouts(node, row, now)];
    default:
      return [];
  }
}

function driversOfSent({ id, dispatchId, workerId, killRequestedAt }: TaskInstanceRow): readonly Driver[] {
  if (dispatchId === null || workerId === null) return [];
  const sent: Driver = { kind: 'dispatch', dispatchId, workerId };
  return killRequestedAt === null ? [sent] : [sent, { kind: 'timer', key: killKey(id) }];
}

function driversOfLogic({ id, logic }: TaskInstanceRow): readonly Driver[] {
  switch (logic?.kind) {
    case 'dependent':
    case 'child':
    case 'children':
      return [{ kind: 'timer', key: logicKey(id) }];
    case 'wait':
      return logic.until === null ? [] : [{ kind: 'timer', key: logicKey(id) }];
    default:
      return [];
  }
}

/** Only a timeout that ends the task: one that warns has been told once, and may seem to come again when a clock is turned back. */
function timeouts({ task: { timeout } }: RunNode, row: TaskInstanceRow, now: number): readonly Driver[] {
  if (timeout === null || timeout.strategy === 'warn' || row.killRequestedAt !== null) return [];
  const from = timeout.from === 'start' ? row.startedAt : row.firstSubmittedAt;
  return from !== null && isToCome(from + timeout.afterMs, now) ? [{ kind: 'timer', key: timeoutKey(row.id) }] : [];
}

function isToCome(at: number | null, now: number): boolean {
  return at !== null && at > now;
}
