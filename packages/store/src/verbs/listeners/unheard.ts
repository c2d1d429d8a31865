/** What an instance that is switched off has not heard, as far as the record still holds it. */
import {
  type EventRecord,
  isToHear,
  type ListenerInstanceRow,
  MAX_COUNTED_BACKLOG,
  toListenerEvent,
} from '@vaquita/core';

const PAGE = 500;
/** Rows of the record that are looked at, at most: whoever asks waits for it. */
const MAX_PAGES = 200;

/** Of the first 100,000 rows after its cursor, and counted up to 10,000. */
export async function countUnheard(record: EventRecord, instance: ListenerInstanceRow): Promise<number> {
  let count = 0;
  let after = instance.cursor;
  for (let pages = 0; pages < MAX_PAGES && count < MAX_COUNTED_BACKLOG; pages += 1) {
    const { rows, position, isEnd } = await record.page(after, PAGE);
    for (const row of rows) {
      const event = toListenerEvent(row);
      if (event !== undefined && isToHear(instance, event)) count += 1;
    }
    if (isEnd) break;
    after = position;
  }
  return Math.min(count, MAX_COUNTED_BACKLOG);
}
