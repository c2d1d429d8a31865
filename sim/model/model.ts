/**
 * The model: told every fact as it happens, it holds every rule at every commit and says what is not at rest yet.
 * The first rule that is broken is thrown as a `Violation`.
 */
import type { CommandRow } from '@vaquita/core';
import type { ClientId } from '@vaquita/registry';
import type { Scenario } from '../scenario/scenario.ts';
import { type AlertModel, createAlertModel } from './alerts.ts';
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
import { checkRows } from './rules-rows.ts';
import { checkStarts } from './rules-starts.ts';
import { checkAccepted, checkAcknowledged } from './rules-workers.ts';

export interface Model {
  readonly mirror: Mirror;
  readonly registry: RegistryModel;
  readonly alerts: AlertModel;
  readonly listeners: ListenerModel;
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
  /** What has not come to rest; undefined when everything has. `members`: keys of everybody who is there. */
  unrest(now: number, members: ReadonlySet<string>): string | undefined;
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
    start: mirror.start,
    file: mirror.file,
    commit(unit) {
      now = unit.at;
      writes(unit.epoch, unit.by);
      checkMended(unit, tolerated);
      const change = mirror.apply(unit);
      alerts.filed(unit.newAlerts);
      if (!change) return;
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
    unrest(at, members) {
      listeners.checkPrompt(at, Math.max(leadsSince, scenario.calmAt));
      const restless =
        unrest(mirror) ?? registry.unrest(members) ?? (isTold ? alerts.unrest() : undefined) ?? listeners.unrest();
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
