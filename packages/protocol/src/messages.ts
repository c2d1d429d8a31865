/**
 * The messages of the worker protocol as unions by direction. PROTOCOL.md is the specification; the schemas in
 * `schemas.ts` hold every message at the one door where frames are decoded.
 */
import type {
  MasterConfigure,
  MasterDispatch,
  MasterDrain,
  MasterEcho,
  MasterFault,
  MasterHeartbeatAck,
  MasterKill,
  MasterLook,
  MasterOutputAck,
  MasterRedirect,
  MasterReject,
  MasterResultAck,
  MasterResume,
  MasterTakeOver,
  MasterWelcome,
} from './master-messages.ts';
import type {
  WorkerAck,
  WorkerDrainStatus,
  WorkerGoodbye,
  WorkerHeartbeat,
  WorkerHello,
  WorkerLooked,
  WorkerOutput,
  WorkerRefuse,
  WorkerResult,
  WorkerStarted,
} from './worker-messages.ts';

export * from './master-messages.ts';
export * from './worker-messages.ts';

export type WorkerMessage =
  | WorkerHello
  | WorkerHeartbeat
  | WorkerAck
  | WorkerRefuse
  | WorkerStarted
  | WorkerOutput
  | WorkerResult
  | WorkerDrainStatus
  | WorkerLooked
  | WorkerGoodbye;

export type MasterMessage =
  | MasterWelcome
  | MasterRedirect
  | MasterReject
  | MasterDispatch
  | MasterKill
  | MasterTakeOver
  | MasterEcho
  | MasterDrain
  | MasterResume
  | MasterConfigure
  | MasterFault
  | MasterLook
  | MasterResultAck
  | MasterOutputAck
  | MasterHeartbeatAck;

/** How a hello is answered. */
export type MasterAnswer = MasterWelcome | MasterReject | MasterRedirect;
/** What a master sends once the session is open; heartbeat answers are the session's own. */
export type MasterOrder = Exclude<MasterMessage, MasterAnswer | MasterHeartbeatAck>;
/** What a worker reports once the session is open, heartbeats apart. */
export type WorkerReport = Exclude<WorkerMessage, WorkerHello | WorkerHeartbeat>;
