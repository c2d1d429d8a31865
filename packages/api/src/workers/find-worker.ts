/** One worker by its id or its name. */
import { AppError } from '@vaquita/core';
import type { WorkerReader, WorkerRow } from '@vaquita/store';

/** A name may have been that of several workers, one after the other: the one that is there, else the one that was last. */
export async function requireWorker(workers: WorkerReader, idOrName: string): Promise<WorkerRow> {
  const byId = await workers.get(idOrName);
  if (byId) return byId;
  const [found] = (await workers.list()).filter(({ name }) => name === idOrName).sort(newestFirst);
  if (found) return found;
  throw new AppError('not_found', `There is no worker “${idOrName}”.`);
}

function newestFirst(a: WorkerRow, b: WorkerRow): number {
  const away = ({ state }: WorkerRow) => Number(state === 'offline');
  return away(a) - away(b) || (b.connectedAt ?? 0) - (a.connectedAt ?? 0);
}
