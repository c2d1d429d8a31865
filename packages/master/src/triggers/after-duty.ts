/**
 * Has workflows follow workflows for as long as this server leads: reads the ends of runs from the record of events, in its order,
 * and starts what waits for them. It keeps nothing that a crash could lose: the cursor in the row of each trigger says up to where
 * the record has been dealt with for it.
 *
 * F1 An end fires a trigger in one unit with the run it starts and with the cursor of the trigger: all of it is written, or none.
 * F2 The key of a firing, and the ids of its run, follow from the end and the trigger. So an end that is looked at again, after a
 *    crash, a failover or an answer that was lost, starts nothing twice: the database refuses the second.
 * F3 No cursor is moved past an end that has not been dealt with. What is in memory beyond the cursors is only spared reading.
 * F4 What is written names the trigger as it was read: whatever somebody changes meanwhile wins, and the trigger is read again.
 * F5 Runs that would lead back to a workflow which led to them are not started, and the record says so: nothing goes round for ever.
 * F6 A trigger that can start nothing holds up no other: that is a firing, too, with the reason.
 */
import { type Clock, type CommandRow, isAwaitedEnd, type TriggerFiringRow, type TriggerRow } from '@vaquita/core';
import type { EndedRun, TriggerQueue } from '@vaquita/store';
import { createRounds, type RoundsTerm } from '../duties/rounds.ts';
import type { LeaderDuty } from '../master.ts';
import type { Logger } from '../settings.ts';
import { type AfterTrigger, fireFor, type OccasionDeps } from './ended-occasion.ts';
import { TRIGGER_DUTY_DEFAULTS, type TriggerDutySettings } from './settings.ts';

export interface AfterDutyDeps extends OccasionDeps {
  readonly queue: TriggerQueue;
  readonly clock: Clock;
  readonly log: Logger;
  /** The start of a run is durable. A hint to whoever carries it out. */
  readonly filed: (command: CommandRow) => void;
  /** A firing is durable. */
  readonly fired?: (firing: TriggerFiringRow) => void;
  readonly settings?: Partial<TriggerDutySettings>;
}

export interface AfterDuty extends LeaderDuty {
  /** Hint: something has been recorded, or a trigger was changed. */
  nudge(): void;
  /** Everything of the record up to here has been dealt with; null: this server does not lead, or no trigger waits. */
  position(): number | null;
}

export function createAfterDuty(deps: AfterDutyDeps): AfterDuty {
  const { queue, clock, log } = deps;
  const settings: TriggerDutySettings = Object.freeze({ ...TRIGGER_DUTY_DEFAULTS, ...deps.settings });
  /** Up to where the record has been dealt with, for a trigger as it was read (F3). */
  let reached = new Map<string, number>();
  let lookedAt = Number.NEGATIVE_INFINITY;
  let savedAt = Number.NEGATIVE_INFINITY;
  let isWanted = true;

  const rounds = createRounds({
    ...{ clock, log, what: 'Triggers', pollMs: settings.pollMs, round },
    begun() {
      reached = new Map();
      lookedAt = Number.NEGATIVE_INFINITY;
      savedAt = clock.now();
      isWanted = true;
    },
  });

  const keyOf = ({ id, revision }: TriggerRow) => `${id} ${revision}`;
  const positionOf = (trigger: TriggerRow) => Math.max(trigger.cursor, reached.get(keyOf(trigger)) ?? 0);

  async function round(term: RoundsTerm): Promise<number> {
    const now = clock.now();
    const soonest = lookedAt + settings.lookMs;
    // A clock that was set back must not put the next look off.
    if (now < soonest && now >= lookedAt) return soonest;
    lookedAt = now;
    isWanted = false;
    const triggers = (await queue.online('after_workflow')).filter(isAfter);
    const isSettled = await follow(triggers, term);
    await save(triggers, term);
    if (!isSettled) return clock.now() + settings.lookMs;
    return isWanted ? lookedAt + settings.lookMs : Number.POSITIVE_INFINITY;
  }

  /** @returns false when a trigger was not as it was read: another look is wanted. */
  async function follow(triggers: readonly AfterTrigger[], term: RoundsTerm): Promise<boolean> {
    reached = new Map(triggers.map((trigger) => [keyOf(trigger), positionOf(trigger)]));
    let waiting = triggers;
    while (waiting.length > 0 && !term.isOver()) {
      const from = Math.min(...waiting.map(positionOf));
      const { ends, position, isEnd } = await queue.endsAfter(from, settings.page);
      for (const end of ends) waiting = await answer(waiting, end, term);
      if (term.isOver()) return true;
      for (const trigger of waiting) reached.set(keyOf(trigger), Math.max(positionOf(trigger), position));
      if (isEnd) break;
    }
    return waiting.length === triggers.length;
  }

  /** Fires those that wait for this end. @returns those that can go on behind it. */
  async function answer(
    triggers: readonly AfterTrigger[],
    end: EndedRun,
    term: RoundsTerm,
  ): Promise<readonly AfterTrigger[]> {
    const goOn: AfterTrigger[] = [];
    for (const trigger of triggers) {
      const isFor = positionOf(trigger) < end.seq && isAwaited(trigger, end);
      if (!isFor || (await fire(trigger, end, term))) goOn.push(trigger);
    }
    return goOn;
  }

  /** @returns false when the trigger is not as it was read (F4), or the term is over. */
  async function fire(trigger: AfterTrigger, end: EndedRun, term: RoundsTerm): Promise<boolean> {
    if (term.isOver()) return false;
    const wanted = await fireFor(deps, trigger, { end, now: clock.now() });
    const { answer } = await queue.fire(term.epoch, { ...wanted, cursor: end.seq });
    if (answer === 'changed') return false;
    reached.set(keyOf(trigger), end.seq);
    if (answer === 'known') return true;
    if (wanted.run !== null) deps.filed(wanted.run.command);
    deps.fired?.(wanted.firing);
    return true;
  }

  /** Now and then moves on the cursors of triggers that had nothing to do, so that the next term need not read so much again. */
  async function save(triggers: readonly AfterTrigger[], { epoch, isOver }: RoundsTerm): Promise<void> {
    const behind = triggers.filter((trigger) => positionOf(trigger) > trigger.cursor);
    const now = clock.now();
    const isDue = now >= savedAt + settings.behindMs || now < savedAt;
    const most = Math.max(0, ...behind.map((trigger) => positionOf(trigger) - trigger.cursor));
    if (isOver() || behind.length === 0 || (!isDue && most < settings.behindEvents)) return;
    savedAt = now;
    // One that was left behind at an end keeps the others back for no longer than its next look.
    await queue.advance(epoch, behind, Math.min(...behind.map(positionOf)));
  }

  return {
    begin: rounds.begin,
    end: rounds.end,
    position: () => (rounds.epoch === null || reached.size === 0 ? null : Math.min(...reached.values())),
    nudge() {
      if (isWanted) return;
      isWanted = true;
      rounds.nudge();
    },
  };
}

function isAfter(row: TriggerRow): row is AfterTrigger {
  return row.config.kind === 'after_workflow';
}

/** Dry runs did nothing that anything could follow. */
function isAwaited({ config }: AfterTrigger, { run, state }: EndedRun): boolean {
  if (run.workflowId !== config.workflowId || run.dryRun || !isAwaitedEnd(config.on, state)) return false;
  return config.backfills || run.originKind !== 'backfill';
}
