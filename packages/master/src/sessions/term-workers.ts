/** The workers' rows as one term writes them: guarded by its epoch, as everything is that it writes. */
import type { Epoch } from '@vaquita/core';
import type { WorkerStore } from '@vaquita/store';

type Rest<Verb extends (epoch: Epoch, ...rest: never[]) => unknown> = Verb extends (
  epoch: Epoch,
  ...rest: infer Args
) => infer Answer
  ? (...rest: Args) => Answer
  : never;

/** @see WorkerStore */
export interface TermWorkers extends Pick<WorkerStore, 'list' | 'get' | 'standings' | 'standingsOf'> {
  readonly upsert: Rest<WorkerStore['upsert']>;
  readonly beat: Rest<WorkerStore['beat']>;
  readonly setState: Rest<WorkerStore['setState']>;
}

export function workersOfTerm(workers: WorkerStore, epoch: Epoch): TermWorkers {
  return {
    upsert: (row, why, alert) => workers.upsert(epoch, row, why, alert),
    beat: (beats) => workers.beat(epoch, beats),
    setState: (id, change) => workers.setState(epoch, id, change),
    list: () => workers.list(),
    get: (id) => workers.get(id),
    standings: () => workers.standings(),
    standingsOf: (id, name) => workers.standingsOf(id, name),
  };
}
