/** What the duty of schedules asks of the store, with everything that it applies told to the model in the same moment. */
import type { Epoch, ScheduleFireRow, ScheduleId } from '@vaquita/core';
import type { Page, ScheduleQueue, ScheduleReader, ScheduleStep } from '@vaquita/store';
import type { Meter } from './meter.ts';
import type { SimProcess } from './process.ts';
import type { Watch } from './witnessed.ts';

const PAGE = 500;

export interface ScheduleWatch extends Watch {
  readonly reader: Pick<ScheduleReader, 'find' | 'fires'>;
  readonly note: Meter['note'];
}

export function witnessedSchedules(
  queue: ScheduleQueue,
  process: SimProcess,
  { model, guard, say, elapsed, reader, note }: ScheduleWatch,
): ScheduleQueue {
  const { schedules } = model;

  function wrote(epoch: Epoch, tell: () => void): void {
    guard(() => {
      model.writes(epoch, process.name);
      tell();
    });
  }

  async function tellTakenBack(ask: { readonly now: number; readonly toleranceMs: number }): Promise<void> {
    for (const { id, cursorAt: before } of schedules.schedules.values()) {
      const row = await reader.find(id);
      if (row === undefined || row.cursorAt === before) continue;
      const left = await firesOf(reader, row.id);
      note('taken_back');
      guard(() => schedules.tookBack(ask, { id, cursorAt: row.cursorAt, isThere: (at) => left.has(at) }));
    }
  }

  return {
    due: queue.due,
    nextDueAt: queue.nextDueAt,
    unblocked: queue.unblocked,
    surroundings: queue.surroundings,
    async advance(epoch, steps) {
      await queue.advance(epoch, steps);
      for (const step of steps) {
        say(`${process.name} has ${describe(step)}`);
        for (const fire of [...step.fires, ...step.dequeued]) note(`fire_${kindOf(fire)}`);
      }
      wrote(epoch, () => {
        for (const step of steps) schedules.advanced(step, elapsed());
      });
    },
    async setAside(epoch, schedule, problem) {
      await queue.setAside(epoch, schedule, problem);
      say(`${process.name} sets ${schedule.id} aside: ${problem.text}`);
      wrote(epoch, () => {});
    },
    async takeBack(epoch, ask) {
      const count = await queue.takeBack(epoch, ask);
      if (count === 0) return count;
      say(`${process.name} takes back ${count} schedules`);
      wrote(epoch, () => {});
      await tellTakenBack(ask);
      return count;
    },
    remains: queue.remains,
    async settleRemains(epoch, remains, decision) {
      await queue.settleRemains(epoch, remains, decision);
      say(`${process.name} tells of ${decision.fires.length} fire times of ${remains.scheduleId} before a change`);
      note('fire_schedule_changed');
      wrote(epoch, () => schedules.settled({ remains, ...decision }));
    },
    figures: queue.figures,
  };
}

/** Fire times of a schedule that have their record. */
export async function firesOf(
  reader: Pick<ScheduleReader, 'fires'>,
  id: ScheduleId,
): Promise<ReadonlyMap<number, ScheduleFireRow>> {
  const found = new Map<number, ScheduleFireRow>();
  for (let cursor: string | null = null; ; ) {
    const page: Page<ScheduleFireRow> = await reader.fires(id, { limit: PAGE, cursor });
    for (const fire of page.items) found.set(fire.fireAt, fire);
    if (page.next === null) return found;
    cursor = page.next;
  }
}

function kindOf({ outcome, reasonCode, fires }: ScheduleFireRow) {
  if (fires > 1) return 'folded' as const;
  return outcome === 'skipped' ? (reasonCode as Exclude<typeof reasonCode, null>) : outcome;
}

function describe({ schedule, fires, dequeued, stops }: ScheduleStep): string {
  const told = [...fires, ...dequeued].map((fire) => `${(fire.fireAt - schedule.createdAt) / 1_000} s ${kindOf(fire)}`);
  const shown = told.length > 12 ? [...told.slice(0, 12), `${told.length - 12} more`] : told;
  return `${schedule.id}: ${shown.join(', ') || 'nothing'}${stops.length > 0 ? `, stops ${stops.length}` : ''}`;
}
