/**
 * Takes dispatches and runs them in a bounded number of slots. Knows no socket: it reports through `report`, which may
 * lose what it is given, and the outbox, which may not.
 *
 * E1 A dispatch id is run at most once, by all agents on a work folder together: it is known as running, as waiting in the
 *    outbox, or as done, and it is in the journal before it is begun (P3).
 * E2 A slot is taken before `ack` is said and given back when the result is on disk.
 * E3 A result is on disk before it is reported (P4); while the disk refuses it, the slot stays taken.
 * E4 Everything known of a dispatch comes before the epoch: a resend of what runs here is answered, whoever sends it.
 * E5 All output of a dispatch is sent before its result is, each time that it is sent.
 * E6 Only an attempt that is a process outlives the agent. Any other ends with it, and the next agent reports it as lost.
 */
import type { Clock, DispatchId, Epoch } from '@vaquita/core';
import type { MasterDispatch, MasterKill, RunningDispatch, WorkerReport, WorkerResult } from '@vaquita/protocol';
import type { StopOrder, TaskType } from '@vaquita/tasks';
import type { Admit } from './admission.ts';
import {
  type Attempt,
  type AttemptOptions,
  type AttemptPorts,
  type LeftBehind,
  resultOf,
  startAttempt,
} from './attempt.ts';
import type { DispatchJournal } from './dispatch-journal.ts';
import type { AgentLog } from './host.ts';
import type { OutputShipper } from './output-shipper.ts';
import type { ResultOutbox } from './result-outbox.ts';

export interface ExecutorOptions {
  readonly admit: Admit;
  readonly types: ReadonlyMap<string, TaskType>;
  readonly attempts: AttemptPorts;
  readonly clock: Clock;
  readonly outbox: ResultOutbox;
  readonly journal: DispatchJournal;
  readonly output: OutputShipper;
  readonly log: AgentLog;
  report(message: WorkerReport): void;
  /** One that ran does not any more, and its slot is free. */
  onEnded(): void;
}

export interface Executor {
  dispatch(order: MasterDispatch): void;
  /** Goes on with an attempt of an agent before this one. False when its type is unknown here. */
  goOn(order: MasterDispatch, left: LeftBehind): boolean;
  kill(order: Pick<MasterKill, 'dispatchId' | 'reason' | 'graceMs'>): void;
  /** The epoch of a welcome; lower ones are refused from now on. False when this one is itself too low. */
  seeEpoch(epoch: Epoch): boolean;
  running(): readonly RunningDispatch[];
  /** Says again of a running dispatch what a lost connection may have swallowed. */
  repeat(dispatchId: DispatchId): void;
  /** These belong to another term now. */
  takeOver(epoch: Epoch, dispatchIds: readonly DispatchId[]): void;
  /** Ends everything that works. */
  stopAll(order: StopOrder): void;
  /** Resolves when every attempt has ended. */
  idle(): Promise<void>;
  /** Resolves when nothing works any more: what is left is only on its way to the server. */
  quiet(): Promise<void>;
  /** Lets go of what runs: it is the next agent's, and nothing here touches it any more. */
  leave(): void;
}

interface Taken {
  readonly order: MasterDispatch;
  begin(): void;
}

