/** What the reconciler can see of the master's memory. It changes nothing of it: that is `mend.ts`. */
import type { Driver, WorkflowInstanceId } from '@vaquita/core';
import type { IdleWatch } from '../bus/idle.ts';
import type { RunBus } from '../bus/run-bus.ts';
import type { RunRegistry } from '../bus/run-registry.ts';
import type { DispatchQueue } from '../dispatch/dispatch-queue.ts';
import type { Dispatcher } from '../dispatch/dispatcher.ts';
import type { LiveDispatches } from '../dispatch/live-dispatches.ts';
import type { Room } from '../gate/room.ts';
import type { TakingOver } from '../recovery/taking-over.ts';
import type { Presence } from '../sessions/presence.ts';
import type { TimerQueue } from '../timers/timer-queue.ts';

export interface MemoryView {
  readonly runs: Pick<RunRegistry, 'get' | 'all' | 'isComing'>;
  readonly idle: Pick<IdleWatch, 'isIdle'>;
  readonly room: Pick<Room, 'asks' | 'waits' | 'placeOf' | 'slotsOf' | 'runs' | 'isKnown'>;
  readonly live: Pick<LiveDispatches, 'get' | 'all' | 'strays'>;
  readonly queue: Pick<DispatchQueue, 'has' | 'all'>;
  readonly placeable: Dispatcher['placeable'];
  readonly takingOver: Pick<TakingOver, 'isAfter'>;
  readonly timers: Pick<TimerQueue, 'has' | 'overdue'>;
  readonly presence: Pick<Presence, 'isSeenTo' | 'amiss'>;
  /** The run cannot be built from its rows, and is known for it. */
  readonly isUnrunnable: (id: WorkflowInstanceId) => boolean;
  readonly now: () => number;
}

/** Whether what a run needs to go on is there. */
export function hasDriver(memory: MemoryView, bus: RunBus, driver: Driver): boolean {
  switch (driver.kind) {
    case 'turn':
      return memory.room.asks(bus);
    case 'slot':
      return memory.room.waits(bus, driver.taskInstanceId);
    case 'queue':
      return memory.queue.has(driver.taskInstanceId);
    case 'timer':
      return memory.timers.has(driver.key);
    case 'dispatch':
      return memory.live.get(driver.dispatchId)?.bus === bus;
    case 'more':
      // It would not be idle.
      return false;
    case 'start':
      // In no memory: the rows tell.
      return true;
  }
}
