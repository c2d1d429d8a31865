/**
 * The connected workers of one group, and for each kind of task that was asked for those that can run it and those that
 * are free to.
 *
 * G1 A member is in the set of a demand exactly while it is able to run such tasks and has a free slot.
 */
import type { BalancingPolicy, Random } from '@vaquita/core';
import { type Balancer, type CandidateSet, createBalancer } from './balancing/balancer.ts';
import type { Demand } from './demand.ts';
import { hasFreeSlot, isAble, type Member } from './member.ts';

/** Workers for one kind of task. */
export interface Choice {
  readonly key: string;
  readonly demand: Demand;
  readonly group: WorkerGroup;
  /** Connected workers that can run it, once free. */
  readonly able: ReadonlySet<Member>;
  /** How many of them have a free slot. */
  readonly free: number;
  /** The next of those, by the policy of the group. */
  choose(): Member | undefined;
}

export interface WorkerGroup {
  readonly name: string;
  readonly members: ReadonlySet<Member>;
  readonly policy: BalancingPolicy;
  setPolicy(policy: BalancingPolicy): void;
  join(member: Member): void;
  leave(member: Member): void;
  /** Its slots in use or its load have changed, or whether it rests. */
  changed(member: Member): void;
  /** Its labels have changed, or whether it drains. */
  reconsider(member: Member): void;
  addDemand(key: string, demand: Demand): Choice;
  dropDemand(choice: Choice): void;
  /** Nobody is in it, and nobody asks for it. */
  readonly isEmpty: boolean;
}

export interface WorkerGroupDeps {
  readonly name: string;
  readonly policy: BalancingPolicy;
  readonly random: Random;
  /** Choices of all groups in which somebody is free: kept here, so that nobody has to look for them. */
  readonly open: Set<Choice>;
}

interface OwnChoice extends Choice {
  readonly able: Set<Member>;
  set: CandidateSet<Member>;
}

export function createWorkerGroup({ name, random, open, ...first }: WorkerGroupDeps): WorkerGroup {
  const members = new Set<Member>();
  const choices = new Set<OwnChoice>();
  let policy = first.policy;
  let balancer = newBalancer();

  function newBalancer(): Balancer<Member> {
    return createBalancer(policy, random, (member) => member);
  }

  function consider(choice: OwnChoice, member: Member): void {
    if (isAble(member, choice.demand)) choice.able.add(member);
    else choice.able.delete(member);
    offer(choice, member);
  }

  /** G1 */
  function offer(choice: OwnChoice, member: Member): void {
    const { able, set } = choice;
    if (able.has(member) && hasFreeSlot(member)) set.add(member);
    else set.remove(member);
    note(choice);
  }

  function note(choice: OwnChoice): void {
    if (choice.set.size > 0) open.add(choice);
    else open.delete(choice);
  }

  const group: WorkerGroup = {
    name,
    members,
    get policy() {
      return policy;
    },
    setPolicy(changed) {
      if (changed === policy) return;
      policy = changed;
      balancer = newBalancer();
      for (const member of members) balancer.join(member);
      for (const choice of choices) {
        choice.set = balancer.openSet();
        for (const member of choice.able) offer(choice, member);
      }
    },
    join(member) {
      members.add(member);
      balancer.join(member);
      for (const choice of choices) consider(choice, member);
    },
    leave(member) {
      members.delete(member);
      for (const choice of choices) {
        choice.able.delete(member);
        choice.set.remove(member);
        note(choice);
      }
      balancer.leave(member);
    },
    changed(member) {
      balancer.changed(member);
      for (const choice of choices) offer(choice, member);
    },
    reconsider(member) {
      for (const choice of choices) consider(choice, member);
    },
    addDemand(key, demand) {
      const choice: OwnChoice = {
        key,
        demand,
        group,
        able: new Set(),
        set: balancer.openSet(),
        get free() {
          return choice.set.size;
        },
        choose: () => choice.set.choose(),
      };
      choices.add(choice);
      for (const member of members) consider(choice, member);
      return choice;
    },
    dropDemand(choice) {
      choices.delete(choice as OwnChoice);
      (choice as OwnChoice).set.close();
      open.delete(choice);
    },
    get isEmpty() {
      return members.size + choices.size === 0;
    },
  };
  return group;
}
