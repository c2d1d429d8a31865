/**
 * One attempt, from its order to its result. Knows nothing of slots, acknowledgements or the outbox.
 *
 * A1 Of an attempt that is a process there is a folder with its order before anything is started.
 * A2 An order to stop is in the folder before the process hears of it: the next agent knows why it ended.
 * A3 Whatever happens, there is a result.
 * A4 No value of a secret stands in the log or in the result: it is masked before either goes anywhere.
 */
import type { Clock, DispatchId } from '@vaquita/core';
import type { MasterDispatch, WorkerResult } from '@vaquita/protocol';
import {
  type FileTransfer,
  inheritedEnvironment,
  runTask,
  type StopOrder,
  type TakenOver,
  type TaskPorts,
  type TaskRun,
  type TaskType,
} from '@vaquita/tasks';
import { type AttemptProcess, createAttemptProcess, DISPATCH_VARIABLE } from './attempt-process.ts';
import type { AttemptRecord, StopRecord } from './attempt-record.ts';
import type { AgentLog, AttemptFiles, KeptProcesses, WorkFolder } from './host.ts';
import { createMasker } from './masking.ts';
import type { OutputShipper } from './output-shipper.ts';

export interface AttemptPorts {
  readonly tasks: TaskPorts;
  readonly kept: KeptProcesses | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly folder: Pick<WorkFolder, 'attempt'>;
  readonly clock: Clock;
  readonly output: OutputShipper;
  readonly log: AgentLog;
  /** How files come to the folder of an attempt and leave it. */
  transfer(dispatchId: DispatchId, folder: string): FileTransfer;
}

export interface AttemptOptions {
  readonly order: MasterDispatch;
  readonly type: TaskType;
  readonly ports: AttemptPorts;
  readonly leftBehind?: LeftBehind | undefined;
  /** Nothing is begun before this has resolved. */
  readonly mayBegin?: Promise<void> | undefined;
  onStarted(processId: number | null, at: number): void;
  /** Its process is over. */
  onOver(): void;
}

/** An attempt of an agent before this one, whose process may still run. */
export interface LeftBehind {
  readonly begunAt: number;
  readonly stop: StopRecord | null;
  readonly process: AttemptProcess;
}

export interface Attempt {
  readonly order: MasterDispatch;
  readonly startedAt: number | null;
  readonly processId: number | null;
  /** Nothing of it works any more; its log or its files may still be on their way. */
  readonly isOver: boolean;
  /** Never rejects. */
  readonly result: Promise<WorkerResult>;
  stop(order: StopOrder): void;
  /** Its result is where it is safe, and so is its log: removes what it had on disk. */
  remove(): Promise<void>;
  /** Lets go of its process, which goes on. There is no result then. */
  leave(): void;
}

const MAX_ERROR_CHARS = 4_000;

