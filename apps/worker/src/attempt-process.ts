/**
 * The process of one attempt: started through the keeper, so that it outlives the agent, or taken over from an agent that
 * it has outlived. Its output goes to the shipper as fast as that has room; the rest waits on disk.
 */
import type { DispatchId } from '@vaquita/core';
import type { ProcessHost, RunningProcess } from '@vaquita/tasks';
import type { AttemptFiles, KeptProcess, KeptProcesses } from './host.ts';
import type { OutputShipper } from './output-shipper.ts';

/** A process carries this in its environment, so that it can be told from one that was given its id. */
export const DISPATCH_VARIABLE = 'VAQUITA_DISPATCH_ID';

export interface AttemptProcess {
  /** For the task type: starts the one process that the attempt has. */
  readonly host: ProcessHost;
  /** Goes on with the one that was started before. */
  takeOver(): KeptProcess;
  /** Resolves when the process is over; what it printed may still be on its way. */
  readonly over: Promise<void>;
  /** It goes on, unwatched. */
  close(): void;
}

export interface AttemptProcessOptions {
  readonly dispatchId: DispatchId;
  readonly files: AttemptFiles;
  readonly kept: KeptProcesses;
  readonly output: OutputShipper;
}

/** @throws when the notes of what was sent are damaged. */
export function createAttemptProcess({ dispatchId, files, kept, output }: AttemptProcessOptions): AttemptProcess {
  let process: KeptProcess | null = null;
  let done = () => {};
  const over = new Promise<void>((resolve) => {
    done = resolve;
  });

  function watch(own: KeptProcess): KeptProcess {
    process = own;
    own.started.then(
      ({ exited }) => exited.then(() => done()),
      () => done(),
    );
    return own;
  }

  const from = output.keep(dispatchId, {
    file: files.sent,
    onRoom: () => process?.look(),
    onNoted: (printed) => process?.release(printed),
  });
  const keep = {
    folder: files.folder,
    mark: `${DISPATCH_VARIABLE}=${dispatchId}`,
    from,
    hasRoom: () => output.hasRoom(dispatchId),
    onDropped: (bytes: number) => output.dropped(dispatchId, bytes),
  };

  return {
    host: {
      start({ onOutput, ...program }): Promise<RunningProcess> {
        return watch(kept.start({ id: dispatchId, ...program }, { ...keep, onOutput })).started;
      },
    },
    takeOver() {
      return watch(kept.follow({ ...keep, onOutput: (stream, text) => output.write(dispatchId, stream, text) }));
    },
    over,
    close: () => process?.close(),
  };
}
