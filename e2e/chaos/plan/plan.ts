/** A chaos run as plain data: what is asked of the system, and what goes wrong meanwhile. Made of a seed alone. */

/** Fails however often it is tried. */
export const NEVER_WELL = 1_000_000;

export interface ShellWork {
  readonly type: 'shell';
  readonly workMs: number;
  /** So many executions in one run fail before one succeeds. */
  readonly fails: number;
  readonly group: string | null;
}

export type TaskWork =
  | ShellWork
  /** `then` when the start parameter `n` is larger than `over`. */
  | {
      readonly type: 'switch';
      readonly over: number;
      readonly then: readonly string[];
      readonly otherwise: readonly string[];
    }
  /** `then` when the watched task has succeeded. */
  | {
      readonly type: 'conditions';
      readonly watch: string;
      readonly then: readonly string[];
      readonly else: readonly string[];
    }
  | { readonly type: 'sub_workflow'; readonly workflow: string }
  | {
      readonly type: 'dynamic';
      readonly workflow: string;
      readonly items: readonly string[];
      readonly parallelism: number;
    }
  | { readonly type: 'wait'; readonly forMs: number };

export interface TaskPlan {
  readonly name: string;
  readonly dependsOn: readonly string[];
  readonly work: TaskWork;
  /** Tries after the first. */
  readonly retries: number;
}

export interface WorkflowPlan {
  readonly name: string;
  readonly tasks: readonly TaskPlan[];
  readonly failureStrategy: 'continue' | 'end';
  readonly execution: 'parallel' | 'serial_wait';
  /** Each task adds one to the value that the one before put out. */
  readonly counts: boolean;
}

export interface GroupPlan {
  readonly name: string;
  readonly size: number;
}

/** What a person does with a run: each in the order in which it is written, one when the one before has been carried out. */
export type Steering = 'pause, resume' | 'stop' | 'stop, resume' | 'recover-failed' | 'rerun';

export interface StartPlan {
  /** Since the beginning. */
  readonly atMs: number;
  readonly workflow: string;
  readonly n: number;
  readonly steering: { readonly what: Steering; readonly afterMs: number; readonly restMs: number } | null;
}

export type FaultPlan = { readonly atMs: number; readonly forMs: number } & (
  | { readonly what: 'server-kill' | 'server-freeze'; readonly server: number }
  | { readonly what: 'agent-kill' | 'agent-freeze'; readonly agent: string }
  /** `hold`: what was sent meanwhile arrives later. `drop`: the connections of that time stay silent for ever. */
  | { readonly what: 'cut'; readonly agent: string; readonly mode: 'hold' | 'drop' }
  | { readonly what: 'disk-full' | 'database-kill' | 'database-freeze' }
);

export interface ChaosPlan {
  readonly seed: number;
  /** For so long there is load, and things go wrong. */
  readonly forMs: number;
  /** With more than one, their database is a libSQL server. */
  readonly servers: number;
  readonly agents: readonly { readonly name: string; readonly slots: number }[];
  readonly groups: readonly GroupPlan[];
  readonly workflows: readonly WorkflowPlan[];
  readonly starts: readonly StartPlan[];
  /** In order of time. */
  readonly faults: readonly FaultPlan[];
}
