/** The duty on triggers that look for files, in front of a store and workers in memory. */
import type { TriggerFiringRow, TriggerId } from '@vaquita/core';
import type { WatchQueue } from '@vaquita/store';
import { createFileDuty } from '../triggers/file-duty.ts';
import type { FileDutySettings } from '../triggers/settings.ts';
import { createFakeWorkers } from './fake-workers.ts';
import { openTriggerBench } from './trigger-bench.ts';

export async function openFileBench(settings: Partial<FileDutySettings> = {}) {
  const bench = await openTriggerBench();
  const { store, clock, log, filed } = bench;
  const workers = createFakeWorkers();
  const ends: string[] = [];
  /** Called around each unit with its verb; what throws takes the place of the answer. */
  const faults: { before: ((verb: string) => void | Promise<void>) | null; after: ((verb: string) => void) | null } = {
    before: null,
    after: null,
  };
  const written: string[] = [];
  function watched<Args extends unknown[], Result>(verb: string, write: (...args: Args) => Promise<Result>) {
    return async (...args: Args): Promise<Result> => {
      await faults.before?.(verb);
      const result = await write(...args);
      written.push(verb);
      faults.after?.(verb);
      return result;
    };
  }
  const { join, know, looked, fire, ...reads } = store.watchQueue;
  const queue: WatchQueue = {
    ...reads,
    ...{ join: watched('join', join), know: watched('know', know) },
    ...{ looked: watched('looked', looked), fire: watched('fire', fire) },
  };
  const newDuty = () =>
    createFileDuty({
      ...{ queue, triggers: store.triggerQueue, firings: store.firings, others: store.master.others },
      ...{ lookouts: workers.lookouts, clock, log, settings },
      filed: (command) => void filed.push(command),
      looked: (end) => void ends.push(end),
    });
  /** What runs have been started for, in order. */
  async function started(id: TriggerId): Promise<string[]> {
    return (await bench.firings(id)).filter(isRun).map(({ about }) => `${about.path}`);
  }
  return { ...bench, workers, ends, unitFaults: faults, written, newFileDuty: newDuty, started };
}

const isRun = ({ outcome }: TriggerFiringRow) => outcome === 'run';
