/** Known defects of backfills: how their items are read, started and settled. */
import type { BackfillQueue, BackfillStore } from '@vaquita/store';
import type { MemoryStore } from '@vaquita/store/testing';
import type { Breakage } from './breakage.ts';
import { everyNth } from './tools.ts';

const ENDED: readonly unknown[] = ['success', 'failure', 'stopped', null];

/** A run is filed, and its item waits as before. */
function runFirst(queue: BackfillQueue, { instances }: MemoryStore): BackfillQueue {
  const due = everyNth(6);
  return {
    ...queue,
    async start(epoch, item, filing) {
      if (due()) await instances.start(filing.instance, filing.command, filing.event);
      else await queue.start(epoch, item, filing);
    },
  };
}

/** What is written names the backfill as it is now, whatever was read. */
function asItIs(queue: BackfillQueue, { backfills }: MemoryStore): BackfillQueue {
  return {
    ...queue,
    async start(epoch, item, filing) {
      const backfill = (await backfills.find(item.backfill.id)) ?? item.backfill;
      await queue.start(epoch, { ...item, backfill }, filing);
    },
  };
}

/** Whoever pauses or cancels is told that it is done. */
function deafToPeople(people: BackfillStore): BackfillStore {
  return {
    ...people,
    change: (before, asked, told) =>
      people.change(before, asked.kind === 'pause' || asked.kind === 'cancel' ? { kind: 'edit' } : asked, told),
  };
}

export const BACKFILL_BREAKAGES: readonly (() => Breakage)[] = [
  () => ({
    name: 'item-left-waiting',
    what: 'Every sixth start of an item is two units, and somebody dies between its run and the item.',
    backfillQueue: runFirst,
  }),
  () => ({
    name: 'any-backfill',
    what: 'An item is started whatever has been changed of its backfill since it was read.',
    backfillQueue: asItIs,
  }),
  () => ({
    name: 'deaf-to-people',
    what: 'A backfill that is paused or cancelled goes on.',
    backfillPeople: deafToPeople,
  }),
  () => ({
    name: 'blind-to-items',
    what: 'Items whose runs go on are not counted.',
    backfillPort: (queue) => ({
      ...queue,
      running: async () => (await queue.running()).filter(({ run }) => ENDED.includes(run)),
    }),
  }),
  () => ({
    name: 'no-levels',
    what: 'Items are taken to wait for no others.',
    backfillPort: (queue) => ({
      ...queue,
      items: async (id) => (await queue.items(id)).map((item) => ({ ...item, waits: [] })),
    }),
  }),
  () => {
    const due = everyNth(4);
    return {
      name: 'failed-is-done',
      what: 'Every fourth item is settled as a success, however its run has ended.',
      backfillPort: (queue) => ({
        ...queue,
        settle: (epoch, changes, at) =>
          queue.settle(
            epoch,
            changes.map((change) => (change.to === 'failure' && due() ? { ...change, to: 'success' } : change)),
            at,
          ),
      }),
    };
  },
  () => ({
    name: 'unseen-recovery',
    what: 'Nobody looks whether a failed run of a backfill has succeeded after all.',
    backfillPort: (queue) => ({ ...queue, recovered: async () => [] }),
  }),
  () => ({
    name: 'overlooked-item',
    what: 'The last item is left out whenever those of a backfill are read.',
    backfillPort: (queue) => ({ ...queue, items: async (id) => (await queue.items(id)).slice(0, -1) }),
  }),
];
