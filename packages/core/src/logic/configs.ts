/**
 * Settings of the logic tasks as the engine uses them, defaults applied, and what is asked and answered about other
 * runs. The documents' shapes are in `definition/task-types`; who decides what is in the files beside this one.
 */

export interface SubWorkflowConfig {
  /** Name or id. */
  readonly workflow: string;
  /** Null: the project of the run. */
  readonly project: string | null;
  /** Null: the newest. */
  readonly version: number | null;
}

export interface SwitchConfig {
  /** In order: the first whose condition is true is taken. */
  readonly cases: readonly { readonly when: string; readonly then: readonly string[] }[];
  /** Taken when none is true. Null: the task then fails. */
  readonly otherwise: readonly string[] | null;
}

/** `is: failure` is also true of a task that was killed. A task that has no outcome makes its item false. */
export type ConditionTree =
  | { readonly task: string; readonly is: 'success' | 'failure' }
  | { readonly all: readonly ConditionTree[] }
  | { readonly any: readonly ConditionTree[] };

export interface ConditionsConfig {
  readonly when: ConditionTree;
  /** Successors chosen when it holds, and when it does not. */
  readonly then: readonly string[];
  readonly else: readonly string[];
}

export const DEPENDENCY_CYCLES = ['hour', 'day', 'week', 'month'] as const;
export type DependencyCycle = (typeof DEPENDENCY_CYCLES)[number];

export interface DependencyItem {
  /** Null: the project of the run. */
  readonly project: string | null;
  readonly workflow: string;
  /** One task by name, `*` for every task, or null for the state of the whole workflow. */
  readonly task: string | null;
  readonly cycle: DependencyCycle;
  /** Such as `today`, `last1Days`, `lastMonday`; each belongs to one cycle. */
  readonly range: string;
  /** The outputs of what was waited for become outputs of this task. */
  readonly passOutputs: boolean;
}

export type DependencyTree =
  | DependencyItem
  | { readonly all: readonly DependencyTree[] }
  | { readonly any: readonly DependencyTree[] };

export interface DependentConfig {
  readonly on: DependencyTree;
  /** The slow poll; ends of runs are told at once. */
  readonly checkIntervalMs: number;
  /** What a dependency that has failed means: `wait` gives it `failureWaitMs` from the start of this task to be mended. */
  readonly onFailure: 'fail' | 'wait';
  readonly failureWaitMs: number;
}

/** One item of a dependent task, with its intervals worked out. Moments in epoch ms, both ends inside. */
export interface DependencyQuestion {
  /** Same key, same question: `<project>/<workflow>/<task>/<cycle>/<range>`. */
  readonly key: string;
  readonly project: string | null;
  readonly workflow: string;
  readonly task: string | null;
  readonly intervals: readonly { readonly from: number; readonly to: number }[];
  readonly passOutputs: boolean;
}

export interface DependencyAnswer {
  readonly key: string;
  readonly state: 'success' | 'failure' | 'waiting';
  /** What it waits for or why it failed, in a sentence. */
  readonly text: string;
  /** For `passOutputs`; empty otherwise. */
  readonly outputs: Readonly<Record<string, string>>;
  /** When what was waited for ended; of equal output names the latest wins. */
  readonly endedAt: number | null;
}

export interface DynamicConfig extends SubWorkflowConfig {
  /** Every combination of one value of each becomes a child run; the names are its start parameters. */
  readonly lists: readonly {
    readonly name: string;
    /** Text with placeholders: a JSON array, or values between separators. */
    readonly values: string;
    readonly separator: string;
  }[];
  /** Values that are left out of every list. */
  readonly exclude: readonly string[];
  readonly maxItems: number;
  readonly parallelism: number;
}

export interface ApprovalConfig {
  /** What is to be approved, for the person who is asked. May hold placeholders. */
  readonly message: string;
}

/** One of the two is set. */
export interface WaitConfig {
  readonly forMs: number | null;
  /** A moment as text with placeholders and time expressions: ISO 8601, or `yyyy-MM-dd HH:mm:ss` in the run's zone. */
  readonly until: string | null;
  /** The name of a signal that somebody sends to the run. */
  readonly signal: string | null;
}
