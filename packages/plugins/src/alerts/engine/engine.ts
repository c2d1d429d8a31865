/**
 * The alert engine: takes up what producers have filed and sees to it that every channel is told, for as long as this
 * server leads. It keeps nothing that a crash could lose: rows say what is to do.
 *
 * E1 At least once: a delivery leaves the queue only by a result that is written (`sent`), or by tries that are used up
 *    or pointless (`failed`, which people see and may have sent again).
 * E2 Not twice without need: only claimed rows are sent, a channel that was reached is not sent to again, and what was
 *    sent is written down for as long as the term lasts.
 * E3 Whatever a channel does holds up its own deliveries only: every send ends, and their number is bounded, together,
 *    per channel, and for channels that have not taken their last alert.
 * E4 What this server breaks off because it does not lead any more costs the delivery no try.
 * E5 A claim that nobody has in hand goes back: at the beginning of a term every one, later those whose writing was lost.
 * E6 A term that is over claims, sends and writes nothing: sends are broken off at once, and rows are guarded by the epoch.
 * E7 The engine files no alerts, so no alert about alerts can feed itself: its trouble is in rows, the log and figures.
 */
import { type Clock, type Epoch, type TimerHandle, toAppError } from '@vaquita/core';
import { type AlertCount, createAlertCounts } from './counts.ts';
import { createIntakePass } from './intake.ts';
import type { AlertEngineDeps } from './ports.ts';
import { createSends } from './sends.ts';
import { ALERT_ENGINE_DEFAULTS, type AlertEngineSettings } from './settings.ts';
import { createUpkeep } from './upkeep.ts';

export interface AlertEngine {
  /** This server leads: its term begins. */
  begin(epoch: Epoch): void;
  /** It does not any more. Resolves when nothing of the term goes on. Never rejects. */
  end(): Promise<void>;
  /** Hint: alerts may have been filed. */
  nudge(): void;
  status(): AlertEngineStatus;
}

export interface AlertEngineStatus {
  /** Null: it does not run here. */
  readonly epoch: Epoch | null;
  /** Sends under way. */
  readonly sending: number;
  /** Since this process began. */
  readonly counts: Readonly<Record<AlertCount, number>>;
}

interface Term {
  readonly epoch: Epoch;
  readonly sending: number;
  nudge(): void;
  end(): Promise<void>;
}

export function createAlertEngine(deps: AlertEngineDeps): AlertEngine {
  const settings: AlertEngineSettings = Object.freeze({ ...ALERT_ENGINE_DEFAULTS, ...deps.settings });
  const counts = createAlertCounts();
  let term: Term | undefined;
  let ended: Promise<void> = Promise.resolve();

  return {
    begin(epoch) {
      ended = (term?.end() ?? ended).catch(() => {});
      term = openTerm(epoch);
    },
    async end() {
      const ending = term;
      term = undefined;
      if (ending) ended = ending.end();
      await ended;
    },
    nudge: () => term?.nudge(),
    status: () => ({ epoch: term?.epoch ?? null, sending: term?.sending ?? 0, counts: counts.report() }),
  };

  function openTerm(epoch: Epoch): Term {
    const { queue, clock, log } = deps;
    let over = false;
    const bell = createBell(clock);
    const common = { ...deps, epoch, counts, settings, endWhenFenced };
    const intake = createIntakePass(common);
    const sends = createSends({ ...common, freed: () => bell.ring('place free') });
    const upkeep = createUpkeep({ ...common, held: () => sends.held.map(({ id }) => id) });
    /** When alerts are looked at next, unless somebody says that there are some. */
    let lookAt = 0;
    let lastLookAt = Number.NEGATIVE_INFINITY;
    let failures = 0;
    const rounds = run();

    function endWhenFenced(error: unknown): boolean {
      if (toAppError(error).code !== 'fenced') return false;
      if (!over) log.warn('Another server leads; alerts are left to it.', { epoch });
      stop();
      return true;
    }

    function stop(): void {
      over = true;
      bell.ring('over');
      void sends.end();
    }

    async function run(): Promise<void> {
      while (!over) {
        let nextAt: number;
        try {
          nextAt = await round();
          failures = 0;
        } catch (error) {
          nextAt = clock.now() + Math.min(settings.lookMs * 2 ** failures, settings.pollMs);
          failures += 1;
          if (!endWhenFenced(error)) {
            log.error('Alerts could not be dealt with; trying again.', { error: toAppError(error).message });
          }
        }
        if (!over) await bell.wait(nextAt - clock.now());
      }
    }

    /** @returns when the next is due, unless something happens before. */
    async function round(): Promise<number> {
      await upkeep.whenDue();
      if (over) return 0;
      if (clock.now() >= lookAt || lastLookAt > clock.now()) {
        lastLookAt = clock.now();
        lookAt = (await intake.look()) ?? Number.POSITIVE_INFINITY;
        lookAt = Math.min(Math.max(lookAt, lastLookAt + settings.lookMs), lastLookAt + settings.pollMs);
      }
      if (over) return 0;
      await sends.fill();
      const dueAt = (await queue.nextAt()) ?? Number.POSITIVE_INFINITY;
      const soonest = clock.now() + settings.lookMs;
      return Math.min(lookAt, Math.max(dueAt, soonest), upkeep.dueAt);
    }

    return {
      epoch,
      get sending() {
        return sends.held.length;
      },
      nudge() {
        const at = Math.max(clock.now(), lastLookAt + settings.lookMs);
        if (at >= lookAt) return;
        lookAt = at;
        bell.ring('nudged');
      },
      async end() {
        if (!over) stop();
        // A claim may still have been on its way.
        await settled(rounds);
        await sends.end();
      },
    };
  }

  /** A round that hangs in the database must not keep the lease from going on. */
  async function settled(rounds: Promise<void>): Promise<void> {
    const grace = Promise.withResolvers<void>();
    const timer = deps.clock.setTimeout(grace.resolve, settings.graceMs);
    await Promise.race([rounds, grace.promise]);
    deps.clock.clearTimeout(timer);
  }
}

type Reason = 'nudged' | 'place free' | 'over';

/** Sleeps until a time or a reason to wake; a reason that comes while nobody sleeps wakes the next sleeper at once. */
function createBell(clock: Clock) {
  let rung: Reason | null = null;
  let wake: (() => void) | undefined;
  return {
    ring(why: Reason): void {
      rung = why;
      wake?.();
    },
    async wait(ms: number): Promise<void> {
      let timer: TimerHandle;
      if (rung === null) {
        await new Promise<void>((resolve) => {
          wake = resolve;
          timer = clock.setTimeout(resolve, Math.max(0, ms));
        });
        clock.clearTimeout(timer);
      }
      wake = undefined;
      rung = null;
    },
  };
}
