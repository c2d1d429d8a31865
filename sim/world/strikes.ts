/** What befalls a server just while it tells somebody outside: drawn with what becomes of that, not with the faults. */
import type { HearSpec, SendSpec } from '../scenario/scenario.ts';
import type { SimProcess } from './process.ts';
import type { Timeline } from './timeline.ts';

/** Nothing befalls anybody once the world is calm: then it just succeeds. */
export type Strike = <Fate extends HearSpec | SendSpec>(process: SimProcess, fate: Fate) => Fate;

export interface StrikeDeps {
  readonly timeline: Timeline;
  readonly calmAt: number;
  /** A server sleeps for so long. */
  readonly slept: (ms: number) => void;
}

/** Longer than its session in the registry. */
const SLEEP_MS = 20_000;

export function createStrikes({ timeline, calmAt, slept }: StrikeDeps): Strike {
  return (process, fate) => {
    if (fate.how !== 'dies' && fate.how !== 'sleeps') return fate;
    if (timeline.elapsed >= calmAt) return { ...fate, how: 'ok' };
    const strike = fate.how === 'dies' ? process.die : sleep;
    // Before the answer, which comes at `ms`.
    timeline.after(fate.ms * 0.75, strike);
    return fate;

    function sleep(): void {
      process.hold();
      timeline.after(SLEEP_MS, () => process.letGo());
      slept(SLEEP_MS);
    }
  };
}
