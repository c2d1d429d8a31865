/**
 * The task SPI: what a task type is, what it is given, and what it must say at the end. A type knows nothing of
 * sockets, dispatches or retries; it runs one attempt and tells how it ended.
 */
import type { CollectedOutputs, OutputCollector, ResourceUsage, TimeContext } from '@vaquita/core';
import type { Command, TaskPorts } from './ports.ts';

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
  /** Variables of the task's environment, secrets too. Part of `childEnv`; in settings, parameters of the same name come first. */
  readonly environment: Readonly<Record<string, string>>;
  /** The whole environment of a child process: the worker's own without its secrets, the environment, the parameters. */
  readonly childEnv: Readonly<Record<string, string>>;
  readonly time: TimeContext;
  /** A folder of this attempt alone, removed after it. It is there only for a type that is a process. */
  readonly workDir: string;
  /** Aborted by the first order to stop. */
  readonly signal: AbortSignal;
  /** Called for every order to stop, at once for one that was given before: a later one may shorten the grace. */
  onStop(listener: (order: StopOrder) => void): void;
  readonly outputs: OutputCollector;
  readonly ports: TaskPorts;
  write(stream: OutputStream, text: string): void;
  /** The work has begun, now or at a time in epoch milliseconds; the process id where there is one. Called at most once. */
  started(processId: number | null, at?: number): void;
}

/** How an attempt ended by itself. Whether it was stopped, and whether its outputs hold, is judged by `runTask`. */
export interface TaskOutcome {
  /** `lost`: nobody knows. */
  readonly state: 'success' | 'failure' | 'lost';
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** A sentence for the person who asks why, when it did not succeed. */
  readonly error: string | null;
  /** What the process set by what it printed. Where this is, it stands for what `context.outputs` was told. */
  readonly outputs?: CollectedOutputs;
  /** Null or left out: not measured. */
  readonly usage?: ResourceUsage | null;
}

export type TaskType = InAgentTaskType | ProcessTaskType;

/** Runs inside the agent. An attempt ends with the agent and leaves no trace. */
export interface InAgentTaskType {
  readonly name: string;
  readonly usesProcess: false;
  run(context: TaskContext): Promise<TaskOutcome>;
}

/**
 * Is one process. An attempt gets a folder, and goes on when the agent is killed: the next agent on the same work folder
 * takes it over. So it has two halves, which share nothing but the context and what is in the folder; the second may
 * happen in another agent than the first.
 */
export interface ProcessTaskType {
  readonly name: string;
  readonly usesProcess: true;
  /** Writes what the process needs and says what to start; or why nothing can be. */
  prepare(context: TaskContext): Promise<ProcessPlan | TaskOutcome>;
  /** After the process has ended well: reads what it left. Throws when that is not what it should be. */
  conclude?(context: TaskContext): Promise<void>;
}

export interface ProcessPlan extends Command {
  /** Variables on top of the context's. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether lines of stdout may set outputs. Not for programs that print data of others. */
  readonly readsOutputs: boolean;
}

export const SUCCESS: TaskOutcome = { state: 'success', exitCode: null, signal: null, error: null };

export function failure(error: string): TaskOutcome {
  return { state: 'failure', exitCode: null, signal: null, error };
}
