/**
 * What a worker says. Times are epoch milliseconds of the worker's own clock, offsets and lengths bytes. Optional fields
 * came after version 1.0: an older worker leaves them out.
 */
import type { DispatchId, Epoch, ResourceUsage, WorkerId } from '@vaquita/core';

export interface RunningDispatch {
  readonly dispatchId: DispatchId;
  readonly epoch: Epoch;
  readonly state: 'accepted' | 'started';
}

export interface UnsentResult {
  readonly dispatchId: DispatchId;
  readonly epoch: Epoch;
  /** Of its log that the master has not acknowledged; follows before the result. */
  readonly logBytes?: number | undefined;
}

export interface WorkerHello {
  readonly type: 'hello';
  /** Protocol versions this agent speaks, such as `['1.2', '1.1', '1.0']`. */
  readonly versions: readonly string[];
  readonly workerId: WorkerId;
  readonly token: string;
  readonly name: string;
  readonly groups: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly weight: number;
  readonly slots: number;
  readonly heartbeatIntervalMs: number;
  readonly sessionTimeoutMs: number;
  readonly agentVersion: string;
  readonly runtime: string;
  readonly host: string;
  readonly taskTypes: readonly string[];
  readonly running: readonly RunningDispatch[];
  readonly unsent: readonly UnsentResult[];
  /** Made anew by each process: tells a worker that connects again from another one with a copy of its identity. */
  readonly instance?: string | undefined;
  /** It takes nothing new, whoever said so. */
  readonly draining?: boolean | undefined;
  /** The worker's clock. */
  readonly at?: number | undefined;
}

export interface WorkerHeartbeat {
  readonly type: 'heartbeat';
  readonly seq: number;
  /** Fractions 0..1 of the whole machine; null where the platform does not tell. */
  readonly cpu: number | null;
  readonly memory: number | null;
  readonly disk: number | null;
  readonly load: number;
  readonly loopLagMs: number;
  readonly slotsUsed: number;
  readonly running: readonly DispatchId[];
  /** Results that wait to be acknowledged. */
  readonly unsent?: number | undefined;
  /** From the heartbeat before to its answer; null when there was none. */
  readonly roundTripMs?: number | null | undefined;
  /** Limits of its own that it has passed: while there is any it refuses what comes. Null when there is room. */
  readonly overload?: WorkerOverload | null | undefined;
  /** The worker's clock. */
  readonly at?: number | undefined;
}

/** Each is the limit, and absent while it is kept. */
export interface WorkerOverload {
  /** Fractions 0..1 that may be in use at most. */
  readonly cpu?: number | undefined;
  readonly memory?: number | undefined;
  /** Bytes that have to be free at least. */
  readonly disk?: number | undefined;
}

export interface WorkerAck {
  readonly type: 'ack';
  readonly dispatchId: DispatchId;
}

export type RefuseReason =
  | 'no_slot'
  | 'draining'
  | 'overloaded'
  | 'stale_epoch'
  | 'unknown_type'
  | 'duplicate'
  | 'bad_dispatch';

export interface WorkerRefuse {
  readonly type: 'refuse';
  readonly dispatchId: DispatchId;
  readonly reason: RefuseReason;
  readonly text: string;
}

export interface WorkerStarted {
  readonly type: 'started';
  readonly dispatchId: DispatchId;
  readonly processId: number | null;
  readonly at: number;
  /** Where the worker keeps a copy of the log, when it keeps one. */
  readonly logPath?: string | null | undefined;
}

export interface WorkerOutput {
  readonly type: 'output';
  readonly dispatchId: DispatchId;
  readonly stream: 'stdout' | 'stderr' | 'system';
  /** Byte offset of this chunk in the dispatch's log; makes a repeated delivery harmless. */
  readonly offset: number;
  readonly text: string;
}

/** `interrupted`: ended because the worker was told to stop; `lost`: the worker cannot tell what became of it. */
export type ResultState = 'success' | 'failure' | 'killed' | 'timeout' | 'lost' | 'interrupted';

export interface WorkerResult {
  readonly type: 'result';
  readonly dispatchId: DispatchId;
  readonly epoch: Epoch;
  readonly state: ResultState;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly outputs: Readonly<Record<string, string>>;
  readonly startedAt: number | null;
  readonly endedAt: number;
  readonly logBytes: number;
  /** Why it failed, in a sentence, when it did. */
  readonly error: string | null;
  /** Of what the task started elsewhere, such as a job of a cluster. */
  readonly applicationIds?: readonly string[] | undefined;
  /** The system ended it because memory ran out. */
  readonly oom?: boolean | undefined;
  /** Since 1.2. What it has used of the worker, as far as that was measured. */
  readonly usage?: ResourceUsage | null | undefined;
}

/** How the worker stands: the answer to `drain`, `resume` and `configure`, and told again as a drain goes on. */
export interface WorkerDrainStatus {
  readonly type: 'drainStatus';
  readonly draining: boolean;
  /** As they hold now. */
  readonly slots: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly logLevel: LogLevel | null;
  /** What is left. */
  readonly running: readonly DispatchId[];
  readonly unsent: number;
}

export interface LookedEntry {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** Null where an object does not tell. */
  readonly modifiedAt: number | null;
  /** The version of an object; null for files. */
  readonly etag: string | null;
}

/** Since 1.2. The answer to `look`: a page of what is there, and what could not be looked at. */
export interface WorkerLooked {
  readonly type: 'looked';
  readonly lookId: string;
  /** By path, in the order of UTF-16 code units, each after `after` of the look. */
  readonly entries: readonly LookedEntry[];
  /** False: there may be more after the last of them. */
  readonly isEnd: boolean;
  /** A sentence for people; the entries beside it are right all the same. Null when everything could be looked at. */
  readonly problem: string | null;
  /** Of the problem, such as `not_found`; more may come, so it is a text. */
  readonly code: string | null;
}

export interface WorkerGoodbye {
  readonly type: 'goodbye';
  readonly reason: string;
  /** What it leaves running, to be taken up by the next agent on its folder. */
  readonly running?: readonly DispatchId[] | undefined;
}

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
