/**
 * The messages of the worker protocol, by direction. PROTOCOL.md is the specification; the schemas in `schemas.ts`
 * hold every message at the one door where frames are decoded. Times are epoch milliseconds, offsets and lengths bytes.
 */
import type { DispatchId, Epoch, TaskInstanceId, WorkerId } from '@vaquita/core';

export interface RunningDispatch {
  readonly dispatchId: DispatchId;
  readonly epoch: Epoch;
  readonly state: 'accepted' | 'started';
}

export interface UnsentResult {
  readonly dispatchId: DispatchId;
  readonly epoch: Epoch;
}

export interface WorkerHello {
  readonly type: 'hello';
  /** Protocol versions this agent speaks, such as `['1.0']`. */
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
}

export interface WorkerGoodbye {
  readonly type: 'goodbye';
  readonly reason: string;
}

export type WorkerMessage =
  | WorkerHello
  | WorkerHeartbeat
  | WorkerAck
  | WorkerRefuse
  | WorkerStarted
  | WorkerOutput
  | WorkerResult
  | WorkerGoodbye;

export interface MasterWelcome {
  readonly type: 'welcome';
  readonly sessionId: string;
  readonly epoch: Epoch;
  readonly serverId: string;
  readonly version: string;
  readonly maxFrameBytes: number;
  readonly ackTimeoutMs: number;
  /** Of what the worker reported running: go on with these, kill those. */
  readonly keep: readonly DispatchId[];
  readonly abandon: readonly DispatchId[];
}

export interface MasterRedirect {
  readonly type: 'redirect';
  readonly url: string | null;
  readonly retryAfterMs: number;
}

export type RejectCode = 'bad_token' | 'version_unsupported' | 'name_in_use' | 'bad_hello';

export interface MasterReject {
  readonly type: 'reject';
  readonly code: RejectCode;
  readonly text: string;
}

export interface MasterDispatch {
  readonly type: 'dispatch';
  readonly dispatchId: DispatchId;
  readonly taskInstanceId: TaskInstanceId;
  readonly attempt: number;
  readonly epoch: Epoch;
  readonly taskName: string;
  readonly taskType: string;
  /** Resolved parameters, by name. */
  readonly params: Readonly<Record<string, string>>;
  /** The task type's settings from the definition, as written there: placeholders still in. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly environment: Readonly<Record<string, string>>;
  readonly outputs: readonly { readonly name: string; readonly type: string }[];
  /** Parameters that the task declares as files; absent: none. Where the value is a reference, the file is fetched. */
  readonly files?: readonly string[] | undefined;
  /** The moment and the IANA zone that time expressions in the settings are evaluated against. */
  readonly businessTime: number;
  readonly timezone: string;
  /** Kill after so many ms; null: never. */
  readonly timeoutMs: number | null;
}

export interface MasterKill {
  readonly type: 'kill';
  readonly dispatchId: DispatchId;
  readonly reason: string;
  readonly graceMs: number;
}

export interface MasterResultAck {
  readonly type: 'resultAck';
  readonly dispatchIds: readonly DispatchId[];
}

export interface MasterOutputAck {
  readonly type: 'outputAck';
  readonly dispatchId: DispatchId;
  /** Everything before this byte offset is stored. */
  readonly offset: number;
}

export interface MasterHeartbeatAck {
  readonly type: 'heartbeatAck';
  readonly seq: number;
}

export type MasterMessage =
  | MasterWelcome
  | MasterRedirect
  | MasterReject
  | MasterDispatch
  | MasterKill
  | MasterResultAck
  | MasterOutputAck
  | MasterHeartbeatAck;

/** How a hello is answered. */
export type MasterAnswer = MasterWelcome | MasterReject | MasterRedirect;
/** What a master sends once the session is open; heartbeat answers are the session's own. */
export type MasterOrder = Exclude<MasterMessage, MasterAnswer | MasterHeartbeatAck>;
/** What a worker reports once the session is open, heartbeats apart. */
export type WorkerReport = Exclude<WorkerMessage, WorkerHello | WorkerHeartbeat>;
