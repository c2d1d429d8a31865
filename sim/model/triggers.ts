/**
 * Triggers as the model follows them: what people make of them, each unit of the duty that has workflows follow workflows, and each
 * delivery that is filed. F1 to F6 are those of the duty, D2 and D3 those of deliveries.
 *
 * - F1, F2 Each end of a run that a trigger waits for while it is online has one firing, in the unit that files its run, in order.
 * - F3 No cursor passes an end that has not been dealt with; at rest none is left.
 * - F4 What is written is about the trigger as it is. To be put online or to wait for something else fires nothing of what was before.
 * - F5 What led to itself is not started again, and nothing else is refused for that.
 * - D2 However often a delivery comes, it starts one run, and who is told that it was taken finds it so. D3 A refusal may be followed
 *   by a run.
 */
import type { TriggerFiringRow } from '@vaquita/core';
import type { TriggerSpec, WaitSpec } from '../scenario/scenario.ts';
import type { Mirror, WorldFacts } from './mirror.ts';
import { checkChain, checkRead, checkRefused, checkStarted, type TriggerWorld, wrong } from './rules-triggers.ts';
import {
  type EndFact,
  endOf,
  type FireFact,
  isAwaited,
  type RecordedOfRun,
  type TriggerFacts,
} from './trigger-facts.ts';

export interface TriggerModel {
  readonly triggers: ReadonlyMap<string, TriggerFacts>;
  /** The record has grown. */
  recorded(events: readonly RecordedOfRun[]): void;
  /** The last place of the record that is known. */
  readonly last: number;
  /** People. */
  created(id: string, made: { readonly spec: TriggerSpec; readonly workflowId: string }): void;
  switched(id: string, online: boolean): void;
  described(id: string): void;
  replanned(id: string, waits: WaitSpec): void;
  deleted(id: string): void;
  workflowSwitched(workflowId: string, online: boolean, at: number): void;
  /** The leader's duty. `at` in ms since the world began. */
  fired(fire: FireFact & { readonly cursor: number }, at: number): void;
  advanced(triggers: readonly FireFact['trigger'][], seq: number): void;
  /** Whoever takes deliveries. */
  delivered(fire: FireFact, at: number): void;
  /** The sender is told that it was taken. */
  answered(id: string, key: string): void;
  unrest(): string | undefined;
}

/** Between a look at a workflow and what is written because of it: whoever does it may sleep. */
const MEANWHILE_MS = 90_000;

export function createTriggerModel(mirror: Mirror, { workflowName }: Pick<WorldFacts, 'workflowName'>): TriggerModel {
  const triggers = new Map<string, TriggerFacts>();
  const ends: EndFact[] = [];
  const byRun = new Map<string, TriggerFiringRow>();
  /** Until when a workflow was offline. */
  const offlineUntil = new Map<string, number>();
  let last = 0;
  let now = 0;
  const world: TriggerWorld = {
    mirror,
    firingOf: (run) => byRun.get(run),
    wasOffline: (id) => (offlineUntil.get(id) ?? Number.NEGATIVE_INFINITY) >= now - MEANWHILE_MS,
  };

  function must(id: string): TriggerFacts {
    const trigger = triggers.get(id);
    if (!trigger) throw wrong('follows', { id }, 'is not there');
    return trigger;
  }

  /** F3: the first end that it waits for and has not dealt with. */
  function nextOf({ waits, cursor }: TriggerFacts): EndFact | undefined {
    return ends.find(({ seq, run, state }) => {
      const row = seq > cursor ? mirror.runs.get(run)?.row : undefined;
      return row !== undefined && isAwaited(waits, state, row, workflowName(row.workflowId));
    });
  }

  /** What is before is none of its business. */
  function begin(trigger: TriggerFacts): void {
    trigger.cursor = last;
  }

  function put(trigger: TriggerFacts, { firing, run }: FireFact): void {
    trigger.firings.set(firing.key, firing);
    if (!run) return;
    byRun.set(run.instance.id, firing);
    mirror.start(run);
  }

  return {
    triggers,
    get last() {
      return last;
    },
    recorded(rows) {
      for (const row of rows) {
        last = row.seq;
        const end = endOf(row);
        if (end) ends.push(end);
      }
    },
    created(id, { spec, workflowId }) {
      const trigger: TriggerFacts = {
        ...{ id, spec, workflowId, waits: spec.waits, online: spec.online, deleted: false, revision: 1 },
        ...{ cursor: last, firings: new Map() },
      };
      triggers.set(id, trigger);
    },
    switched(id, online) {
      const trigger = must(id);
      Object.assign(trigger, { online, revision: trigger.revision + 1 });
      begin(trigger);
    },
    described(id) {
      must(id).revision += 1;
    },
    replanned(id, waits) {
      const trigger = must(id);
      Object.assign(trigger, { waits, revision: trigger.revision + 1 });
      begin(trigger);
    },
    deleted(id) {
      must(id).deleted = true;
    },
    workflowSwitched(workflowId, online, at) {
      offlineUntil.set(workflowId, online ? at : Number.POSITIVE_INFINITY);
    },
    fired(fire, at) {
      now = at;
      const trigger = must(fire.trigger.id);
      checkRead('follows', trigger, fire);
      const end = nextOf(trigger);
      const { key } = fire.firing;
      // F1, F2
      if (trigger.firings.has(key)) throw wrong('follows', trigger, `fires for ${key} again`);
      if (end === undefined)
        throw wrong('follows', trigger, `fires for ${key}, and nothing has ended that it waits for`);
      if (fire.cursor !== end.seq || key !== `${end.run}.${end.seq}`)
        throw wrong('follows', trigger, `fires for ${key}, and passes the end ${end.seq} of ${end.run}`);
      checkStarted('follows', trigger, fire);
      checkChain(world, trigger, { end, fire });
      trigger.cursor = fire.cursor;
      put(trigger, fire);
    },
    advanced(read, seq) {
      for (const { id, revision } of read) {
        const trigger = triggers.get(id);
        if (!trigger || trigger.deleted || trigger.revision !== revision || trigger.cursor >= seq) continue;
        const end = nextOf(trigger);
        // F3
        if (end !== undefined && end.seq <= seq)
          throw wrong('follows', trigger, `is moved on to ${seq}, past the end ${end.seq} of ${end.run}`);
        trigger.cursor = seq;
      }
    },
    delivered(fire, at) {
      now = at;
      const trigger = must(fire.trigger.id);
      checkRead('deliveries', trigger, fire);
      const before = trigger.firings.get(fire.firing.key);
      // D2, D3
      if (before && before.outcome !== 'refused')
        throw wrong('deliveries', trigger, `takes the delivery ${fire.firing.key} again`);
      checkStarted('deliveries', trigger, fire);
      if (!fire.run) checkRefused(world, trigger, fire.firing);
      put(trigger, fire);
    },
    answered(id, key) {
      const firing = triggers.get(id)?.firings.get(key);
      if (firing?.outcome !== 'run')
        throw wrong('deliveries', { id }, `says that it took ${key}, and has ${firing?.outcome ?? 'nothing'} of it`);
    },
    unrest() {
      for (const trigger of triggers.values()) {
        if (trigger.deleted || !trigger.online) continue;
        const end = nextOf(trigger);
        if (end) return `the trigger ${trigger.id} has not fired for the end ${end.seq} of ${end.run}`;
      }
      return undefined;
    },
  };
}