export function startAttempt(options: AttemptOptions): Attempt {
  const { order, type, ports, leftBehind, onStarted, onOver } = options;
  const { dispatchId } = order;
  const { clock, kept, log, output } = ports;
  const secrets = Object.values(order.secrets ?? {});
  const { mask } = createMasker(secrets);
  const files = type.usesProcess ? ports.folder.attempt(dispatchId) : null;
  const begunAt = leftBehind?.begunAt ?? clock.now();
  /** Orders to stop that came before there was a run to stop. */
  const early: StopOrder[] = [];
  let run: TaskRun | null = null;
  let ended = false;
  let isOver = false;
  let startedAt: number | null = null;
  let processId: number | null = null;
  let process = leftBehind?.process ?? null;

  /** Before anything else happens, so that the first hello tells how far it is. */
  const takenOver = leftBehind === undefined ? undefined : takeOver(leftBehind);

  function takeOver({ process: left, stop }: LeftBehind): TakenOver {
    const found = left.takeOver();
    void left.over.then(rest);
    startedAt = found.start?.at ?? null;
    processId = found.start?.pid ?? null;
    const order = stop === null ? null : { ...stop, graceMs: Math.max(0, stop.by - clock.now()) };
    return { begunAt, stop: order, process: found.started };
  }

  function rest(): void {
    isOver = true;
    onOver();
  }

  async function carryOut(): Promise<WorkerResult> {
    await options.mayBegin;
    // A4
    output.hide(dispatchId, secrets);
    try {
      if (files !== null && leftBehind === undefined) await begin(files);
      run = runTask({
        type,
        order,
        clock,
        ports: process === null ? ports.tasks : { ...ports.tasks, processes: process.host },
        workDir: files?.workDir ?? '',
        transfer: files === null ? null : ports.transfer(dispatchId, files.workDir),
        takenOver,
        baseEnv: () => ({
          ...inheritedEnvironment(ports.env),
          [DISPATCH_VARIABLE]: dispatchId,
          VAQUITA_TASK_NAME: order.taskName,
          VAQUITA_TASK_INSTANCE_ID: order.taskInstanceId,
          VAQUITA_ATTEMPT: String(order.attempt),
        }),
        write: (stream, text) => output.write(dispatchId, stream, text),
        onStarted(pid, at) {
          startedAt = at;
          processId = pid;
          onStarted(pid, at);
        },
        onStopped: noteStop,
      });
      for (const stop of early.splice(0)) run.stop(stop);
      const { state, exitCode, signal, outputs, endedAt, error, usage } = await run.report;
      const shown = maskOutputs(outputs);
      return resultOf(order, {
        state,
        exitCode,
        signal,
        outputs: shown,
        startedAt,
        endedAt,
        usage,
        error: masked(error),
      });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log.error('A task could not be run.', { dispatchId, error: secrets.length > 0 ? mask(reason) : error });
      const text = `this worker could not run it: ${mask(reason)}`;
      return resultOf(order, { state: 'lost', startedAt, endedAt: clock.now(), error: text });
    } finally {
      ended = true;
      rest();
    }
  }

  function masked(text: string | null): string | null {
    return text === null ? null : mask(text);
  }

  /** A4: outputs are kept, shown and handed on. */
  function maskOutputs(outputs: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    const shown = Object.entries(outputs).map(([name, value]): [string, string] => {
      const text = mask(value);
      if (text !== value) {
        output.write(dispatchId, 'system', `warning: the output "${name}" holds a secret and is kept masked\n`);
      }
      return [name, text];
    });
    return Object.fromEntries(shown);
  }

  /** A1 */
  async function begin(own: AttemptFiles): Promise<void> {
    await own.begin(JSON.stringify({ order, begunAt } satisfies AttemptRecord));
    if (kept !== null) process = createAttemptProcess({ dispatchId, files: own, kept, output });
    void process?.over.then(rest);
  }

  /** A2 */
  function noteStop({ state, text, graceMs }: StopOrder): void {
    if (files === null) return;
    try {
      files.writeStop(JSON.stringify({ state, text, by: clock.now() + graceMs } satisfies StopRecord));
    } catch (error) {
      log.warn('An order to stop could not be noted; it is carried out all the same.', { dispatchId, error });
    }
  }

  return {
    order,
    result: carryOut(),
    get startedAt() {
      return startedAt;
    },
    get processId() {
      return processId;
    },
    get isOver() {
      return isOver;
    },
    stop(stop) {
      if (ended) return;
      if (run === null) early.push(stop);
      else run.stop(stop);
    },
    async remove() {
      await files?.remove().catch((error: unknown) => {
        log.warn('The folder of a task could not be removed.', { dispatchId, error });
      });
    },
    leave: () => process?.close(),
  };
}

type End = Pick<WorkerResult, 'state' | 'endedAt' | 'error'> & Partial<WorkerResult>;

export function resultOf({ dispatchId, epoch }: Pick<MasterDispatch, 'dispatchId' | 'epoch'>, end: End): WorkerResult {
  const none = { exitCode: null, signal: null, outputs: {}, startedAt: null, logBytes: 0 };
  const error = end.error === null ? null : end.error.slice(0, MAX_ERROR_CHARS);
  return { type: 'result', dispatchId, epoch, ...none, ...end, error };
}
