/**
 * One attempt from order to report: its environment, its timeout, its outputs, and how it is judged to have ended.
 *
 * R1 The first order to stop decides the state (`killed` or `timeout`); later ones can only shorten the grace.
 * R2 A report is always made: a type that throws is a failure with its message.
 * R3 Outputs count only when the task succeeded and every one that was set is of its declared type and size.
 * R4 The files it needs are there before it starts; those it put out are kept before its success is reported.
 * R5 An attempt that is taken over is not begun again: it goes on where its process is, under the order to stop and the
 *    time that it has been given before.
 */
import {
  type Clock,
  createOutputCollector,
  EXECUTE_PATH_PARAM,
  type OutputDefinition,
  PARAM_TYPES,
  type ParamType,
  type ResourceUsage,
  toEnvironment,
} from '@vaquita/core';
import { isNamedIn, receiveFiles, sendFiles, type TransferContext } from './files/file-params.ts';
import type { FileTransfer } from './files/file-transfer.ts';
import type { RunningProcess, TaskPorts } from './ports.ts';
import { followProcess, runProcess } from './run-process.ts';
import {
  failure,
  type OutputStream,
  type StopOrder,
  type TaskContext,
  type TaskOutcome,
  type TaskType,
} from './task-type.ts';
import { createTimeLimit } from './time-limit.ts';

export interface TaskOrder {
  readonly params: Readonly<Record<string, string>>;
  readonly config: Readonly<Record<string, unknown>>;
  readonly environment: Readonly<Record<string, string>>;
  /** Variables as those of the environment; keeping them out of logs and reports is for the caller. */
  readonly secrets?: Readonly<Record<string, string>> | undefined;
  readonly outputs: readonly { readonly name: string; readonly type: string }[];
  /** Parameters that the task declares as files. */
  readonly files?: readonly string[] | undefined;
  readonly businessTime: number;
  readonly timezone: string;
  readonly timeoutMs: number | null;
}

export interface RunTaskOptions {
  readonly type: TaskType;
  readonly order: TaskOrder;
  readonly clock: Clock;
  readonly ports: TaskPorts;
  readonly workDir: string;
  /** Null for a type without a folder of its own: it can neither read files of other tasks nor put any out. */
  readonly transfer: FileTransfer | null;
  /** What children inherit of the worker; see `inheritedEnvironment`. */
  readonly baseEnv: () => Readonly<Record<string, string>>;
  /** R5; left out: the attempt begins now. */
  readonly takenOver?: TakenOver | undefined;
  write(stream: OutputStream, text: string): void;
  onStarted(processId: number | null, at: number): void;
  /** An order to stop takes effect; `order` is the one that decides the state, with the grace of the latest. */
  onStopped?(order: StopOrder): void;
}

/** The process of an attempt that an agent before this one has begun. */
export interface TakenOver {
  readonly begunAt: number;
  /** The order to stop that it is under, with what is left of its grace. */
  readonly stop: StopOrder | null;
  /** As from `ProcessHost.start`. What it prints is written without us. */
  readonly process: Promise<RunningProcess>;
}

export interface TaskReport {
  readonly state: 'success' | 'failure' | 'killed' | 'timeout' | 'lost' | 'interrupted';
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly outputs: Readonly<Record<string, string>>;
  readonly startedAt: number | null;
  readonly endedAt: number;
  readonly error: string | null;
  readonly usage: ResourceUsage | null;
}

export interface TaskRun {
  readonly report: Promise<TaskReport>;
  stop(order: StopOrder): void;
}

/** Grace of a task that ran into its timeout. */
const TIMEOUT_GRACE_MS = 5_000;

