/**
 * Takes dispatches and runs them in a bounded number of slots. Knows no socket: it reports through `report`, which may
 * lose what it is given, and the outbox, which may not.
 *
 * E1 A dispatch id is run at most once: it is known as running, as waiting in the outbox, or as finished (P3).
 * E2 A slot is taken before `ack` is said and given back when the result is on disk.
 * E3 A result is on disk before it is reported (P4); while the disk refuses it, the slot stays taken and it is tried again.
 * E4 Everything known of a dispatch comes before the epoch: a resend of what runs here is answered, whoever sends it.
 * E5 All output of a dispatch is sent before its result is, each time that it is sent.
 * E6 Only an attempt that starts processes leaves traces on disk while it runs. Any other ends with the agent: the next
 *    one's hello does not name it, by which the server knows that it is lost.
 */
import type { Clock, DispatchId, Epoch } from '@vaquita/core';
import type {
  MasterDispatch,
  MasterKill,
  RefuseReason,
  RunningDispatch,
  WorkerReport,
  WorkerResult,
} from '@vaquita/protocol';
import {
  type FileTransfer,
  inheritedEnvironment,
  runTask,
  type StopOrder,
  type TaskPorts,
  type TaskRun,
  type TaskType,
} from '@vaquita/tasks';
import { type AttemptTraces, createAttemptTraces } from './attempt-traces.ts';
import type { FinishedDispatches } from './finished-dispatches.ts';
import type { AgentLog, Machine, WorkFolder } from './host.ts';
import { DISPATCH_VARIABLE } from './leftovers.ts';
import type { OutputChunk } from './output-buffer.ts';
import type { OutputShipper } from './output-shipper.ts';
import type { ResultOutbox } from './result-outbox.ts';

export interface ExecutorOptions {
  readonly slots: number;
  readonly types: ReadonlyMap<string, TaskType>;
  readonly ports: TaskPorts;
  readonly clock: Clock;
  readonly machine: Pick<Machine, 'env' | 'readStartTime'>;
  readonly folder: Pick<WorkFolder, 'running' | 'taskFolder' | 'makeTaskFolder' | 'removeTaskFolder'>;
  readonly outbox: ResultOutbox;
  readonly finished: FinishedDispatches;
  readonly output: OutputShipper;
  readonly log: AgentLog;
  /** How files come to the folder of an attempt and leave it. */
  transfer(dispatchId: DispatchId, folder: string): FileTransfer;
  report(message: WorkerReport): void;
}

export interface Executor {
  dispatch(order: MasterDispatch): void;
  /** Proves that a task would be run: goes the way of one, without a slot and a process. */
  echo(nonce: DispatchId): void;
  kill(order: Pick<MasterKill, 'dispatchId' | 'reason' | 'graceMs'>): void;
  /** The epoch of a welcome; lower ones are refused from now on. False when this one is itself too low. */
  seeEpoch(epoch: Epoch): boolean;
  running(): readonly RunningDispatch[];
  /** Says again of a running dispatch what a lost connection may have swallowed. */
  repeat(dispatchId: DispatchId): void;
  /** Takes no new dispatches from now on. */
  drain(): void;
  stopAll(order: StopOrder): void;
  /** Resolves when nothing runs. */
  idle(): Promise<void>;
}

interface Entry {
  readonly order: MasterDispatch;
  readonly type: TaskType;
  /** E6 */
  readonly traces: AttemptTraces | null;
  startedAt: number | null;
  processId: number | null;
  run: TaskRun | null;
  /** Orders to stop that came before there was a run to stop. */
  readonly early: StopOrder[];
  ended: boolean;
}

const OUTBOX_RETRY_MS = 1_000;
const MAX_ERROR_CHARS = 4_000;

