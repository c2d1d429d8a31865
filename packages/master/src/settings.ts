import { MACHINE_DEFAULTS, type MachineSettings } from '@vaquita/core';
import { ACK_TIMEOUT_MS, ECHO_TIMEOUT_MS, MAX_FRAME_BYTES, START_TIMEOUT_MS } from '@vaquita/protocol';
import { JANITOR_DEFAULTS, type JanitorSettings } from './janitor/settings.ts';
import { RECONCILER_DEFAULTS, type ReconcilerSettings } from './reconcile/settings.ts';

/** Options of the master, compiled once. Durations in milliseconds. */
export interface MasterSettings {
  readonly machine: MachineSettings;
  /** How often a follower tries for the lease, and the leader looks for commands that came without a hint. */
  readonly electionIntervalMs: number;
  readonly commandPollMs: number;
  /** A dispatch without an answer for so long is asked about once, then taken back (P2). */
  readonly ackTimeoutMs: number;
  /** A dispatch that has been accepted and not started for so long makes the master ask its worker for an echo. */
  readonly startTimeoutMs: number;
  /** A worker that does not return an echo in so long is deaf. */
  readonly echoTimeoutMs: number;
  readonly maxFrameBytes: number;
  /** A worker that refuses a task or does not answer gets nothing for so long; twice as long each time in a row. */
  readonly restMs: number;
  /** Tasks queued for so long are looked at, whether any connected worker could take them. */
  readonly placeableCheckMs: number;
  /** Heartbeat figures of all workers are written together this often; whoever asks this server has them from memory. */
  readonly heartbeatFlushMs: number;
  /** What people have decided about workers, and their tokens, are read again this often, besides when one has changed. */
  readonly workerPollMs: number;
  /** Open runs read per page after gaining leadership (1 to 500), and how many of them are built at a time. */
  readonly recoveryPage: number;
  readonly recoveryAtOnce: number;
  /** Reads of other runs for logic tasks at a time. */
  readonly logicReadsAtOnce: number;
  /** Runs that may be live at once, and tasks that may be queued when another run is admitted; null: no limit. */
  readonly maxLiveRuns: number | null;
  readonly maxLiveRunsPerProject: number | null;
  readonly maxQueuedTasks: number | null;
  readonly maxQueuedTasksPerProject: number | null;
  /** People are told when runs have been waiting for room for so long without a pause. */
  readonly admissionAlertMs: number;
  /** What runs and tasks that wait for room are told is brought up to date this often. */
  readonly waitRefreshMs: number;
  /** Task groups are read again this often, besides when one is known to have changed. */
  readonly taskGroupPollMs: number;
  /** Worker groups likewise. */
  readonly workerGroupPollMs: number;
  /** How memory is held against rows; null: not at all. */
  readonly reconciler: ReconcilerSettings | null;
  /** What is kept, and how the rest is removed; null: everything is kept. */
  readonly janitor: JanitorSettings | null;
  /** Wait before a commit, a read or the handling of a system event that failed for a passing reason is tried again. */
  readonly commitRetryMs: number;
}

export const MASTER_DEFAULTS: MasterSettings = Object.freeze({
  machine: MACHINE_DEFAULTS,
  electionIntervalMs: 1_000,
  commandPollMs: 2_000,
  ackTimeoutMs: ACK_TIMEOUT_MS,
  startTimeoutMs: START_TIMEOUT_MS,
  echoTimeoutMs: ECHO_TIMEOUT_MS,
  maxFrameBytes: MAX_FRAME_BYTES,
  restMs: 1_000,
  placeableCheckMs: 1_000,
  heartbeatFlushMs: 30_000,
  workerPollMs: 10_000,
  recoveryPage: 200,
  recoveryAtOnce: 8,
  logicReadsAtOnce: 8,
  maxLiveRuns: 10_000,
  maxLiveRunsPerProject: null,
  maxQueuedTasks: 100_000,
  maxQueuedTasksPerProject: null,
  admissionAlertMs: 300_000,
  waitRefreshMs: 1_000,
  taskGroupPollMs: 10_000,
  workerGroupPollMs: 10_000,
  reconciler: RECONCILER_DEFAULTS,
  janitor: JANITOR_DEFAULTS,
  commitRetryMs: 100,
});

/** What a master says to whoever operates it. */
export interface Logger {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}
