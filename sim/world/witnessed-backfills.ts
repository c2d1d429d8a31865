/** What the duty of backfills asks of the store, with everything that it applies told to the model in the same moment. */
import type { Epoch } from '@vaquita/core';
import type { BackfillQueue } from '@vaquita/store';
import type { Meter } from './meter.ts';
import type { SimProcess } from './process.ts';
import type { Watch } from './witnessed.ts';

export function witnessedBackfills(
  queue: BackfillQueue,
  process: SimProcess,
  { model, guard, say, note }: Watch & Pick<Meter, 'note'>,
): BackfillQueue {
  const { backfills } = model;

  function wrote(epoch: Epoch, tell: () => void): void {
    guard(() => {
      model.writes(epoch, process.name);
      tell();
    });
  }

  return {
    active: queue.active,
    running: queue.running,
    recovered: queue.recovered,
    items: queue.items,
    figures: queue.figures,
    async start(epoch, item, filing) {
      await queue.start(epoch, item, filing);
      say(`${process.name} starts item ${item.position} of ${item.backfill.id} as ${filing.instance.id}`);
      note('item_running');
      wrote(epoch, () => backfills.started({ ...item, filing }));
    },
    async settle(epoch, changes, at) {
      await queue.settle(epoch, changes, at);
      for (const { backfillId, position, from, to, reason } of changes) {
        say(`${process.name} has item ${position} of ${backfillId}, which was ${from}, be ${to}: ${reason}`);
        note(`item_${from === 'failure' ? 'recovered' : from === 'blocked' ? 'freed' : to}`);
      }
      wrote(epoch, () => backfills.settled(changes));
    },
    async mark(epoch, backfill, what) {
      await queue.mark(epoch, backfill, what);
      const hold = 'hold' in what ? what.hold : null;
      say(`${process.name} says of ${backfill.id}: ${'hold' in what ? (hold?.text ?? 'nothing in the way') : 'done'}`);
      if (hold !== null || !('hold' in what)) note(hold === null ? 'backfill_done' : 'backfill_held');
      wrote(epoch, () => backfills.marked(backfill.id, 'hold' in what ? what : 'done'));
    },
  };
}
