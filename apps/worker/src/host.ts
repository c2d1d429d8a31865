/** What the agent needs of the machine it runs on. `node-host.ts` brings it on Node; tests bring parts of their own. */
import type { Clock, Random } from '@vaquita/core';
import type { LogLevel, Wire, WorkerHeartbeat } from '@vaquita/protocol';
import type {
  AttemptFiles,
  GrowingFile,
  KeptProcess,
  KeptProcesses,
  PassedFiles,
  WalkFiles,
} from '@vaquita/runtime/node/worker';
import type { TaskPorts } from '@vaquita/tasks';
import type { LoadFigures } from './load-guard.ts';

export type { AttemptFiles, GrowingFile, KeptProcess, KeptProcesses };

export interface AgentLog {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** Small records that survive a crash, by name. */
export interface Records {
  put(name: string, text: string): Promise<void>;
  remove(name: string): Promise<void>;
  readAll(): Promise<ReadonlyMap<string, string>>;
  setAside(name: string): Promise<void>;
}

/** The agent's folder, held by this agent alone until `close`. */
export interface WorkFolder {
  readIdentity(): Promise<string | null>;
  writeIdentity(text: string): Promise<void>;
  readonly results: Records;
  readonly dispatches: GrowingFile;
  /** The folder of an attempt, made or not. */
  attempt(name: string): AttemptFiles;
  /** Those that are there. */
  attempts(): Promise<readonly AttemptFiles[]>;
  close(): Promise<void>;
}

export type HostFigures = Pick<WorkerHeartbeat, 'cpu' | 'memory' | 'disk' | 'load' | 'loopLagMs'>;

export interface Machine {
  /** The machine's name. */
  readonly name: string;
  /** Such as `node 24.21.0 linux x64`. */
  readonly runtime: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readFigures(): HostFigures;
  readLoad(): Promise<LoadFigures>;
  /** Ends every process that carries the mark in its environment; resolves with how many process groups that were. */
  killLeftovers(leader: null, mark: string): Promise<number>;
  close(): void;
}

export interface AgentHost {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: AgentLog;
  /** Absent where the log is not the agent's own. Null is the level that it was started with. */
  setLogLevel?(level: LogLevel | null): void;
  readonly machine: Machine;
  readonly taskPorts: TaskPorts;
  /** Processes that outlive the agent; null where the platform has none. */
  readonly kept: KeptProcesses | null;
  readonly passedFiles: PassedFiles;
  /** Finds files for servers that wait for them. */
  readonly walkFiles: WalkFiles;
  openWorkFolder(path: string): Promise<WorkFolder>;
  /** Rejects after so many milliseconds without an answer. */
  connect(url: string, withinMs: number): Promise<Wire>;
}
