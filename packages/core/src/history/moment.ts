/** A moment of a run's record, as people name one: by the number of an event or by the clock. */
import type { NewEvent } from '../machine/rows.ts';

export type Moment = { readonly seq: number } | { readonly time: number } | 'now';

/** What the record of a run keeps of each event. */
export type RecordedEvent = NewEvent & { readonly seq: number };

/**
 * Whether the event had happened at that moment. Events are asked in their order and the first that had not ends the
 * replay: so a clock that was set back while the run went on cannot take an earlier event for a later one.
 */
export function hadHappened(event: RecordedEvent, moment: Moment): boolean {
  if (moment === 'now') return true;
  return 'seq' in moment ? event.seq <= moment.seq : event.at <= moment.time;
}
