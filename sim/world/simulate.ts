/**
 * Runs one scenario from its beginning until everything is at rest, with the model watching. Deterministic: the same
 * scenario gives the same trace, byte for byte.
 */
import type { Breakage } from '../breaks/breakage.ts';
import { Violation } from '../model/facts.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Met } from './meter.ts';
import { createWorld } from './world.ts';

export interface Outcome {
  readonly violation: { readonly rule: string; readonly text: string } | null;
  readonly trace: readonly string[];
  readonly steps: number;
  readonly elapsedMs: number;
  readonly met: ReadonlySet<Met>;
}

export interface SimulateOptions {
  readonly breakage?: Breakage | undefined;
  /** Gives up after so many steps, as a violation. */
  readonly maxSteps?: number;
  /** Keeps the trace; without it only the verdict is known. */
  readonly keepTrace?: boolean;
}

/** How long after the last fault everything must be at rest. */
const REST_WITHIN_MS = 2 * 3_600_000;
const MAX_STEPS = 300_000;
const LOOK_MS = 1_000;
/** At rest means for so long: nothing may stir by itself afterwards. */
const STILL_MS = 10_000;

export async function simulate(scenario: Scenario, options: SimulateOptions = {}): Promise<Outcome> {
  const { breakage, keepTrace = true } = options;
  const world = await createWorld(scenario, { breakage, keepTrace });
  const turned = scenario.faults.reduce((sum, fault) => sum + ('byMs' in fault ? Math.abs(fault.byMs) : 0), 0);
  const deadline = scenario.calmAt + REST_WITHIN_MS + turned;
  let violation: Outcome['violation'] = null;
  let steps = 0;
  try {
    let nextLook = scenario.calmAt;
    let stillSince: number | undefined;
    while (await world.timeline.step()) {
      steps += 1;
      if (world.failure) throw world.failure;
      const { elapsed } = world.timeline;
      if (elapsed < nextLook) continue;
      nextLook = elapsed + LOOK_MS;
      const restless = await world.unrest();
      if (world.failure) throw world.failure;
      if (restless === undefined) {
        stillSince ??= elapsed;
        if (elapsed - stillSince >= STILL_MS) break;
      } else stillSince = undefined;
      if (elapsed > deadline)
        throw new Violation('rest', `not at rest in time: ${restless ?? 'it stirs again and again'}`);
      if (steps > (options.maxSteps ?? MAX_STEPS))
        throw new Violation('rest', `too many steps: ${restless ?? 'at rest'}`);
    }
    await world.finish();
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    violation = { rule: error.rule, text: world.trace.named(error.message) };
    world.trace.say(world.timeline.elapsed, `VIOLATION (${error.rule}) ${error.message}`);
  }
  return { violation, trace: world.trace.lines, steps, elapsedMs: world.timeline.elapsed, met: world.met };
}
