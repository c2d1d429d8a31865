/** M12: whatever a run needs to go on, the intents so far have asked for and nothing has taken away. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { wander } from '../testing/random-run.ts';
import type { Driver } from './drivers.ts';
import { driversOf } from './drivers.ts';
import type { Effect, Intent } from './effects.ts';
import type { LifecycleEvent } from './events.ts';

/** What memory holds of a run, worked out from what was asked of it and what was told to the run. */
function createMemory() {
  const timers = new Map<string, LifecycleEvent>();
  const queue = new Set<string>();
  const slots = new Set<string>();
  const dispatches = new Set<string>();
  let turn = false;

  return {
    clear() {
      for (const part of [timers, queue, slots, dispatches]) part.clear();
      turn = false;
    },
    told(event: LifecycleEvent) {
      if (event.type === 'TurnGranted' || event.type === 'TurnDenied') turn = false;
      if (!('taskInstanceId' in event)) {
        for (const [key, one] of timers) if (one.type === event.type) timers.delete(key);
        return;
      }
      if (event.type === 'TaskPlaced') {
        queue.delete(event.taskInstanceId);
        dispatches.add(event.dispatchId);
      }
      if (event.type === 'SlotGranted') slots.delete(event.taskInstanceId);
      for (const [key, one] of timers)
        if (one.type === event.type && 'taskInstanceId' in one && one.taskInstanceId === event.taskInstanceId)
          timers.delete(key);
    },
    adopted(dispatchId: string) {
      dispatches.add(dispatchId);
    },
    perform(intent: Intent) {
      switch (intent.type) {
        case 'EnqueueTask':
          queue.add(intent.taskInstanceId);
          return;
        case 'DequeueTask':
          queue.delete(intent.taskInstanceId);
          return;
        case 'ReleaseDispatch':
          dispatches.delete(intent.dispatchId);
          return;
        case 'SetTimer':
          timers.set(intent.key, intent.event);
          return;
        case 'ClearTimer':
          timers.delete(intent.key);
          return;
        case 'RequestTurn':
          turn = true;
          return;
        case 'RequestSlot':
          slots.add(intent.taskInstanceId);
          return;
        default:
          return;
      }
    },
    run(effect: Effect) {
      if (effect.type === 'ReleaseTurn') turn = false;
      if (effect.type === 'ReleaseSlot') slots.delete(effect.taskInstanceId);
    },
    has(driver: Driver): boolean {
      switch (driver.kind) {
        case 'turn':
          return turn;
        case 'queue':
          return queue.has(driver.taskInstanceId);
        case 'slot':
          return slots.has(driver.taskInstanceId);
        case 'timer':
          return timers.has(driver.key);
        case 'dispatch':
          return dispatches.has(driver.dispatchId);
        case 'start':
          return true;
        case 'more':
          return false;
      }
    },
  };
}

test('M12: whatever a run needs to go on is there after every step, also after a rebuild', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), (seed) => {
      const memory = createMemory();
      let intents = 0;
      let effects = 0;
      wander(seed, 150, ({ event }, fixture) => {
        if (event === 'rebuild') {
          memory.clear();
          intents = 0;
          effects = 0;
          for (const { dispatchId } of fixture.rows.tasks.values()) if (dispatchId) memory.adopted(dispatchId);
        } else memory.told(event);
        for (const intent of fixture.intents.slice(intents)) memory.perform(intent);
        for (const effect of fixture.effects.slice(effects)) memory.run(effect);
        intents = fixture.intents.length;
        effects = fixture.effects.length;
        for (const { driver, task } of driversOf(fixture.run, fixture.now)) {
          seen.add(driver.kind);
          const told = event === 'rebuild' ? event : event.type;
          expect(memory.has(driver), `${task} needs ${JSON.stringify(driver)} after ${told}`).toBe(true);
        }
      });
    }),
    { numRuns: 150 },
  );
  expect([...seen].sort()).toEqual(['dispatch', 'queue', 'slot', 'start', 'timer', 'turn']);
});
