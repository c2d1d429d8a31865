/** The recorded events of a run, read on from where they were known: what has been recorded never changes. Pure. */
import type { EventPage, EventView } from '@vaquita/client';

const PAGE = 500;
/** So many are read without being asked for more. */
const MOST = 10_000;

export interface RunRecord {
  /** Oldest first. */
  readonly events: readonly EventView[];
  /** False: there are more than `MOST`, and those after are not read. */
  readonly whole: boolean;
}

type ReadPage = (query: { readonly limit: number; readonly cursor?: string | undefined }) => Promise<EventPage>;

/** @param known what was read before */
export async function readOn(known: RunRecord | undefined, read: ReadPage, most = MOST): Promise<RunRecord> {
  const events = [...(known?.events ?? [])];
  // The cursor of this list is the number of the last event that was given.
  let cursor = events.length === 0 ? null : String(events.at(-1)!.seq);
  for (;;) {
    if (events.length >= most) return { events, whole: false };
    const page = await read({ limit: PAGE, ...(cursor === null ? {} : { cursor }) });
    events.push(...page.items);
    cursor = page.nextCursor;
    if (cursor === null) return { events, whole: true };
  }
}

/** Index of the last event that is not after this one; -1: all are. */
export function indexOfSeq(events: readonly { readonly seq: number }[], seq: number): number {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (events[middle]!.seq <= seq) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
