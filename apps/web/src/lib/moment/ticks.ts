/** The events of a run as ticks along a slider, of which there are never more than places for them. Pure. */

import { stateOf } from '#lib/reasons/event-words.ts';
import { type Family, familyOf } from '../state/families.ts';
import type { Told } from './event-words.ts';

export interface Tick {
  /** Where along the slider, 0 to 1. */
  readonly at: number;
  readonly family: Family;
  /** 3: the run; 2: a task came to an end or was lost; 1: anything else. */
  readonly rank: 1 | 2 | 3;
}

const TELLING = new Set<Family>(['failed', 'stopped', 'retry', 'success']);

/** Where several events fall on one place, the one that says most stands there. */
export function ticksOf(events: readonly Told[], places: number): readonly Tick[] {
  const found = new Map<number, Tick>();
  const last = Math.max(1, events.length - 1);
  events.forEach((event, index) => {
    const place = events.length <= places ? index : Math.floor((index / last) * (places - 1));
    const tick = tickOf(event, index / last);
    if (weight(tick) > weight(found.get(place))) found.set(place, tick);
  });
  return [...found.values()];
}

const weight = (tick: Tick | undefined) =>
  tick === undefined ? 0 : 2 * tick.rank + (tick.family === 'failed' ? 1 : 0);

function tickOf(event: Told, at: number): Tick {
  const state = stateOf(event);
  const family = state === undefined ? 'skipped' : familyOf(state);
  if (state !== undefined && event.type.startsWith('workflow_instance.')) return { at, family, rank: 3 };
  return { at, family, rank: TELLING.has(family) ? 2 : 1 };
}
