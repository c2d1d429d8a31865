/**
 * Brings what is declared of worker groups to the pool: at the start of the term, when somebody says that it has changed,
 * and from time to time. Until it is known groups are what workers name, and take turns.
 */
import type { MasterStore } from '@vaquita/store';
import { type KeepTryingDeps, keepTrying } from '../gate/keep-trying.ts';
import type { TimerQueue } from '../timers/timer-queue.ts';
import type { WorkerPool } from './worker-pool.ts';

export interface DeclaredGroups {
  /** Also a hint: a group has been declared, changed or removed. */
  read(): void;
}

export interface DeclaredGroupsDeps extends KeepTryingDeps {
  readonly store: Pick<MasterStore, 'workerGroups'>;
  readonly pool: Pick<WorkerPool, 'declare'>;
  readonly timers: TimerQueue;
  /** Groups are read again this often. */
  readonly pollMs: number;
  /** There may be workers for tasks that had none. */
  readonly wake: () => void;
}

export function createDeclaredGroups(deps: DeclaredGroupsDeps): DeclaredGroups {
  let reading = false;
  let again = false;
  /** As it was read last, to do nothing while nothing changes. */
  let known = '[]';

  async function readAll(): Promise<void> {
    const rows = await keepTrying(deps, 'Worker groups', () => deps.store.workerGroups());
    if (!rows) return;
    const text = JSON.stringify(rows);
    if (text === known) return;
    known = text;
    deps.pool.declare(rows);
    deps.wake();
  }

  /** One read at a time; a hint that comes during one asks for another. */
  async function read(): Promise<void> {
    again = true;
    if (reading) return;
    reading = true;
    while (again && !deps.isOver()) {
      again = false;
      await readAll();
    }
    reading = false;
    if (!deps.isOver()) deps.timers.after('worker groups', deps.pollMs, () => void read());
  }

  return { read: () => void read() };
}
