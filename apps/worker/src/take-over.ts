/**
 * What an agent before this one has left in the work folder. Attempts whose process was begun are gone on with, running
 * or ended by now; of any other it is certain that nothing was started, and it is reported as lost.
 *
 * V1 An attempt is either gone on with, or it is certain that nothing of it runs any more.
 * V2 One that cannot be gone on with holds up no other.
 */
import type { Clock } from '@vaquita/core';
import { type LeftBehind, resultOf } from './attempt.ts';
import { createAttemptProcess, DISPATCH_VARIABLE } from './attempt-process.ts';
import { type AttemptRecord, parseAttempt, parseStop } from './attempt-record.ts';
import type { AgentLog, AttemptFiles, KeptProcesses, Machine, WorkFolder } from './host.ts';
import type { OutputShipper } from './output-shipper.ts';
import type { ResultOutbox } from './result-outbox.ts';

export interface TakeOverOptions {
  readonly folder: Pick<WorkFolder, 'attempts'>;
  /** Null: this platform keeps no processes. */
  readonly kept: KeptProcesses | null;
  readonly outbox: ResultOutbox;
  readonly output: OutputShipper;
  readonly machine: Pick<Machine, 'killLeftovers'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: AgentLog;
  /** False when an attempt of this type cannot be gone on with here. */
  goOn(record: AttemptRecord, left: LeftBehind): boolean;
}

export async function takeOverAttempts(options: TakeOverOptions): Promise<void> {
  for (const files of await options.folder.attempts()) {
    try {
      await takeOver(files, options);
    } catch (error) {
      options.log.error('An attempt of an earlier agent cannot be gone on with.', { dispatchId: files.name, error });
    }
  }
}

async function takeOver(files: AttemptFiles, options: TakeOverOptions): Promise<void> {
  const { kept, outbox, log } = options;
  const text = await files.readOrder();
  const record = text === null ? null : parseAttempt(text);
  if (record === null || record.order.dispatchId !== files.name) {
    if (kept === null || !kept.claim(files.folder)) {
      await end(files, options);
      log.error('An attempt of an earlier agent cannot be read; what ran of it was ended, and it was put aside.', {
        folder: `${files.folder}.unreadable`,
      });
      await files.setAside();
    } else await files.remove();
    return;
  }
  const { dispatchId } = record.order;
  // Ended and stored, but its folder was still there: the result is the truth.
  if (outbox.get(dispatchId) !== undefined) {
    await files.remove();
    return;
  }
  const lost = kept === null ? 'the agent ended while the task was running' : goOn(files, record, { ...options, kept });
  if (lost === null) {
    log.info('Going on with a task of the agent before this one.', { dispatchId, task: record.order.taskName });
    return;
  }
  await end(files, options);
  log.warn('A task of the agent before this one is reported as lost.', { dispatchId, because: lost });
  await outbox.put(resultOf(record.order, { state: 'lost', endedAt: options.clock.now(), error: lost }));
  await files.remove();
}

/** Why it is lost; null when it is gone on with. */
function goOn(
  files: AttemptFiles,
  record: AttemptRecord,
  options: TakeOverOptions & { readonly kept: KeptProcesses },
): string | null {
  const { dispatchId } = record.order;
  if (options.kept.claim(files.folder)) return 'the agent ended before the task was started';
  try {
    options.output.hide(dispatchId, Object.values(record.order.secrets ?? {}));
    const process = createAttemptProcess({ ...options, dispatchId, files });
    const left = { begunAt: record.begunAt, stop: parseStop(files.readStop()), process };
    if (options.goOn(record, left)) return null;
    return `this worker cannot run "${record.order.taskType}" any more`;
  } catch (error) {
    options.output.forget(dispatchId);
    return `what the agent before this one noted is damaged: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** V1 */
async function end(files: AttemptFiles, { machine, log }: TakeOverOptions): Promise<void> {
  const killed = await machine.killLeftovers(null, `${DISPATCH_VARIABLE}=${files.name}`);
  if (killed > 0) log.warn('Processes of an earlier agent were ended.', { dispatchId: files.name, killed });
}
