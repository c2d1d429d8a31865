/**
 * Workers that are connected now, the groups they are in, and whose turn it is. Slots in use are those of the live
 * dispatches, which tell of each change; nothing here looks through workers to find one for a task.
 *
 * P1 A worker is in the groups that it names and in those that it was put into.
 * P2 A group is there while a worker is in it, a task asks for it, or somebody has declared it.
 */
import { type BalancingPolicy, DEFAULT_BALANCING_POLICY, type Random, type WorkerId } from '@vaquita/core';
import type { Demand } from './demand.ts';
import type { LiveDispatches } from './live-dispatches.ts';
import type { ConnectedWorker, Member } from './member.ts';
import { type Choice, createWorkerGroup, type WorkerGroup } from './worker-group.ts';

export type { ConnectedWorker } from './member.ts';

/** A group that somebody has declared. */
export interface DeclaredGroup {
  readonly name: string;
  readonly policy: BalancingPolicy;
  /** Names of workers that were put into it, connected or not. */
  readonly workers: readonly string[];
}

export interface MemberFigures {
  /** Fractions of the machine; null where it does not tell. */
  readonly cpu: number | null;
  readonly memory: number | null;
  readonly overloaded: boolean;
}

export interface WorkerPool {
  join(worker: ConnectedWorker): void;
  leave(worker: ConnectedWorker): void;
  get(id: WorkerId): ConnectedWorker | undefined;
  byName(name: string): ConnectedWorker | undefined;
  all(): readonly ConnectedWorker[];
  /** Those of the group that are connected, whether or not they take tasks. */
  inGroup(name: string): readonly ConnectedWorker[];
  /** The workers for tasks that ask this, by its `demandKey`; the same object as long as `forgetIdle` leaves it. */
  choiceFor(key: string, demand: Demand): Choice;
  /** Choices in which somebody is free. */
  readonly open: ReadonlySet<Choice>;
  /** While it rests the worker gets nothing: it refuses, or does not answer. Leaving ends the rest. */
  setResting(id: WorkerId, resting: boolean): void;
  /** A worker that drains gets nothing until it is told to go on, or leaves. */
  setDraining(id: WorkerId, draining: boolean): void;
  /** Other slots, labels or weight than it came with, until it leaves. */
  configure(id: WorkerId, change: Partial<Pick<ConnectedWorker, 'slots' | 'labels' | 'weight'>>): void;
  /** What its newest heartbeat tells. @returns whether it may be given tasks that it could not be given before. */
  beat(id: WorkerId, figures: MemberFigures): boolean;
  /** All groups that are declared now. */
  declare(groups: readonly DeclaredGroup[]): void;
  /** Drops what is kept for demands that nobody has now, once there are many. */
  forgetIdle(isIdle: (key: string) => boolean): void;
}

/** Demands that are kept although no task has them now: most come again. */
const KEPT_DEMANDS = 256;

