/** What a master says. Optional fields and the messages so marked came after version 1.0: an older master leaves them out. */
import type { DispatchId, Epoch, TaskInstanceId } from '@vaquita/core';
import type { LogLevel } from './worker-messages.ts';

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
  /** The master's clock, in epoch milliseconds. */
  readonly at?: number | undefined;
}

export interface MasterRedirect {
  readonly type: 'redirect';
  readonly url: string | null;
  readonly retryAfterMs: number;
}

/** `revoked` and `evicted` since 1.1; a 1.0 worker hears `bad_token` and `name_in_use` in their place. */
export type RejectCode = 'bad_token' | 'revoked' | 'evicted' | 'version_unsupported' | 'name_in_use' | 'bad_hello';

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
  /** Since 1.2. Variables as those of `environment`, whose values nobody is to see: masked in all that is said of the task. */
  readonly secrets?: Readonly<Record<string, string>> | undefined;
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

/** Since 1.1. These dispatches, made by an earlier master, are this one's: they belong to `epoch` from now on. */
export interface MasterTakeOver {
  readonly type: 'takeOver';
  readonly epoch: Epoch;
  readonly dispatchIds: readonly DispatchId[];
}

/**
 * Since 1.1. Goes the way of a task through the worker and comes back as a `result` whose `dispatchId` is the nonce:
 * proves that a worker which answers heartbeats would also run something.
 */
export interface MasterEcho {
  readonly type: 'echo';
  readonly nonce: DispatchId;
}

/** Since 1.1. Take nothing new; go on with what runs. Holds for the life of the process, or until `resume`. */
export interface MasterDrain {
  readonly type: 'drain';
  readonly reason: string;
}

/** Since 1.1. */
export interface MasterResume {
  readonly type: 'resume';
}

/** Since 1.1. What is absent stays as it is. */
export interface MasterConfigure {
  readonly type: 'configure';
  readonly slots?: number | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** Null: the one it was started with. */
  readonly logLevel?: LogLevel | null | undefined;
}

/** Since 1.1. For the worker's log: something it said is wrong and has been ignored. */
export interface MasterFault {
  readonly type: 'fault';
  /** Such as `bad_message`; more may come, so it is a text. */
  readonly code: string;
  readonly text: string;
  readonly dispatchId: DispatchId | null;
}

/**
 * Since 1.2. Say what is there: files that fit a pattern, or the object at an http(s) address. Takes no slot, and is answered
 * by one `looked`, in `timeoutMs` or as soon as it is known that it cannot be.
 */
export interface MasterLook {
  readonly type: 'look';
  readonly lookId: string;
  readonly path: string;
  /** The last path of the page before; null for the first page. */
  readonly after: string | null;
  readonly limit: number;
  readonly timeoutMs: number;
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
