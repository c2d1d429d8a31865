/**
 * The task SPI: what a task type is, what it is given, and what it must say at the end. A type knows nothing of
 * sockets, dispatches or retries; it runs one attempt and tells how it ended.
 */
import type { OutputCollector, TimeContext } from '@vaquita/core';
import type { TaskPorts } from './ports.ts';

export type OutputStream = 'stdout' | 'stderr' | 'system';

/** Why a run is being cut short. */
export interface StopOrder {
  /** `lost`: nobody wants the task ended, its worker goes away; it is done anew elsewhere. */
  readonly state: 'killed' | 'timeout' | 'lost' | 'interrupted';
  readonly text: string;
  /** How long the task may take to end by itself. 0: at once, by force. */
  readonly graceMs: number;
}

export interface TaskContext {
  readonly params: Readonly<Record<string, string>>;
  /** The type's settings as the definition has them: placeholders still in. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Variables of the task's environment; part of `childEnv` too. */
  readonly environment: Readonly<Record<string, string>>;
  /** The whole environment of a child process: the worker's own without its secrets, the environment, the parameters. */
  readonly childEnv: Readonly<Record<string, string>>;
  readonly time: TimeContext;
  /** A folder of this attempt alone, removed after it. It is there only for a type that says `usesProcess`. */
  readonly workDir: string;
  /** Aborted by the first order to stop. */
  readonly signal: AbortSignal;
  /** Called for every order to stop, at once for one that was given before: a later one may shorten the grace. */
  onStop(listener: (order: StopOrder) => void): void;
  readonly outputs: OutputCollector;
  readonly ports: TaskPorts;
  write(stream: OutputStream, text: string): void;
  /** The work has begun; the process id where there is one. Called at most once. */
  started(processId: number | null): void;
}

/** How an attempt ended by itself. Whether it was stopped, and whether its outputs hold, is judged by `runTask`. */
export interface TaskOutcome {
  readonly state: 'success' | 'failure';
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** A sentence for the person who asks why, when it failed. */
  readonly error: string | null;
}

export interface TaskType {
  readonly name: string;
  /**
   * Whether an attempt starts processes. Then it gets a folder, and its processes are noted on disk, so that a killed
   * agent's are found and ended by the next one. An attempt without processes ends with the agent and leaves no trace.
   */
  readonly usesProcess: boolean;
  run(context: TaskContext): Promise<TaskOutcome>;
}

export const SUCCESS: TaskOutcome = { state: 'success', exitCode: null, signal: null, error: null };

export function failure(error: string): TaskOutcome {
  return { state: 'failure', exitCode: null, signal: null, error };
}
