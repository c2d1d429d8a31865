/** What people ask for as it reaches the store, by whichever server: told to the model in the moment in which it is filed. */
import type { CommandStore, InstanceStore } from '@vaquita/store';
import type { Watch } from './witnessed.ts';

export interface FilingVerbs {
  readonly instances: Pick<InstanceStore, 'start' | 'find'>;
  readonly commands: Pick<CommandStore, 'fileAll'>;
}

export function witnessedFiling(
  { instances, commands }: FilingVerbs,
  { model, guard }: Pick<Watch, 'model' | 'guard'>,
): FilingVerbs {
  return {
    instances: {
      find: (id) => instances.find(id),
      async start(instance, command, event) {
        await instances.start(instance, command, event);
        guard(() => model.start({ instance, command, event }));
      },
    },
    commands: {
      async fileAll(rows) {
        await commands.fileAll(rows);
        for (const row of rows) guard(() => model.file(row));
      },
    },
  };
}