export function createExecutor(options: ExecutorOptions): Executor {
  const { outbox, journal, clock, log, output, report } = options;
  const attempts = new Map<DispatchId, Attempt>();
  /** Taken in this turn of the event loop, and not begun before all of them are in the journal. */
  let taken: Taken[] = [];
  /** Terms to which dispatches belong since they were taken. */
  const terms = new Map<DispatchId, Epoch>();
  const waiters = new Map<() => void, () => boolean>();

  function dispatch(order: MasterDispatch): void {
    const { dispatchId } = order;
    const result = outbox.get(dispatchId);
    if (attempts.has(dispatchId)) repeat(dispatchId);
    else if (result !== undefined) deliver(result);
    else {
      const decision = options.admit(order, attempts.size);
      if ('reason' in decision) report({ type: 'refuse', dispatchId, ...decision });
      else take(order, decision.taskType);
    }
  }

  /** E1: what comes in one frame is written with one call. */
  function take(order: MasterDispatch, type: TaskType): void {
    if (taken.length === 0) queueMicrotask(beginTaken);
    const mayBegin = new Promise<void>((begin) => {
      taken.push({ order, begin });
    });
    run(order, type, { mayBegin });
  }

  function beginTaken(): void {
    const all = taken;
    taken = [];
    try {
      journal.accept(all.map(({ order }) => order));
    } catch (error) {
      log.error('Tasks are refused: the work folder takes nothing.', { error });
      for (const { order } of all) {
        attempts.delete(order.dispatchId);
        const text = 'the work folder of this worker cannot be written; see its log';
        report({ type: 'refuse', dispatchId: order.dispatchId, reason: 'overloaded', text });
      }
      checkRest();
      return;
    }
    journal.seeEpoch(Math.max(...all.map(({ order }) => order.epoch)));
    for (const { order, begin } of all) {
      report({ type: 'ack', dispatchId: order.dispatchId });
      begin();
    }
  }

  function run(order: MasterDispatch, type: TaskType, from: Pick<AttemptOptions, 'leftBehind' | 'mayBegin'>): void {
    const onStarted = (processId: number | null, at: number) => reportStart(order.dispatchId, processId, at);
    const attempt = startAttempt({ order, type, ports: options.attempts, ...from, onStarted, onOver: checkRest });
    attempts.set(order.dispatchId, attempt);
    void conclude(attempt);
  }

  function reportStart(dispatchId: DispatchId, processId: number | null, at: number): void {
    report({ type: 'started', dispatchId, processId, at });
  }

  function repeat(dispatchId: DispatchId): void {
    const attempt = attempts.get(dispatchId);
    if (attempt === undefined) return;
    report({ type: 'ack', dispatchId });
    if (attempt.startedAt !== null) reportStart(dispatchId, attempt.processId, attempt.startedAt);
  }

  /** E5 */
  function deliver(result: WorkerResult): void {
    output.flush(result.dispatchId);
    report(result);
  }

  async function conclude(attempt: Attempt): Promise<void> {
    const { dispatchId } = attempt.order;
    const result = await attempt.result;
    const { logBytes, unacknowledged } = output.settle(dispatchId);
    const stored = { ...result, epoch: termOf(attempt), logBytes };
    await outbox.put(stored, unacknowledged);
    attempts.delete(dispatchId);
    terms.delete(dispatchId);
    deliver(stored);
    options.onEnded();
    await attempt.remove();
    checkRest();
  }

  function termOf({ order }: Attempt): Epoch {
    return terms.get(order.dispatchId) ?? order.epoch;
  }

  function checkRest(): void {
    for (const [wake, holds] of waiters) {
      if (!holds()) continue;
      waiters.delete(wake);
      wake();
    }
  }

  function until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      waiters.set(resolve, holds);
      checkRest();
    });
  }

  /** A kill for what is not here is answered too: the server waits for it. And the dispatch is not run any more. */
  async function answerUnknown(dispatchId: DispatchId, reason: string): Promise<void> {
    journal.done([dispatchId]);
    const error = `it was not running on this worker when the order to stop it came: ${reason}`;
    const result = resultOf(
      { dispatchId, epoch: journal.highestEpoch },
      { state: 'killed', endedAt: clock.now(), error },
    );
    await outbox.put(result);
    report(result);
  }

  return {
    dispatch,
    goOn(order, left) {
      const type = options.types.get(order.taskType);
      if (type === undefined) return false;
      run(order, type, { leftBehind: left });
      return true;
    },
    repeat,
    kill({ dispatchId, reason, graceMs }) {
      const attempt = attempts.get(dispatchId);
      const result = outbox.get(dispatchId);
      if (attempt !== undefined) attempt.stop({ state: 'killed', text: reason, graceMs });
      else if (result !== undefined) deliver(result);
      else void answerUnknown(dispatchId, reason);
    },
    seeEpoch(epoch) {
      if (epoch < journal.highestEpoch) return false;
      journal.seeEpoch(epoch);
      return true;
    },
    running: () =>
      [...attempts.values()].map((attempt) => ({
        dispatchId: attempt.order.dispatchId,
        epoch: termOf(attempt),
        state: attempt.startedAt === null ? 'accepted' : 'started',
      })),
    takeOver(epoch, dispatchIds) {
      journal.seeEpoch(epoch);
      for (const dispatchId of dispatchIds) if (attempts.has(dispatchId)) terms.set(dispatchId, epoch);
    },
    stopAll(order) {
      for (const attempt of attempts.values()) if (!attempt.isOver) attempt.stop(order);
    },
    idle: () => until(() => attempts.size === 0),
    quiet: () => until(() => [...attempts.values()].every(({ isOver }) => isOver)),
    leave() {
      for (const attempt of attempts.values()) attempt.leave();
      attempts.clear();
      checkRest();
    },
  };
}