export function runTask(options: RunTaskOptions): TaskRun {
  const { order, clock } = options;
  const abort = new AbortController();
  const declared = order.outputs.map(declaredOutput);
  const collector = createOutputCollector({ declared });
  const transfer: TransferContext | null =
    options.transfer === null ? null : { transfer: options.transfer, signal: abort.signal, write: options.write };
  const stopListeners = new Set<(order: StopOrder) => void>();
  const { takenOver } = options;
  let stopped: StopOrder | null = takenOver?.stop ?? null;
  if (stopped !== null) abort.abort(stopped);
  let startedAt: number | null = null;
  const limit = createTimeLimit(clock, order.timeoutMs, () => {
    stop({ state: 'timeout', text: `the timeout of ${order.timeoutMs} ms has passed`, graceMs: TIMEOUT_GRACE_MS });
  });

  function stop(next: StopOrder): void {
    if (stopped === null) {
      stopped = next;
      options.write('system', `stopping: ${next.text}\n`);
      abort.abort(next);
    }
    options.onStopped?.({ ...stopped, graceMs: next.graceMs });
    for (const listener of stopListeners) listener(next);
  }

  async function run(): Promise<TaskReport> {
    if (takenOver === undefined) limit.start(0);
    try {
      const outcome = await attempt().catch(toFailure);
      const report = judge(outcome);
      return report.state === 'success' ? await keepFiles(report, outcome) : report;
    } finally {
      limit.close();
    }
  }

  async function attempt(): Promise<TaskOutcome> {
    const { type } = options;
    const process = { declared, onExit: limit.hold, onEnd: limit.goOn };
    if (takenOver !== undefined && type.usesProcess) {
      const context = createContext(order.params);
      return followProcess({ ...process, type, context }, takenOver.process, () => {
        limit.start(clock.now() - takenOver.begunAt);
      });
    }
    const files = transfer === null ? {} : await receiveFiles(order, transfer);
    const context = createContext({ ...order.params, ...files, [EXECUTE_PATH_PARAM]: options.workDir });
    return type.usesProcess ? runProcess({ ...process, type, context }) : type.run(context);
  }

  function createContext(params: Readonly<Record<string, string>>): TaskContext {
    let childEnv: Readonly<Record<string, string>> | undefined;
    const environment = { ...order.environment, ...order.secrets };
    return {
      params,
      config: order.config,
      environment,
      // Only what starts a process asks for it.
      get childEnv() {
        childEnv ??= makeChildEnv(params);
        return childEnv;
      },
      time: { businessTime: order.businessTime, timezone: order.timezone },
      workDir: options.workDir,
      signal: abort.signal,
      onStop(listener) {
        stopListeners.add(listener);
        if (stopped !== null) listener(stopped);
      },
      outputs: collector,
      ports: options.ports,
      write: options.write,
      started(processId, at = clock.now()) {
        if (startedAt !== null) return;
        startedAt = at;
        options.onStarted(processId, at);
      },
    };
  }

  function makeChildEnv(params: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    const own = toEnvironment(params);
    for (const { message } of own.problems) options.write('system', `warning: ${message}\n`);
    const missing = own.leftOut.filter((name) => isNamedIn(order.config, name));
    if (missing.length > 0) {
      const listed = missing.map((name) => `"${name}"`).join(', ');
      // It would run on an empty value, and call that a success.
      throw new Error(`The script names ${listed}, which no environment variable can hold. Pass it as a file.`);
    }
    return { ...options.baseEnv(), ...order.environment, ...order.secrets, ...own.env };
  }

  /** R4 */
  async function keepFiles(report: TaskReport, outcome: TaskOutcome): Promise<TaskReport> {
    const files = order.outputs.filter(({ name, type }) => type === 'file' && report.outputs[name] !== undefined);
    if (files.length === 0) return report;
    if (transfer === null) {
      const names = files.map(({ name }) => `"${name}"`).join(', ');
      return judge(failure(`A task of this type has no folder that a file could come from: ${names}.`));
    }
    try {
      const outputs = await sendFiles(report.outputs, files, transfer);
      return stopped === null ? { ...report, outputs, endedAt: clock.now() } : judge(outcome);
    } catch (error) {
      const { exitCode, signal, usage } = outcome;
      return judge({ ...toFailure(error), exitCode, signal, usage: usage ?? null });
    }
  }

  function judge(outcome: TaskOutcome): TaskReport {
    const { exitCode, signal, usage = null } = outcome;
    const end = { exitCode, signal, usage, startedAt, endedAt: clock.now(), outputs: {} };
    if (stopped !== null) return { ...end, state: stopped.state, error: stopped.text };
    if (outcome.state !== 'success') return { ...end, state: outcome.state, error: outcome.error };
    const { values, problems, warnings } = outcome.outputs ?? collector.finish();
    for (const { message } of warnings) options.write('system', `warning: ${message}\n`);
    if (problems.length === 0) return { ...end, state: 'success', outputs: values, error: null };
    return { ...end, state: 'failure', error: problems.map(({ message }) => message).join(' ') };
  }

  return { report: run(), stop };
}

function toFailure(error: unknown): TaskOutcome {
  return failure(error instanceof Error ? error.message : String(error));
}

/** The master has checked the definition; a type of a newer server than this worker is taken as text. */
function declaredOutput({ name, type }: { readonly name: string; readonly type: string }): OutputDefinition {
  const known: readonly string[] = PARAM_TYPES;
  return { name, type: known.includes(type) ? (type as ParamType) : 'string' };
}

/** The worker's own variables without what is not a task's business: its token and settings, and npm's. */
export function inheritedEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && !/^(VAQUITA_|npm_)/i.test(name)) kept[name] = value;
  }
  return kept;
}
