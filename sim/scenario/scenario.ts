/** What is simulated, as plain data: everything that happens follows from it. Times are ms since the world began. */
import type {
  AlertChoice,
  BalancingPolicy,
  ExecutionType,
  FailureStrategy,
  Priority,
  Scope,
  TimeoutStrategy,
} from '@vaquita/core';
import type { CrashPoint } from '../world/process.ts';
import type { BackfillOperation, BackfillSpec } from './backfills.ts';
import type { CalendarSpec, ScheduleOperation, ScheduleSpec } from './schedules.ts';
import type { AlertGroupSpec, AlertSpec, ChannelSpec, ListenerSpec, TellingOperation } from './tellings.ts';
import type { TriggerOperation, TriggerSpec } from './triggers.ts';

export type * from './backfills.ts';
export type * from './schedules.ts';
export type * from './tellings.ts';
export type * from './triggers.ts';

export interface Scenario {
  /** Of everything that is drawn while it runs: delays, ids, jitter. */
  readonly seed: number;
  readonly servers: number;
  readonly workers: readonly WorkerSpec[];
  readonly groups: readonly TaskGroupSpec[];
  /** Those that somebody has declared. */
  readonly workerGroups: readonly WorkerGroupSpec[];
  readonly workflows: readonly WorkflowSpec[];
  /** Who is told of alerts; nobody works at that where there is no channel. */
  readonly channels: readonly ChannelSpec[];
  readonly alertGroups: readonly AlertGroupSpec[];
  /** Each is made by an operation. */
  readonly listeners: readonly ListenerSpec[];
  /** Each is made by an operation. */
  readonly schedules: readonly ScheduleSpec[];
  readonly calendars: readonly CalendarSpec[];
  /** Each is made by an operation. */
  readonly backfills: readonly BackfillSpec[];
  /** Each is made by an operation. */
  readonly triggers: readonly TriggerSpec[];
  readonly operations: readonly Operation[];
  readonly faults: readonly Fault[];
  /** Its calls go over the network: 1 to 50 ms more each, now and then some seconds. */
  readonly storeIsFar: boolean;
  /** Longest delays; each is drawn between nothing and this. */
  readonly storeDelayMs: number;
  readonly lineDelayMs: number;
  /** From here on nothing is done to the world any more, and it has to come to rest. */
  readonly calmAt: number;
}

export interface WorkerSpec {
  readonly name: string;
  readonly group: string;
  readonly slots: number;
  readonly sessionTimeoutMs: number;
  /** Says things twice where the protocol lets it: acks, starts, results. */
  readonly stutters: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly weight: number;
}

export interface WorkerGroupSpec {
  readonly name: string;
  readonly policy: BalancingPolicy;
  /** Names of workers that were put into it. */
  readonly workers: readonly string[];
}

export interface TaskGroupSpec {
  readonly name: string;
  readonly size: number;
}

export interface WorkflowSpec {
  readonly name: string;
  readonly execution: ExecutionType;
  readonly maxParallelRuns: number | null;
  readonly failureStrategy: FailureStrategy;
  readonly timeoutMs: number | null;
  readonly alerts: AlertSpec | null;
  readonly tasks: readonly TaskSpec[];
}

export interface TaskSpec {
  /** Unique in the scenario. */
  readonly name: string;
  readonly dependsOn: readonly string[];
  readonly enabled: boolean;
  readonly retry: { readonly times: number; readonly intervalMs: number };
  readonly timeout: { readonly afterMs: number; readonly strategy: TimeoutStrategy } | null;
  readonly delayMs: number;
  readonly priority: Priority;
  readonly workerGroup: string;
  /** What its worker must have. */
  readonly workerLabels: Readonly<Record<string, string>>;
  readonly taskGroup: string | null;
  readonly kind: TaskKind;
  /** What becomes of each attempt on a worker; any that follow succeed. */
  readonly attempts: readonly Attempt[];
  /** The same of single runs, in the order in which workers hear of them; of any that follow it is `attempts`. */
  readonly runs?: readonly (readonly Attempt[])[];
}

export type TaskKind =
  | { readonly type: 'work' }
  | {
      readonly type: 'switch';
      readonly then: readonly string[];
      readonly otherwise: readonly string[];
      readonly takes: boolean;
    }
  | {
      readonly type: 'conditions';
      readonly of: readonly string[];
      readonly is: 'success' | 'failure';
      readonly join: 'all' | 'any';
      readonly then: readonly string[];
      readonly else: readonly string[];
    }
  | { readonly type: 'sub_workflow'; readonly workflow: string }
  | { readonly type: 'dynamic'; readonly workflow: string; readonly items: number; readonly parallelism: number }
  | { readonly type: 'dependent'; readonly workflow: string; readonly onFailure: 'fail' | 'wait' }
  | { readonly type: 'approval' }
  | { readonly type: 'wait'; readonly forMs: number | null; readonly signal: string | null };

