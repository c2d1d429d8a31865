/**
 * What an attempt that starts processes has on disk while it runs: a note, by which the next agent on this folder finds
 * and ends what a killed one left, and a folder for its files.
 *
 * T1 The note is there before anything is started.
 * T2 It is removed after the last one was written: a note that outlives its attempt would be found as a lost task.
 */
import type { WorkerResult } from '@vaquita/protocol';
import type { AgentLog, Machine, ProcessRecord, WorkFolder } from './host.ts';
import type { RunningRecord } from './leftovers.ts';

export interface AttemptTraces {
  /** Writes the note and makes the folder. `ifLost` is what the next agent reports if this one is killed. */
  open(ifLost: WorkerResult): Promise<void>;
  /** Adds to the note what names the process for good. In the background: an attempt does not wait for it. */
  noteProcess(ifLost: WorkerResult, processId: number): void;
  removeNote(): Promise<void>;
  removeFolder(): Promise<void>;
}

export interface AttemptTracesOptions {
  readonly dispatchId: string;
  readonly folder: Pick<WorkFolder, 'running' | 'makeTaskFolder' | 'removeTaskFolder'>;
  readonly machine: Pick<Machine, 'readStartTime'>;
  readonly log: AgentLog;
}

export function createAttemptTraces({ dispatchId, folder, machine, log }: AttemptTracesOptions): AttemptTraces {
  /** The last note that was begun. */
  let noted = Promise.resolve();

  function note(ifLost: WorkerResult, process: ProcessRecord | null): Promise<void> {
    const record: RunningRecord = { ifLost, process };
    return folder.running.put(dispatchId, JSON.stringify(record));
  }

  return {
    async open(ifLost) {
      await note(ifLost, null);
      await folder.makeTaskFolder(dispatchId);
    },
    noteProcess(ifLost, pid) {
      noted = machine
        .readStartTime(pid)
        .then((startTime) => note(ifLost, { pid, startTime }))
        .catch((error: unknown) => log.warn('The process of a task could not be noted.', { dispatchId, error }));
    },
    async removeNote() {
      await noted;
      await folder.running
        .remove(dispatchId)
        .catch((error: unknown) => log.warn('A note stays behind.', { dispatchId, error }));
    },
    async removeFolder() {
      await folder.removeTaskFolder(dispatchId).catch((error: unknown) => {
        log.warn('The folder of a task could not be removed.', { dispatchId, error });
      });
    },
  };
}
