/** What a world has really met: a fault that was drawn may find nobody whom it could trouble. */
import type { Fault } from '../scenario/scenario.ts';

/** Faults, and what is worth knowing that it happened: another server took the lead; a write of a leader that was over was refused. */
export type Met = Fault['what'] | 'takeover' | 'fenced';

export interface Meter {
  readonly met: ReadonlySet<Met>;
  note(what: Met): void;
}

export function createMeter(): Meter {
  const met = new Set<Met>();
  return { met, note: (what) => void met.add(what) };
}
