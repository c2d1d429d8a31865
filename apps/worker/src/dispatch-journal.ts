/**
 * Which dispatches this worker has taken, over restarts of its agent (P3): a line for each that was accepted, one when its
 * result is delivered, and one for each new epoch.
 *
 * D1 A dispatch is in the file before it is begun. When the file cannot be written it is not begun.
 * D2 One that was accepted and whose result is not delivered is never forgotten; of the others, the newest are known.
 * D3 The highest epoch is remembered with the token that it was seen under: servers with another database give another.
 */
import type { DispatchId, Epoch } from '@vaquita/core';
import { createFinishedDispatches } from './finished-dispatches.ts';
import type { AgentLog, GrowingFile } from './host.ts';

export interface DispatchJournal {
  /** The dispatches may be begun when this returns. @throws when they must not. */
  accept(dispatches: readonly AcceptedDispatch[]): void;
  /** Their results are delivered, or nobody wants any. */
  done(dispatchIds: readonly DispatchId[]): void;
  isDone(dispatchId: DispatchId): boolean;
  /** Accepted and not done: with an agent that has just been started, those of the one before it. */
  pending(): readonly AcceptedDispatch[];
  readonly highestEpoch: Epoch;
  seeEpoch(epoch: Epoch): void;
  close(): void;
}

export interface AcceptedDispatch {
  readonly dispatchId: DispatchId;
  readonly epoch: Epoch;
}

export interface DispatchJournalOptions {
  readonly file: GrowingFile;
  /** Tells one database of servers from another; short. */
  readonly realm: string;
  /** Epochs that were seen before do not count. */
  readonly forgetsEpoch: boolean;
  readonly log: AgentLog;
  readonly maxDone?: number;
}

const ACCEPTED = /^a (\S{1,64}) (\d{1,15})$/;
const DONE = /^d (\S{1,64})$/;
const EPOCH = /^e (\d{1,15}) (\S{1,64})$/;
const MAX_DONE = 10_000;

export function openDispatchJournal(options: DispatchJournalOptions): DispatchJournal {
  const { file, realm, log, maxDone = MAX_DONE } = options;
  const finished = createFinishedDispatches(maxDone);
  const pending = new Map<DispatchId, Epoch>();
  let highestEpoch: Epoch = 0;
  let lines = 0;
  /** The file is not as it should be: it is written anew before anything is added. */
  let doubtful = false;

  load(file.read());

  function load(text: string | null): void {
    const all = (text ?? '').split('\n');
    // What is not whole was promised to nobody.
    doubtful = all.pop() !== '';
    const damaged = all.filter((line) => !take(line));
    lines = all.length;
    if (options.forgetsEpoch && highestEpoch > 0) {
      highestEpoch = 0;
      doubtful = true;
    }
    if (damaged.length === 0) return;
    doubtful = true;
    log.error('Lines of the journal of dispatches cannot be read; the rest is used.', {
      lines: damaged.length,
      first: damaged[0]!.slice(0, 80),
    });
  }

  /** False when the line says nothing. */
  function take(line: string): boolean {
    const [, accepted, epoch] = ACCEPTED.exec(line) ?? [];
    if (accepted !== undefined) {
      pending.set(accepted as DispatchId, Number(epoch));
      return true;
    }
    const [, done] = DONE.exec(line) ?? [];
    if (done !== undefined) {
      pending.delete(done as DispatchId);
      finished.add(done as DispatchId);
      return true;
    }
    const [, seen, where] = EPOCH.exec(line) ?? [];
    if (where === realm) highestEpoch = Math.max(highestEpoch, Number(seen));
    return where !== undefined;
  }

  /** @throws when the disk takes it not. */
  function add(added: readonly string[]): void {
    const text = added.map((line) => `${line}\n`).join('');
    if (doubtful || lines > pending.size + 4 * maxDone) {
      const kept = [
        ...finished.list().map((id) => `d ${id}`),
        ...[...pending].map(([id, epoch]) => `a ${id} ${epoch}`),
        `e ${highestEpoch} ${realm}`,
      ];
      file.replace(`${kept.join('\n')}\n${text}`);
      lines = kept.length;
      doubtful = false;
    } else {
      try {
        file.append(text);
      } catch (error) {
        doubtful = true;
        throw error;
      }
    }
    lines += added.length;
  }

  /** Of what is not promised to anybody: it is there when the file is written the next time. */
  function note(added: readonly string[]): void {
    try {
      add(added);
    } catch (error) {
      doubtful = true;
      log.warn('The journal of dispatches could not be written; trying again with the next one.', { error });
    }
  }

  return {
    accept(dispatches) {
      add(dispatches.map(({ dispatchId, epoch }) => `a ${dispatchId} ${epoch}`));
      for (const { dispatchId, epoch } of dispatches) pending.set(dispatchId, epoch);
    },
    done(dispatchIds) {
      for (const id of dispatchIds) {
        pending.delete(id);
        finished.add(id);
      }
      if (dispatchIds.length > 0) note(dispatchIds.map((id) => `d ${id}`));
    },
    isDone: (dispatchId) => finished.has(dispatchId),
    pending: () => [...pending].map(([dispatchId, epoch]) => ({ dispatchId, epoch })),
    get highestEpoch() {
      return highestEpoch;
    },
    seeEpoch(epoch) {
      if (epoch <= highestEpoch) return;
      highestEpoch = epoch;
      note([`e ${epoch} ${realm}`]);
    },
    close: () => file.close(),
  };
}
