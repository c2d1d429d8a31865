/** The store, with everything that it applies told to the model in the same moment. */
import type { Epoch } from '@vaquita/core';
import type { MasterStore, RunCommit } from '@vaquita/store';
import type { Model } from '../model/model.ts';
import type { SimProcess } from './process.ts';

export interface Watch {
  readonly model: Model;
  readonly guard: (run: () => void) => void;
  readonly say: (line: string) => void;
  readonly elapsed: () => number;
}

export function witnessed(
  master: MasterStore,
  process: SimProcess,
  { model, guard, say, elapsed }: Watch,
): MasterStore {
  const { workers } = master;
  const wrote = (epoch: Epoch) => guard(() => model.writes(epoch, process.name));
  return {
    ...master,
    workers: {
      ...workers,
      async upsert(epoch, row, why) {
        await workers.upsert(epoch, row, why);
        wrote(epoch);
      },
      async beat(epoch, beats) {
        await workers.beat(epoch, beats);
        wrote(epoch);
      },
      async setState(epoch, id, change) {
        await workers.setState(epoch, id, change);
        wrote(epoch);
      },
    },
    async commit(epoch, unit) {
      const done = await master.commit(epoch, unit);
      say(`${process.name} commits ${describe(unit)}`);
      guard(() =>
        model.commit({
          ...unit,
          at: elapsed(),
          by: process.name,
          epoch,
          number: done.number,
        }),
      );
      return done;
    },
    async rejectCommand(epoch, id, outcome) {
      await master.rejectCommand(epoch, id, outcome);
      say(`${process.name} rejects a command: ${outcome}`);
      wrote(epoch);
      guard(() => model.reject(id, outcome, elapsed()));
    },
  };
}

function describe(unit: RunCommit): string {
  const parts = [...unit.newTasks, ...unit.changedTasks].map(
    (row) =>
      `${row.name}#${row.attempt} ${row.state}${row.dispatchId ? ` by ${row.workerName}` : ''} (${row.reason?.code ?? ''})`,
  );
  if (unit.instance) parts.unshift(`${unit.instance.id} ${unit.instance.state} (${unit.instance.reason?.code ?? ''})`);
  if (unit.filing) parts.unshift('files it');
  for (const { outcome } of unit.commandsDone) parts.push(`command: ${outcome}`);
  return parts.join('; ');
}
