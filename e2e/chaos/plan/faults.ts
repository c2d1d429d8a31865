/**
 * Draws what goes wrong. Each target has a line of its own, on which one thing follows the other with a pause between:
 * several targets are in trouble at once, none twice. Of a server with a file the disk fills up; of several the database dies.
 */
import type { Chance } from '../../../sim/scenario/chance.ts';
import type { FaultPlan } from './plan.ts';

export interface FaultTargets {
  readonly forMs: number;
  readonly servers: number;
  readonly agents: readonly string[];
}

/** What goes wrong with one target, without its time. */
type Trouble = FaultPlan extends infer F ? (F extends FaultPlan ? Omit<F, 'atMs'> : never) : never;
type Draw = () => Trouble;

/** Nothing goes wrong before there is some load. */
const QUIET_MS = 2_000;
/** Between two faults of servers, whichever they meet. */
const SERVER_PAUSE_MS = [4_000, 14_000] as const;
/** Longer than a server's term lasts without it, and than an agent is waited for. */
const PAST_SERVER_MS = [3_500, 7_000] as const;
const PAST_AGENT_MS = [6_500, 11_000] as const;

export function drawFaults(chance: Chance, { forMs, servers, agents }: FaultTargets): readonly FaultPlan[] {
  const lines: (readonly FaultPlan[])[] = [];
  for (let server = 0; server < servers; server++) {
    lines.push(
      drawLine(
        chance,
        forMs,
        [SERVER_PAUSE_MS[0] * servers, SERVER_PAUSE_MS[1] * servers],
        [
          () => ({ what: 'server-kill', server, forMs: chance.skewed(1, 2_000) }),
          () => ({ what: 'server-freeze', server, forMs: chance.between(...PAST_SERVER_MS) }),
          () => ({ what: 'server-kill', server, forMs: chance.skewed(1, 500) }),
        ],
      ),
    );
  }
  for (const agent of agents) {
    lines.push(
      drawLine(
        chance,
        forMs,
        [2_500, 12_000],
        [
          () => ({ what: 'agent-kill', agent, forMs: chance.skewed(1, 8_000) }),
          () => ({ what: 'agent-freeze', agent, forMs: chance.between(...PAST_AGENT_MS) }),
          () => ({ what: 'cut', agent, mode: 'hold', forMs: chance.skewed(500, 10_000) }),
          () => ({ what: 'cut', agent, mode: 'drop', forMs: chance.skewed(500, 10_000) }),
        ],
      ),
    );
  }
  lines.push(
    servers === 1
      ? drawLine(chance, forMs, [8_000, 30_000], [() => ({ what: 'disk-full', forMs: chance.skewed(500, 4_000) })])
      : drawLine(
          chance,
          forMs,
          [9_000, 25_000],
          [
            () => ({ what: 'database-kill', forMs: chance.skewed(1, 1_500) }),
            () => ({ what: 'database-freeze', forMs: chance.skewed(300, 5_000) }),
          ],
        ),
  );
  return lines.flat().sort((a, b) => a.atMs - b.atMs);
}

function drawLine(
  chance: Chance,
  untilMs: number,
  pauseMs: readonly [number, number],
  draws: readonly Draw[],
): readonly FaultPlan[] {
  const line: FaultPlan[] = [];
  let bag: Draw[] = [];
  let atMs = QUIET_MS + chance.between(0, pauseMs[0]);
  for (;;) {
    // Every kind comes before any comes again.
    if (bag.length === 0) bag = [...draws];
    const [draw] = bag.splice(chance.between(0, bag.length - 1), 1);
    const trouble = draw!();
    if (atMs + trouble.forMs > untilMs) return line;
    line.push({ atMs, ...trouble } as FaultPlan);
    atMs += trouble.forMs + chance.between(...pauseMs);
  }
}
