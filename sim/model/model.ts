/**
 * The model: told every fact as it happens, it holds every rule at every commit and says what is not at rest yet.
 * The first rule that is broken is thrown as a `Violation`.
 */
import type { CommandRow } from '@vaquita/core';
import type { Scenario } from '../scenario/scenario.ts';
import { type AppliedUnit, type Execution, type NewRunFact, Violation } from './facts.ts';
import { createMirror, type Mirror, type WorldFacts } from './mirror.ts';
import { unrest } from './rest.ts';
import { checkCapacity } from './rules-capacity.ts';
import { checkControl } from './rules-control.ts';
import { checkEnds } from './rules-ends.ts';
import { checkLogic } from './rules-logic.ts';
import { checkMended, type ToleratedMends } from './rules-mended.ts';
import { checkPlacement } from './rules-placement.ts';
import { checkNothingOverdue, checkReason, checkRunReason } from './rules-reasons.ts';
import { checkRows } from './rules-rows.ts';
import { checkStarts } from './rules-starts.ts';
import { checkAccepted } from './rules-workers.ts';

export interface Model {
  readonly mirror: Mirror;
  /** A server has taken the lead. */
  leads(epoch: number, process: string): void;
  start(run: NewRunFact): void;
  file(command: CommandRow): void;
  commit(unit: AppliedUnit): void;
  reject(command: string, outcome: string, at: number): void;
  accepted(execution: Execution): void;
  resized(group: string, size: number, at: number): void;
  /** Somebody has decided that the worker takes nothing new, or takes tasks again. */
  drained(worker: string, draining: boolean, at: number): void;
  /** What has not come to rest; undefined when everything has. */
  unrest(now: number): string | undefined;
}

/** A group that shrinks may be seen at its former size for so long: whoever leads may be away, and learns of it then. */
const RESIZE_MS = 120_000;
const OVERDUE_MS = 120_000;

export function createModel(scenario: Scenario, world: WorldFacts, tolerated: ToleratedMends = []): Model {
  const mirror = createMirror(scenario, world);
  const taken = new Set<string>();
  const drainedSince = new Map<string, number>();
  const sizes = new Map(scenario.groups.map(({ name, size }) => [name, [{ size, until: Number.POSITIVE_INFINITY }]]));
  let leader = { epoch: 0, process: '' };
  let now = 0;

  function largest(group: string): number | undefined {
    const known = sizes.get(group)?.filter(({ until }) => until > now);
    return known && Math.max(...known.map(({ size }) => size));
  }

  return {
    mirror,
    leads(epoch, process) {
      if (epoch <= leader.epoch)
        throw new Violation('epoch', `epoch ${epoch} of ${process} comes after ${leader.epoch}`);
      leader = { epoch, process };
    },
    start: mirror.start,
    file: mirror.file,
    commit(unit) {
      now = unit.at;
      if (unit.epoch !== leader.epoch || unit.by !== leader.process) {
        throw new Violation(
          'epoch',
          `${unit.by} wrote under epoch ${unit.epoch} while ${leader.process} leads with epoch ${leader.epoch}`,
        );
      }
      checkMended(unit, tolerated);
      const change = mirror.apply(unit);
      if (!change) return;
      checkRows(mirror, change);
      checkCapacity(mirror, { largest }, change);
      checkPlacement(mirror, drainedSince, change);
      checkStarts(mirror, change);
      checkEnds(mirror, taken, change);
      checkControl(mirror, change);
      checkLogic(mirror, change);
      checkRunReason(change.run);
      for (const { row } of change.tasks) checkReason(row);
    },
    reject: mirror.reject,
    accepted(execution) {
      mirror.accepted(execution);
      checkAccepted(mirror, execution);
    },
    resized(group, size, at) {
      const known = sizes.get(group) ?? [];
      const last = known.at(-1);
      if (last) known[known.length - 1] = { size: last.size, until: at + RESIZE_MS };
      known.push({ size, until: Number.POSITIVE_INFINITY });
      sizes.set(group, known);
      mirror.sizes.set(group, size);
    },
    drained(worker, draining, at) {
      if (draining) drainedSince.set(worker, at);
      else drainedSince.delete(worker);
    },
    unrest(at) {
      const restless = unrest(mirror);
      if (restless === undefined && !scenario.faults.some(({ what }) => what === 'clock')) {
        checkNothingOverdue(mirror, mirror.wallClock(at) - OVERDUE_MS);
      }
      return restless;
    },
  };
}
