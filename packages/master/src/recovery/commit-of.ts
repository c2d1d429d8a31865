import type { RunCommit } from '@vaquita/store';

/** A unit that writes only what is given. */
export function commitOf(part: Partial<RunCommit>): RunCommit {
  return {
    instance: null,
    assignNumber: false,
    newTasks: [],
    changedTasks: [],
    events: [],
    outboxPut: [],
    outboxDone: [],
    commandsDone: [],
    newRuns: [],
    newCommands: [],
    ...part,
  };
}
