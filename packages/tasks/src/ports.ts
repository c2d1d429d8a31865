/** What task types need of the machine they run on. The runtime implements these; tests use the same ones. */
import type { CollectedOutputs, OutputDefinition, ResourceUsage } from '@vaquita/core';

export interface ProcessOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** The outputs that lines of stdout may set; null when what it prints sets none. */
  readonly outputs: readonly OutputDefinition[] | null;
  /** Whole characters, in order per stream. */
  readonly onOutput: (stream: 'stdout' | 'stderr', text: string) => void;
}

export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** What lines of stdout have set; null when none could. */
  readonly outputs: CollectedOutputs | null;
  /** What it has used of the machine; null or left out where that is not measured. */
  readonly usage?: ResourceUsage | null;
  /** Why nobody knows how it ended; null when the rest of this is known. */
  readonly lost: string | null;
}

export interface RunningProcess {
  readonly pid: number;
  /** Epoch milliseconds; left out: now. */
  readonly startedAt?: number;
  /** Resolves when the program is over, whatever is left of its output and its process group. */
  readonly exited: Promise<unknown>;
  /** Resolves when the process has ended, its output is read, and nothing of its process group is left. */
  readonly ended: Promise<ProcessEnd>;
  /** TERM to the whole process group, KILL after the grace. May be called again with a shorter grace. */
  kill(graceMs: number): void;
}

/** Runs programs, each in a process group of its own. */
export interface ProcessHost {
  /** Rejects when the program cannot be started, with the system's code; `LOST` when nobody knows whether it was. */
  start(options: ProcessOptions): Promise<RunningProcess>;
}

export interface TaskFiles {
  /** Writes a file that only the worker's user can read, and gives its full path. */
  write(folder: string, name: string, text: string): Promise<string>;
  /** The text of a file; null when there is none. */
  read(folder: string, name: string): Promise<string | null>;
}

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
}

export interface TaskPorts {
  readonly processes: ProcessHost;
  readonly files: TaskFiles;
  fetch(url: string, init: RequestInit): Promise<Response>;
  /** The POSIX shell to use, such as `/bin/bash`. */
  readonly shell: string;
  /** How a JavaScript file is run, and whether a TypeScript file can be too. */
  readonly node: Command & { readonly runsTypeScript: boolean };
  /** TypeScript to JavaScript, where the runtime cannot do it itself. */
  stripTypes(source: string): Promise<string>;
  /** The program that carries out SQL; the path of its order is added. Null: there is no SQL driver here. */
  readonly sql: Command | null;
}
