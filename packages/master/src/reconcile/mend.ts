/**
 * Puts right what the reconciler has found, in the one way that is safe whatever the truth is: memory is thrown away and
 * built anew from rows. What has moved since it was found is left alone.
 */
import type { Clock, CommandId, DispatchId, IdSource, WorkflowInstanceId } from '@vaquita/core';
import type { MasterStore } from '@vaquita/store';
import type { IdleWatch } from '../bus/idle.ts';
import type { RunRegistry, WithBus } from '../bus/run-registry.ts';
import type { CommandConsumer } from '../commands/command-consumer.ts';
import type { DispatchQueue } from '../dispatch/dispatch-queue.ts';
import type { LiveDispatches } from '../dispatch/live-dispatches.ts';
import type { Room } from '../gate/room.ts';
import { commitOf } from '../recovery/commit-of.ts';
import type { DurableCommit } from '../recovery/durable-commit.ts';
import type { Repair } from '../recovery/repair.ts';
import type { Presence } from '../sessions/presence.ts';
import type { TimerQueue } from '../timers/timer-queue.ts';
import type { Mend } from './findings.ts';

export interface MenderDeps {
  readonly store: Pick<MasterStore, 'others' | 'reconcile'>;
  readonly runs: Pick<RunRegistry, 'get' | 'withBus' | 'renew'>;
  readonly idle: Pick<IdleWatch, 'isIdle'>;
  readonly repair: Pick<Repair, 'setAsideUnread'>;
  readonly commands: Pick<CommandConsumer, 'nudge' | 'retry'>;
  readonly commits: Pick<DurableCommit, 'write'>;
  readonly room: Pick<Room, 'ended'>;
  readonly live: Pick<LiveDispatches, 'free'>;
  readonly queue: Pick<DispatchQueue, 'remove'>;
  readonly timers: Pick<TimerQueue, 'catchUp'>;
  readonly presence: Pick<Presence, 'awaitOne' | 'restate'>;
  readonly ids: IdSource;
  readonly clock: Pick<Clock, 'now'>;
  /** Whatever the term holds of the dispatch goes. */
  readonly releaseDispatch: (id: DispatchId) => void;
  /** There may be free slots. */
  readonly wake: () => void;
}

/** @returns whether there was still something to do. @throws AppError */
export type Mender = (mend: Mend) => Promise<boolean>;

export function createMender(deps: MenderDeps): Mender {
  const { store, runs, commands } = deps;

  async function load(id: WorkflowInstanceId): Promise<boolean> {
    await setAsideIfImpossible(id, await runs.withBus(id, () => {}));
    return true;
  }

  async function renew(id: WorkflowInstanceId): Promise<boolean> {
    const bus = runs.get(id);
    if (!bus || !deps.idle.isIdle(bus)) return false;
    await setAsideIfImpossible(id, await runs.renew(bus));
    commands.retry(bus);
    return true;
  }

  async function setAsideIfImpossible(id: WorkflowInstanceId, found: WithBus): Promise<void> {
    if (found.kind !== 'impossible') return;
    const [row] = await store.reconcile.openRunRowsOf([id]);
    if (row) await deps.repair.setAsideUnread(id, found.why);
  }

  async function start(id: WorkflowInstanceId): Promise<boolean> {
    const [row] = await store.others.instances([id]);
    if (!row) return false;
    const { priority, createdBy } = row;
    const command = {
      ...{ id: deps.ids.next() as CommandId, kind: 'start' as const, workflowInstanceId: id, payload: {} },
      ...{ priority, createdBy, createdAt: deps.clock.now() },
    };
    await deps.commits.write(commitOf({ newCommands: [command] }));
    commands.nudge();
    return true;
  }

  return async (mend) => {
    switch (mend.how) {
      case 'load':
        return load(mend.run);
      case 'renew':
        return renew(mend.run);
      case 'start':
        return start(mend.run);
      case 'forget':
        deps.room.ended(mend.run);
        return true;
      case 'free_dispatch':
        deps.releaseDispatch(mend.dispatch);
        return true;
      case 'free_slot':
        deps.live.free(mend.dispatch, mend.worker);
        deps.wake();
        return true;
      case 'unqueue':
        deps.queue.remove(mend.task);
        return true;
      case 'place':
        deps.wake();
        return true;
      case 'take_command':
        if (runs.get(mend.run)) return renew(mend.run);
        commands.nudge();
        return true;
      case 'await_worker':
        await deps.presence.awaitOne(mend.worker);
        return true;
      case 'affirm_worker':
        deps.presence.restate(mend.worker, 'It is connected.');
        return true;
      case 'catch_up':
        deps.timers.catchUp();
        return true;
    }
  };
}