export function createExecutor(options: ExecutorOptions): Executor {
  const { outbox, finished, clock, folder, log, output, report } = options;
  const inherited = inheritedEnvironment(options.machine.env);
  const entries = new Map<DispatchId, Entry>();
  let highestEpoch: Epoch = 0;
  let draining = false;
  let idleWaiters: (() => void)[] = [];

  function dispatch(order: MasterDispatch): void {
    const { dispatchId } = order;
    const result = outbox.get(dispatchId);
    if (entries.has(dispatchId)) repeat(dispatchId);
    else if (result !== undefined) deliver(result);
    else {
      const decision = decideDispatch(order);
      if ('reason' in decision) report({ type: 'refuse', dispatchId, ...decision });
      else accept(order, decision.taskType);
    }
  }

  function accept(order: MasterDispatch, type: TaskType): void {
    const { dispatchId } = order;
    highestEpoch = Math.max(highestEpoch, order.epoch);
    const traces = type.usesProcess ? createAttemptTraces({ ...options, dispatchId }) : null;
    const entry: Entry = { order, type, traces, startedAt: null, processId: null, run: null, early: [], ended: false };
    entries.set(dispatchId, entry);
    report({ type: 'ack', dispatchId });
    void carryOut(entry);
  }

  function decideDispatch(
    order: MasterDispatch,
  ): { readonly taskType: TaskType } | { readonly reason: RefuseReason; readonly text: string } {
    if (finished.has(order.dispatchId)) {
      return { reason: 'duplicate', text: 'this dispatch has ended here and its result was delivered' };
    }
    if (order.epoch < highestEpoch) {
      return { reason: 'stale_epoch', text: `epoch ${order.epoch} is over; this worker has seen ${highestEpoch}` };
    }
    if (draining) return { reason: 'draining', text: 'this worker is stopping' };
    const taskType = options.types.get(order.taskType);
    if (taskType === undefined) {
      const known = [...options.types.keys()].join(', ');
      return { reason: 'unknown_type', text: `this worker cannot run "${order.taskType}", only ${known}` };
    }
    if (entries.size >= options.slots) {
      return { reason: 'no_slot', text: `all ${options.slots} slots are taken` };
    }
    return { taskType };
  }

  function repeat(dispatchId: DispatchId): void {
    const entry = entries.get(dispatchId);
    if (entry === undefined) return;
    report({ type: 'ack', dispatchId });
    if (entry.startedAt !== null) {
      report({ type: 'started', dispatchId, processId: entry.processId, at: entry.startedAt });
    }
  }

  /** E5 */
  function deliver(result: WorkerResult): void {
    output.flush(result.dispatchId);
    report(result);
  }

  /** Never rejects: whatever happens, the dispatch ends with a result in the outbox. */
  async function carryOut(entry: Entry): Promise<void> {
    const { dispatchId } = entry.order;
    const result = await attempt(entry).catch((error: unknown) => {
      log.error('A task could not be run.', { dispatchId, error });
      const reason = error instanceof Error ? error.message : String(error);
      return resultOf(entry, { state: 'failure', error: `the worker could not run it: ${reason}` });
    });
    entry.ended = true;
    const { logBytes, unacknowledged } = output.settle(dispatchId);
    const stored = { ...result, logBytes };
    await store(stored, unacknowledged);
    await entry.traces?.removeNote();
    entries.delete(dispatchId);
    deliver(stored);
    await entry.traces?.removeFolder();
    if (entries.size === 0) for (const wake of idleWaiters.splice(0)) wake();
  }

  async function attempt(entry: Entry): Promise<WorkerResult> {
    const { order } = entry;
    const { dispatchId } = order;
    await entry.traces?.open(ifLost(entry));
    const workDir = folder.taskFolder(dispatchId);
    const run = runTask({
      type: entry.type,
      order,
      clock,
      ports: options.ports,
      workDir,
      transfer: entry.type.usesProcess ? options.transfer(dispatchId, workDir) : null,
      baseEnv: () => ({
        ...inherited,
        [DISPATCH_VARIABLE]: dispatchId,
        VAQUITA_TASK_NAME: order.taskName,
        VAQUITA_TASK_INSTANCE_ID: order.taskInstanceId,
        VAQUITA_ATTEMPT: String(order.attempt),
      }),
      write: (stream, text) => output.write(dispatchId, stream, text),
      onStarted: (processId) => started(entry, processId),
    });
    entry.run = run;
    for (const early of entry.early.splice(0)) run.stop(early);
    const { state, exitCode, signal, outputs, startedAt, endedAt, error } = await run.report;
    const shown = error === null ? null : error.slice(0, MAX_ERROR_CHARS);
    return resultOf(entry, { state, exitCode, signal, outputs, startedAt, endedAt, error: shown });
  }

  function started(entry: Entry, processId: number | null): void {
    entry.startedAt = clock.now();
    entry.processId = processId;
    report({ type: 'started', dispatchId: entry.order.dispatchId, processId, at: entry.startedAt });
    if (processId !== null) entry.traces?.noteProcess(ifLost(entry), processId);
  }

  function ifLost(entry: Entry): WorkerResult {
    return resultOf(entry, { state: 'lost', error: 'the agent ended while the task was running' });
  }

  function resultOf(entry: Entry, end: Pick<WorkerResult, 'state' | 'error'> & Partial<WorkerResult>): WorkerResult {
    const { dispatchId, epoch } = entry.order;
    const empty = { exitCode: null, signal: null, outputs: {}, logBytes: 0, endedAt: clock.now() };
    return { type: 'result', dispatchId, epoch, startedAt: entry.startedAt, ...empty, ...end };
  }

  /** E3 */
  async function store(result: WorkerResult, unsent: readonly OutputChunk[] = []): Promise<void> {
    for (;;) {
      try {
        await outbox.put(result, unsent);
        return;
      } catch (error) {
        log.error('A result could not be written to disk; trying again.', { dispatchId: result.dispatchId, error });
        await new Promise<void>((resolve) => clock.setTimeout(resolve, OUTBOX_RETRY_MS));
      }
    }
  }

  /** A kill for what is not here is answered too: the server waits for it. And the dispatch is not run any more. */
  async function answerUnknown(dispatchId: DispatchId, reason: string): Promise<void> {
    finished.add(dispatchId);
    const error = `it was not running on this worker when the order to stop it came: ${reason}`;
    const none = { exitCode: null, signal: null, outputs: {}, startedAt: null, logBytes: 0 };
    const end = { dispatchId, epoch: highestEpoch, state: 'killed', endedAt: clock.now(), error } as const;
    const result: WorkerResult = { type: 'result', ...none, ...end };
    await store(result);
    report(result);
  }

  async function answerEcho(nonce: DispatchId): Promise<void> {
    try {
      await folder.makeTaskFolder(nonce);
      await folder.removeTaskFolder(nonce);
    } catch (error) {
      log.error('The server asked for an echo, and no task could be run now.', { error });
      return;
    }
    const none = { exitCode: null, signal: null, outputs: {}, startedAt: null, logBytes: 0, error: null };
    const end = { dispatchId: nonce, epoch: highestEpoch, state: 'success', endedAt: clock.now() } as const;
    const result: WorkerResult = { type: 'result', ...none, ...end };
    await store(result);
    report(result);
  }

  function stopEntry(entry: Entry, order: StopOrder): void {
    if (entry.ended) return;
    if (entry.run === null) entry.early.push(order);
    else entry.run.stop(order);
  }

  return {
    dispatch,
    repeat,
    echo: (nonce) => void answerEcho(nonce),
    kill({ dispatchId, reason, graceMs }) {
      const entry = entries.get(dispatchId);
      const result = outbox.get(dispatchId);
      if (entry !== undefined) stopEntry(entry, { state: 'killed', text: reason, graceMs });
      else if (result !== undefined) deliver(result);
      else void answerUnknown(dispatchId, reason);
    },
    seeEpoch(epoch) {
      if (epoch < highestEpoch) return false;
      highestEpoch = epoch;
      return true;
    },
    running: () =>
      [...entries.values()].map(({ order, startedAt }) => ({
        dispatchId: order.dispatchId,
        epoch: order.epoch,
        state: startedAt === null ? 'accepted' : 'started',
      })),
    drain() {
      draining = true;
    },
    stopAll(order) {
      for (const entry of entries.values()) stopEntry(entry, order);
    },
    idle() {
      if (entries.size === 0) return Promise.resolve();
      return new Promise((resolve) => {
        idleWaiters = [...idleWaiters, resolve];
      });
    },
  };
}
