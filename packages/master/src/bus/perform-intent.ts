/** Does what a transition asks of the master's memory: queues, timers, turns and slots, and what logic tasks look at. */
import type { DispatchId, Intent, TaskInstanceId } from '@vaquita/core';
import type { DispatchQueue } from '../dispatch/dispatch-queue.ts';
import type { Room } from '../gate/room.ts';
import type { LogicHost } from '../logic/logic-host.ts';
import type { TimerQueue } from '../timers/timer-queue.ts';
import type { RunBus } from './run-bus.ts';

export interface IntentDeps {
  readonly enqueue: (bus: RunBus, id: TaskInstanceId) => void;
  readonly queue: Pick<DispatchQueue, 'remove'>;
  readonly releaseDispatch: (id: DispatchId) => void;
  readonly timers: Pick<TimerQueue, 'at' | 'clear'>;
  readonly room: Pick<Room, 'request'>;
  /** It is made after what asks for it. */
  readonly logic: () => Pick<LogicHost, 'perform'>;
}

export function performIntent(deps: IntentDeps, bus: RunBus, intent: Intent): void {
  switch (intent.type) {
    case 'EnqueueTask':
      deps.enqueue(bus, intent.taskInstanceId);
      return;
    case 'DequeueTask':
      deps.queue.remove(intent.taskInstanceId);
      return;
    case 'ReleaseDispatch':
      deps.releaseDispatch(intent.dispatchId);
      return;
    case 'SetTimer':
      deps.timers.at(intent.key, intent.dueAt, () => bus.post(intent.event));
      return;
    case 'ClearTimer':
      deps.timers.clear(intent.key);
      return;
    case 'RequestTurn':
    case 'RequestSlot':
      deps.room.request(bus, intent);
      return;
    case 'ResolveWorkflow':
    case 'ReadChildren':
    case 'ReadDependencies':
    case 'ForgetLogic':
      deps.logic().perform(bus, intent);
      return;
  }
}
