/** What a worker is made of on Node. Carries no database and no HTTP server, so that the agent stays small. */
export { createHostMeter, type HostFigures, type HostMeter } from './host-figures.ts';
export { createLogger, LOG_LEVELS, type Logger, type LogLevel } from './logger.ts';
export { type ArrivingFile, type PassedFiles, passedFiles, type ReadyOutput } from './passed-files.ts';
export { createProcessHost } from './process-host.ts';
export { killLeftovers, type ProcessRecord, readStartTime } from './process-leftovers.ts';
export { systemClock, systemRandom } from './system.ts';
export { connectSocket, socketUrl } from './worker-connect.ts';
export { findShell, openWorkerFiles, taskFiles, type WorkerFiles } from './worker-files.ts';
export type { Journal } from './worker-journal.ts';
export { openJournalFile } from './worker-journal-disk.ts';
export { lockWorkDir, type WorkerLock } from './worker-lock.ts';
export { openRecordFolder, type RecordFolder } from './worker-notes.ts';
