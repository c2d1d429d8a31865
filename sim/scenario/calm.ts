/** When a world is left alone. */
import type { Scenario } from './scenario.ts';

/** It comes after all that people do; what was set aside is tried again so much later, too. */
export function calmAfterAll(all: Scenario): Scenario {
  const last = Math.max(...all.operations.map(({ do: what, at }) => (what === 'retry_aside' ? 0 : at)));
  const longer = Math.max(0, last + 1 - all.calmAt);
  const operations = all.operations.map((one) => (one.do === 'retry_aside' ? { ...one, at: one.at + longer } : one));
  return { ...all, operations, calmAt: all.calmAt + longer };
}
