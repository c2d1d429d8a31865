/** What a worker is made of on Node. Carries no database and no HTTP server, so that the agent stays small. */
export { type AttemptFiles, attemptFiles, type GrowingFile, growingFile, listAttempts } from './attempt-files.ts';
export {
  createHostMeter,
  createLoadMeter,
  type HostFigures,
  type HostMeter,
  type LoadFigures,
} from './host-figures.ts';
export type { KeeperProgram } from './kept/keeper-client.ts';
export type { KeptProcess } from './kept/kept-process.ts';
export { createKeptProcesses, type KeptProcesses } from './kept/kept-processes.ts';
export { createLogger, LOG_LEVELS, type Logger, type LogLevel } from './logger.ts';
export { createFileWalk, type FileWalk, type FoundFile, type WalkFiles } from './looking/walk-files.ts';
export { type ArrivingFile, type PassedFiles, passedFiles, type ReadyOutput } from './passed-files.ts';
export { createProcessHost } from './process-host.ts';
export { killLeftovers } from './process-leftovers.ts';
export { systemClock, systemRandom } from './system.ts';
export { connectSocket } from './worker-connect.ts';
export { findShell, openWorkerFiles, taskFiles, type WorkerFiles } from './worker-files.ts';
export type { Journal } from './worker-journal.ts';
export { openJournalFile } from './worker-journal-disk.ts';
export { lockWorkDir, type WorkerLock } from './worker-lock.ts';
