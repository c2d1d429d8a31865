/**
 * The model: told every fact as it happens, it holds every rule at every commit and says what is not at rest yet.
 * The first rule that is broken is thrown as a `Violation`.
 */
import type { CommandRow } from '@vaquita/core';
import type { ClientId } from '@vaquita/registry';
import type { Scenario } from '../scenario/scenario.ts';
import { type AlertModel, createAlertModel } from './alerts.ts';
import { type BackfillModel, createBackfillModel } from './backfills.ts';
import { type AppliedUnit, type Execution, type NewRunFact, Violation } from './facts.ts';
import { createListenerModel, type ListenerModel } from './listeners.ts';
import { createMirror, type Mirror, type WorldFacts } from './mirror.ts';
import { createRegistryModel, type RegistryModel } from './registry.ts';
import { unrest } from './rest.ts';
import { checkAsked, checkLateTold, type TasksTold } from './rules-alerts.ts';
import { checkCapacity } from './rules-capacity.ts';
import { checkControl } from './rules-control.ts';
import { checkEnds } from './rules-ends.ts';
import { checkLogic } from './rules-logic.ts';
import { checkMended, type ToleratedMends } from './rules-mended.ts';
import { checkPlacement } from './rules-placement.ts';
import { checkNothingOverdue, checkReason, checkRunReason } from './rules-reasons.ts';
import { checkRows, TERMINAL_RUN } from './rules-rows.ts';
import { checkNoOrigin } from './rules-schedules.ts';
import { checkStarts } from './rules-starts.ts';
import { checkAccepted, checkAcknowledged } from './rules-workers.ts';
import { createScheduleModel, type ScheduleModel } from './schedules.ts';
import { createTriggerModel, type TriggerModel } from './triggers.ts';

export interface Model {
  readonly mirror: Mirror;
  readonly registry: RegistryModel;
  readonly alerts: AlertModel;
  readonly listeners: ListenerModel;
  readonly schedules: ScheduleModel;
  readonly backfills: BackfillModel;
  readonly triggers: TriggerModel;
  /** A server has taken the lead. */
  leads(term: NewTerm): void;
  /** Nobody leads any more. */
  leaves(): void;
  /** A server has been shut down in order. */
  handedOver(client: ClientId): void;
  start(run: NewRunFact): void;
  file(command: CommandRow): void;
  /** A process has written something under an epoch. */
  writes(epoch: number, process: string): void;
  commit(unit: AppliedUnit): void;
  reject(command: string, outcome: string, at: number): void;
  accepted(execution: Execution): void;
  acknowledged(worker: string, dispatchId: string): void;
  resized(group: string, size: number, at: number): void;
  /** Somebody has decided that the worker takes nothing new, or takes tasks again. */
  drained(worker: string, draining: boolean, at: number): void;
  /** What has not come to rest; undefined when everything has. */
  unrest(now: number, who: Present): string | undefined;
}

interface Present {
  /** Keys of everybody who is there. */
  readonly members: ReadonlySet<string>;
  /** What the clock of whoever leads shows; undefined: nobody does. */
  readonly leaderNow: number | undefined;
}

interface NewTerm {
  readonly epoch: number;
  readonly process: string;
  /** One that was awake all the time and still believes to lead. */
  readonly also: string | undefined;
  readonly at: number;
}

/** A group that shrinks may be seen at its former size for so long: whoever leads may be away, and learns of it then. */
const RESIZE_MS = 120_000;
const OVERDUE_MS = 120_000;

export function createModel(scenario: Scenario, world: WorldFacts, tolerated: ToleratedMends = []): Model {
  const mirror = createMirror(scenario, world);
  const taken = new Set<string>();
  const drainedSince = new Map<string, number>();
  const sizes = new Map(scenario.groups.map(({ name, size }) => [name, [{ size, until: Number.POSITIVE_INFINITY }]]));
  const registry = createRegistryModel(world.clientName);
  const alerts = createAlertModel(world.sends);
  const listeners = createListenerModel();
  const schedules = createScheduleModel(mirror, world);
  const backfills = createBackfillModel(mirror, world);
  const triggers = createTriggerModel(mirror, world);
  const tasksTold: TasksTold = new Map();
  const isTold = scenario.alertGroups.length > 0 || scenario.workflows.some((workflow) => workflow.alerts !== null);
  let leadsSince = 0;
  let leader: { readonly epoch: number; readonly process: string } | null = null;
  let highest = 0;
  let now = 0;

  function largest(group: string): number | undefined {
    const known = sizes.get(group)?.filter(({ until }) => until > now);
    return known && Math.max(...known.map(({ size }) => size));
  }

  function writes(epoch: number, process: string): void {
    if (epoch === leader?.epoch && process === leader.process) return;
    const leads = leader ? `${leader.process} leads with epoch ${leader.epoch}` : 'nobody leads';
    throw new Violation('epoch', `${process} wrote under epoch ${epoch} while ${leads}`);
  }

  return {
    mirror,
    registry,
    alerts,
    listeners,
    schedules,
    backfills,
    triggers,
    writes,
    leads({ epoch, process, also, at }) {
      if (epoch <= highest) throw new Violation('epoch', `epoch ${epoch} of ${process} comes after ${highest}`);
      highest = epoch;
      leadsSince = at;
      leader = { epoch, process };
      if (also !== undefined) throw new Violation('epoch', `${process} takes the lead while ${also} still leads`);
    },
    leaves() {
      leader = null;
    },
    handedOver: registry.closed,
    start(run) {
      checkNoOrigin([run]);
      mirror.start(run);
    },
    file: mirror.file,
    commit(unit) {
      now = unit.at;
      writes(unit.epoch, unit.by);
      checkMended(unit, tolerated);
      checkNoOrigin([...(unit.filing ? [unit.filing] : []), ...unit.newRuns]);
      const change = mirror.apply(unit);
      alerts.filed(unit.newAlerts);
      if (!change) return;
      if (TERMINAL_RUN.has(change.run.row.state)) {
        schedules.ended(change.run.row.id, unit.at);
        backfills.ended(change.run.row.id, change.run.row.state);
      }
      checkAsked(mirror, alerts, tasksTold, change);
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
    acknowledged: (worker, dispatchId) => checkAcknowledged(mirror, worker, dispatchId),
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
    unrest(at, { members, leaderNow }) {
      const quietSince = Math.max(leadsSince, scenario.calmAt);
      listeners.checkPrompt(at, quietSince);
      schedules.checkPrompt(at - quietSince, leaderNow);
      const restless =
        unrest(mirror) ??
        registry.unrest(members) ??
        (isTold ? alerts.unrest() : undefined) ??
        listeners.unrest() ??
        schedules.unrest(leaderNow) ??
        backfills.unrest() ??
        triggers.unrest();
      if (
        restless === undefined &&
        !scenario.faults.some(({ what }) => what === 'clock' || what === 'database_clock')
      ) {
        checkNothingOverdue(mirror, mirror.wallClock(at) - OVERDUE_MS);
        checkLateTold(mirror, alerts, at);
      }
      return restless;
    },
  };
}
