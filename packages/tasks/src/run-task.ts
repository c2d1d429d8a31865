/**
 * One attempt from order to report: its environment, its timeout, its outputs, and how it is judged to have ended.
 *
 * R1 The first order to stop decides the state (`killed` or `timeout`); later ones can only shorten the grace.
 * R2 A report is always made: a type that throws is a failure with its message.
 * R3 Outputs count only when the task succeeded and every one that was set is of its declared type and size.
 */
import {
  type Clock,
  createOutputCollector,
  EXECUTE_PATH_PARAM,
  type OutputDefinition,
  PARAM_TYPES,
  type ParamType,
  toEnvironment,
} from '@vaquita/core';
import type { TaskPorts } from './ports.ts';
import { failure, type OutputStream, type StopOrder, type TaskOutcome, type TaskType } from './task-type.ts';

export interface TaskOrder {
  readonly params: Readonly<Record<string, string>>;
  readonly config: Readonly<Record<string, unknown>>;
  readonly environment: Readonly<Record<string, string>>;
  readonly outputs: readonly { readonly name: string; readonly type: string }[];
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
  /** What children inherit of the worker; see `inheritedEnvironment`. */
  readonly baseEnv: Readonly<Record<string, string>>;
  write(stream: OutputStream, text: string): void;
  onStarted(processId: number | null): void;
}

export interface TaskReport {
  readonly state: 'success' | 'failure' | 'killed' | 'timeout' | 'lost' | 'interrupted';
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly outputs: Readonly<Record<string, string>>;
  readonly startedAt: number | null;
  readonly endedAt: number;
  readonly error: string | null;
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
  const collector = createOutputCollector({ declared: order.outputs.map(declaredOutput) });
  const stopListeners = new Set<(order: StopOrder) => void>();
  let stopped: StopOrder | null = null;
  let startedAt: number | null = null;

  function stop(next: StopOrder): void {
    if (stopped === null) {
      stopped = next;
      options.write('system', `stopping: ${next.text}\n`);
      abort.abort(next);
    }
    for (const listener of stopListeners) listener(next);
  }

  async function run(): Promise<TaskReport> {
    const params = { ...order.params, [EXECUTE_PATH_PARAM]: options.workDir };
    const own = toEnvironment(params);
    for (const { message } of own.problems) options.write('system', `warning: ${message}\n`);
    const timer =
      order.timeoutMs === null
        ? null
        : clock.setTimeout(() => {
            const text = `the timeout of ${order.timeoutMs} ms has passed`;
            stop({ state: 'timeout', text, graceMs: TIMEOUT_GRACE_MS });
          }, order.timeoutMs);
    let outcome: TaskOutcome;
    try {
      outcome = await options.type.run({
        params,
        config: order.config,
        environment: order.environment,
        childEnv: { ...options.baseEnv, ...order.environment, ...own.env },
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
        started(processId) {
          if (startedAt !== null) return;
          startedAt = clock.now();
          options.onStarted(processId);
        },
      });
    } catch (error) {
      outcome = failure(error instanceof Error ? error.message : String(error));
    } finally {
      if (timer !== null) clock.clearTimeout(timer);
    }
    return judge(outcome);
  }

  function judge(outcome: TaskOutcome): TaskReport {
    const { exitCode, signal } = outcome;
    const end = { exitCode, signal, startedAt, endedAt: clock.now(), outputs: {} };
    if (stopped !== null) return { ...end, state: stopped.state, error: stopped.text };
    if (outcome.state === 'failure') return { ...end, state: 'failure', error: outcome.error };
    const { values, problems, warnings } = collector.finish();
    for (const { message } of warnings) options.write('system', `warning: ${message}\n`);
    if (problems.length === 0) return { ...end, state: 'success', outputs: values, error: null };
    return { ...end, state: 'failure', error: problems.map(({ message }) => message).join(' ') };
  }

  return { report: run(), stop };
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
