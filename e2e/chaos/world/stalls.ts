/** Notices when the whole machine stands still, so that what follows from it is not taken for a defect. */
import type { Trouble } from '../model/facts.ts';

const LOOK_MS = 100;
/** Half of what agents are waited for: two in a row look like an agent that is gone. */
const STALL_MS = 2_500;

export interface StallWatch {
  readonly troubles: readonly Trouble[];
  close(): void;
}

export function watchStalls(): StallWatch {
  const troubles: Trouble[] = [];
  let last = Date.now();
  const timer = setInterval(() => {
    const now = Date.now();
    if (now - last > LOOK_MS + STALL_MS) troubles.push({ what: 'stall', target: '', at: last, overAt: now });
    last = now;
  }, LOOK_MS);
  return { troubles, close: () => clearInterval(timer) };
}