export interface Attempt {
  readonly end: 'success' | 'failure' | 'killed' | 'lost' | 'interrupted';
  /** From the acceptance to the start, and from there to the end. */
  readonly startMs: number;
  readonly runMs: number;
  /** Ends only by force when it is told to end. */
  readonly stubborn: boolean;
}

interface Timed {
  readonly at: number;
}

/** What people do. A server is asked by its number, `-1` being the one that leads then. `run` counts the `start`s of the scenario; a task is named, its current instance is meant. */
export type Operation = Timed &
  (
    | {
        readonly do: 'start';
        /** The run's number in the scenario; others name it. */
        readonly run: number;
        readonly workflow: string;
        readonly priority: Priority;
        readonly scope: Scope;
        readonly startTasks: readonly string[];
        readonly dryRun: boolean;
        /** Null: as the workflow says. */
        readonly alertOn: AlertChoice | null;
        readonly alertGroup: string | null;
        readonly server: number;
      }
    | {
        readonly do: 'pause' | 'resume' | 'stop' | 'recover_failed' | 'rerun' | 'retry';
        readonly run: number;
        /** Filed twice, under two ids. */
        readonly twice: boolean;
        /** The leader is not told; it finds the command by itself. */
        readonly quietly: boolean;
        readonly server: number;
      }
    | {
        readonly do: 'rerun_from';
        readonly run: number;
        readonly tasks: readonly string[];
        readonly twice: boolean;
        readonly quietly: boolean;
        readonly server: number;
      }
    | {
        readonly do: 'kill_task' | 'force_success' | 'force_start' | 'approve_task' | 'reject_task';
        readonly run: number;
        readonly task: string;
        readonly twice: boolean;
        readonly quietly: boolean;
        readonly server: number;
      }
    | {
        readonly do: 'signal';
        readonly run: number;
        readonly name: string;
        readonly twice: boolean;
        readonly quietly: boolean;
        readonly server: number;
      }
    /** Every run that is set aside then is tried again. */
    | { readonly do: 'retry_aside' }
    | { readonly do: 'resize'; readonly group: string; readonly size: number }
    /** A worker is to take nothing new, or to take tasks again. */
    | { readonly do: 'drain'; readonly worker: string; readonly draining: boolean }
    | TellingOperation
    | ScheduleOperation
    | BackfillOperation
    | TriggerOperation
  );

export type OperationKind = Operation['do'];

/** What goes wrong. A server is meant by its number, `-1` being the one that leads then. */
export type Fault = Timed &
  /** Dies at the n-th point of this kind from then on, and another process takes its place. */
  (
    | {
        readonly what: 'crash';
        readonly server: number;
        readonly point: CrashPoint;
        readonly nth: number;
        readonly downMs: number;
      }
    /** Stopped in order; another process takes its place. */
    | { readonly what: 'shutdown'; readonly server: number; readonly downMs: number }
    /** Killed, and nothing takes its place. */
    | { readonly what: 'removed'; readonly server: number }
    | { readonly what: 'hold'; readonly server: number; readonly forMs: number }
    /** The wall clock of a server is turned. */
    | { readonly what: 'clock'; readonly server: number; readonly byMs: number }
    | { readonly what: 'database_clock'; readonly byMs: number }
    /** Calls to the store fail for a while, before or after they have been done. */
    | { readonly what: 'busy'; readonly forMs: number; readonly share: number }
    /** Answers to writes get lost: some of them were written, some will be, some never. */
    | { readonly what: 'lost'; readonly forMs: number; readonly share: number }
    /** The n-th commit from then on is refused: as a conflict, or for a reason that no other try will mend. */
    | { readonly what: 'conflict' | 'refused'; readonly nth: number }
    | { readonly what: 'slow'; readonly forMs: number; readonly byMs: number }
    | { readonly what: 'unreachable'; readonly server: number; readonly forMs: number }
    /** No hint passes between the server and the others. */
    | { readonly what: 'unheard'; readonly server: number; readonly forMs: number }
    | { readonly what: 'cut' | 'silence'; readonly worker: string }
    /** A worker and a server do not reach each other, and nobody is told. */
    | { readonly what: 'apart'; readonly worker: string; readonly server: number; readonly forMs: number }
    | { readonly what: 'stall'; readonly worker: string; readonly forMs: number }
    | {
        readonly what: 'worker_crash';
        readonly worker: string;
        readonly journal: 'kept' | 'lost';
        readonly downMs: number;
      }
    | { readonly what: 'worker_clock'; readonly worker: string; readonly byMs: number }
    | { readonly what: 'worker_hold' | 'deaf' | 'refuses' | 'leaves'; readonly worker: string; readonly forMs: number }
  );
