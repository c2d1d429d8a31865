/** Reads the event record of a run up to a moment, page by page: memory holds the run, never its whole record. */
import { createReplay, hadHappened, type Moment, type RunSnapshot, type WorkflowInstanceId } from '@vaquita/core';
import type { EventRow, EventStore } from '@vaquita/store';

/** The largest page of the store. */
const PAGE = 500;

export interface RunAt {
  readonly snapshot: RunSnapshot;
  /** The last event that had happened, and when. */
  readonly seq: number;
  readonly at: number;
  /** Where the record of the run begins and ends now. */
  readonly firstSeq: number;
  readonly lastSeq: number;
}

/** What there is instead when nothing had happened yet: the first event, if there is any. */
export interface NothingYet {
  readonly first: EventRow | undefined;
}

export async function readRunAt(
  events: EventStore,
  workflowInstanceId: WorkflowInstanceId,
  moment: Moment,
): Promise<RunAt | NothingYet> {
  const replay = createReplay();
  let first: EventRow | undefined;
  let last: EventRow | undefined;
  for (;;) {
    const page = await events.after(last?.seq ?? 0, { limit: PAGE, workflowInstanceId });
    first ??= page[0];
    const end = page.findIndex((event) => !hadHappened(event, moment));
    const past = end < 0 ? page : page.slice(0, end);
    for (const event of past) replay.apply(event);
    last = past.at(-1) ?? last;
    if (end < 0 && page.length === PAGE) continue;
    if (!first || !last) return { first };
    const known = page.at(-1)?.seq ?? last.seq;
    const lastSeq = page.length < PAGE ? known : await findLastSeq(events, workflowInstanceId, known);
    return { snapshot: replay.snapshot(), seq: last.seq, at: last.at, firstSeq: first.seq, lastSeq };
  }
}

/** The number of the run's last event, by halving what lies after `known`, one of its own: some twenty reads by index. */
async function findLastSeq(events: EventStore, workflowInstanceId: WorkflowInstanceId, known: number): Promise<number> {
  let low = known;
  let high = await events.latestSeq();
  // The next one first: mostly there is none, or the end is far away.
  let probe = low;
  while (low < high) {
    const [found] = await events.after(probe, { limit: 1, workflowInstanceId });
    if (found) low = found.seq;
    else high = probe;
    probe = low + Math.floor((high - low) / 2);
  }
  return low;
}
