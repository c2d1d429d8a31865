/**
 * Logs and files whose task or run is not there any more: what is left when a server dies between the removal of the rows
 * and of what belongs to them.
 *
 * S1 Only what is older than everything that is kept by age goes. Whoever puts an older copy of the database in place finds
 *    the logs of younger runs when the newer copy comes back.
 * S2 A log or a file is only written after the row that it belongs to: what has no row when it is looked for never gets one.
 */
import { timeOfId, toAppError } from '@vaquita/core';
import { type PassDeps, removeLogs } from './pass.ts';
import { KEEP_RECORDS_MS } from './settings.ts';

export async function sweep(deps: PassDeps): Promise<void> {
  const { store, logs, files, clock, settings, pause } = deps;
  const before = clock.now() - (settings.policy.keepMs ?? KEEP_RECORDS_MS);
  const isOld = (id: string) => timeOfId(id) < before;

  for await (const owners of logs.owners()) {
    for (const ids of inParts(owners.filter(isOld), settings.rowsAtOnce)) {
      await removeLogs(deps, await store.missing('task_instances', ids));
      if (!(await pause())) return;
    }
  }
  for await (const owners of files?.owners() ?? []) {
    for (const ids of inParts(owners.filter(isOld), settings.rowsAtOnce)) {
      try {
        await files?.removeRuns(await store.missing('workflow_instances', ids));
      } catch (error) {
        deps.log.warn('Files of runs that are gone could not be removed.', { error: toAppError(error).message });
      }
      if (!(await pause())) return;
    }
  }
}

function inParts<T>(all: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, n) => all.slice(n * size, (n + 1) * size));
}