export function createWorkerPool(live: LiveDispatches, random: Random): WorkerPool {
  const members = new Map<WorkerId, Member>();
  const groups = new Map<string, WorkerGroup>();
  const choices = new Map<string, Choice>();
  const open = new Set<Choice>();
  let declared: ReadonlyMap<string, DeclaredGroup> = new Map();
  /** Groups that workers were put into, by the name of the worker. */
  let assigned: ReadonlyMap<string, readonly string[]> = new Map();
  let most = KEPT_DEMANDS;

  live.watch((id) => change(id, (member) => (member.slotsUsed = live.slotsUsed(id))));

  function groupOf(name: string): WorkerGroup {
    let group = groups.get(name);
    if (!group) {
      const policy = declared.get(name)?.policy ?? DEFAULT_BALANCING_POLICY;
      group = createWorkerGroup({ name, policy, random, open });
      groups.set(name, group);
    }
    return group;
  }

  /** P2 */
  function dropIfUnused(name: string): void {
    if (groups.get(name)?.isEmpty && !declared.has(name)) groups.delete(name);
  }

  /** Of slots and load. */
  function change(id: WorkerId, apply: (member: Member) => void): void {
    const member = members.get(id);
    if (!member) return;
    apply(member);
    for (const name of member.groups) groups.get(name)?.changed(member);
  }

  /** Of what it is able to do. */
  function reconsider(member: Member): void {
    for (const name of member.groups) groups.get(name)?.reconsider(member);
  }

  function leaveGroup(member: Member, name: string): void {
    groups.get(name)?.leave(member);
    dropIfUnused(name);
  }

  function remove(member: Member): void {
    members.delete(member.worker.id);
    for (const name of member.groups) leaveGroup(member, name);
  }

  /** P1 */
  function regroup(member: Member): void {
    const names = new Set([...member.worker.groups, ...(assigned.get(member.worker.name) ?? [])]);
    for (const name of member.groups) if (!names.has(name)) leaveGroup(member, name);
    for (const name of names) if (!member.groups.has(name)) groupOf(name).join(member);
    member.groups = names;
  }

  return {
    join(worker) {
      const { id, labels, weight, slots } = worker;
      const before = members.get(id);
      if (before) remove(before);
      const member: Member = {
        ...{ worker, labels, weight, slots, groups: new Set<string>() },
        ...{
          slotsUsed: live.slotsUsed(id),
          cpu: null,
          memory: null,
          draining: false,
          resting: false,
          overloaded: false,
        },
      };
      members.set(id, member);
      regroup(member);
    },
    leave(worker) {
      const member = members.get(worker.id);
      if (member?.worker === worker) remove(member);
    },
    get: (id) => members.get(id)?.worker,
    byName(name) {
      for (const { worker } of members.values()) if (worker.name === name) return worker;
      return undefined;
    },
    all: () => Array.from(members.values(), ({ worker }) => worker),
    inGroup: (name) => [...members.values()].filter(({ groups }) => groups.has(name)).map(({ worker }) => worker),
    choiceFor(key, demand) {
      let choice = choices.get(key);
      if (!choice) {
        choice = groupOf(demand.group).addDemand(key, demand);
        choices.set(key, choice);
      }
      return choice;
    },
    open,
    setResting: (id, resting) => change(id, (member) => (member.resting = resting)),
    setDraining(id, draining) {
      const member = members.get(id);
      if (!member || member.draining === draining) return;
      member.draining = draining;
      reconsider(member);
    },
    configure(id, { slots, labels, weight }) {
      change(id, (member) => {
        member.slots = slots ?? member.slots;
        member.weight = weight ?? member.weight;
      });
      const member = members.get(id);
      if (!member || labels === undefined) return;
      member.labels = labels;
      reconsider(member);
    },
    beat(id, figures) {
      const wasOverloaded = members.get(id)?.overloaded ?? false;
      change(id, (member) => Object.assign(member, figures));
      return wasOverloaded && !figures.overloaded;
    },
    declare(rows) {
      declared = new Map(rows.map((row) => [row.name, row]));
      assigned = groupsByWorker(rows);
      for (const name of declared.keys()) groupOf(name);
      for (const [name, group] of groups) group.setPolicy(declared.get(name)?.policy ?? DEFAULT_BALANCING_POLICY);
      for (const member of members.values()) regroup(member);
      for (const name of [...groups.keys()]) dropIfUnused(name);
    },
    forgetIdle(isIdle) {
      if (choices.size < most) return;
      for (const [key, choice] of choices) {
        if (!isIdle(key)) continue;
        choices.delete(key);
        choice.group.dropDemand(choice);
      }
      for (const name of [...groups.keys()]) dropIfUnused(name);
      most = Math.max(KEPT_DEMANDS, 2 * choices.size);
    },
  };
}

function groupsByWorker(rows: readonly DeclaredGroup[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const { name, workers } of rows) {
    for (const worker of workers) groups.set(worker, [...(groups.get(worker) ?? []), name]);
  }
  return groups;
}
