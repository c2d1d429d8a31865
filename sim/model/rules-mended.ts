/** The rule of the reconciler: where nothing is broken it finds nothing, whatever goes wrong around the engine. */
import { type AppliedUnit, Violation } from './facts.ts';

/** Names of checks that may find something, because the defect that is put in leaks just that. */
export type ToleratedMends = readonly string[];

export function checkMended({ events }: AppliedUnit, tolerated: ToleratedMends): void {
  for (const { type, data } of events) {
    if (type !== 'engine.mended' || tolerated.includes(String(data.check))) continue;
    throw new Violation('mended', `the reconciler has found something (${data.check}, ${data.subject}): ${data.text}`);
  }
}
