/**
 * Events of a listener instance where they are not kept in the database: what it has yet to hear is asked of where they
 * are. What it has heard or passed over is not looked for there.
 */
import { AppError, type ListenerEventConsumer, type ListenerInstanceRow, selectionOf } from '@vaquita/core';
import type { HeardEvent, ListenerEventStatus, Page, PageRequest } from '@vaquita/store';

/** @throws AppError `conflict` for what cannot be listed. */
export async function eventsElsewhere(
  log: ListenerEventConsumer,
  row: ListenerInstanceRow,
  { status, page }: { readonly status: ListenerEventStatus; readonly page: PageRequest },
): Promise<Page<HeardEvent>> {
  const selection = selectionOf(row);
  switch (status) {
    case 'waiting': {
      const after = Math.max(row.cursor, row.blockedSeq ?? 0, readCursor(page));
      const found = await log.next({ ...selection, after, limit: page.limit });
      const items = found.map((event) => ({ event, failure: null }));
      return { items, next: found.length < page.limit ? null : String(found.at(-1)!.seq) };
    }
    case 'failed': {
      if (row.blockedSeq === null) return { items: [], next: null };
      const found = await log.next({ ...selection, after: row.blockedSeq - 1, limit: 1 });
      const items = found.filter(({ seq }) => seq === row.blockedSeq).map((event) => ({ event, failure: ofRow(row) }));
      return { items, next: null };
    }
    case 'delivered':
    case 'skipped':
      throw new AppError(
        'conflict',
        'Listener events are kept outside of the database here, where only those can be listed that wait or have ' +
          'failed. How many were delivered and skipped stands at the listener.',
      );
  }
}

function ofRow({ attempt, reason, blockedSince, updatedAt }: ListenerInstanceRow): HeardEvent['failure'] {
  const firstAt = blockedSince ?? updatedAt;
  return { attempts: attempt, reason: reason ?? '', firstAt, lastAt: Math.max(firstAt, updatedAt), skippedBy: null };
}

function readCursor({ cursor }: PageRequest): number {
  if (cursor === null) return 0;
  const seq = Number(cursor);
  if (Number.isSafeInteger(seq) && seq > 0) return seq;
  const message = 'cursor is not one that a list has given; leave it out to begin at the start';
  throw new AppError('bad_request', message, { problems: [{ path: 'cursor', message }] });
}
