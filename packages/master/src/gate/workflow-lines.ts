/**
 * The runs of each workflow that wait for one another: a line per workflow, and what its execution type makes of a new
 * one. Who leaves the line has a place kept for it and goes on to admission.
 */
import type { LifecycleEvent, WorkflowId, WorkflowInstanceId } from '@vaquita/core';
import { type Ask, byAge, inOrder } from './ask.ts';
import { createLine, type Line } from './line.ts';
import type { Place, Places } from './places.ts';
import { type Delay, discarded, displacedBy, NEAR, outdated, ownAncestor, placeDelay } from './words.ts';

export interface WorkflowLines {
  /** Decides at once, unless earlier runs of its workflow are expected to ask first. */
  enter(ask: Ask): void;
  /** Waits for `begin`. */
  enterLater(ask: Ask): void;
  /** Takes it out, wherever it stands. */
  leave(ask: Ask): void;
  /** A place of the workflow may be free. */
  advance(id: WorkflowId): void;
  /** A run that is known to wait from its rows: nobody of its workflow is served before it has asked. */
  expect(id: WorkflowId, run: WorkflowInstanceId): void;
  expectNot(run: WorkflowInstanceId): void;
  expectNobody(): void;
  /** The run is in memory; unless it `waits`, it is not going to ask. */
  heardOf(id: WorkflowId, run: WorkflowInstanceId, waits: boolean): void;
  /** A live run has come into memory. */
  joined(place: Place): void;
  /** It is known who is live. */
  begin(): void;
  delayOf(ask: Ask): Delay;
}

export interface WorkflowLinesDeps {
  readonly places: Places;
  /** It has its place, `ask.slot`. */
  readonly admit: (ask: Ask) => void;
  readonly deny: (ask: Ask, event: LifecycleEvent) => void;
  /** What waiting runs are told may have changed. */
  readonly changed: () => void;
}

interface WorkflowQueue {
  readonly id: WorkflowId;
  /** Not decided yet. */
  readonly undecided: Set<Ask>;
  /** Wait for a place. */
  readonly line: Line<Ask>;
  /** A place is kept for them. */
  readonly reserved: Set<Ask>;
  readonly expected: Set<WorkflowInstanceId>;
}

export function createWorkflowLines({ places, admit, deny, changed }: WorkflowLinesDeps): WorkflowLines {
  const queues = new Map<WorkflowId, WorkflowQueue>();
  /** Waiting runs that were started from inside a run of their own workflow. */
  const nested = new Set<Ask>();
  let begun = false;
  /** Steps that are under way, one inside the other: a queue is not forgotten while one may still use it. */
  let depth = 0;

  function queueOf(id: WorkflowId): WorkflowQueue {
    let queue = queues.get(id);
    if (!queue) {
      queue = { id, undecided: new Set(), line: createLine(inOrder), reserved: new Set(), expected: new Set() };
      queues.set(id, queue);
    }
    return queue;
  }

  function tidy({ id, undecided, line, reserved, expected }: WorkflowQueue): void {
    if (depth > 0) return;
    if (undecided.size + line.size + reserved.size + expected.size === 0) queues.delete(id);
  }

  function step(queue: WorkflowQueue, work: () => void): void {
    depth += 1;
    try {
      work();
    } finally {
      depth -= 1;
    }
    tidy(queue);
    changed();
  }

  function decide(queue: WorkflowQueue): void {
    step(queue, () => {
      if (!begun || queue.expected.size > 0) return;
      const asks = [...queue.undecided].sort(inOrder);
      queue.undecided.clear();
      for (const ask of asks) judge(queue, ask);
      advance(queue);
    });
  }

  function judge(queue: WorkflowQueue, ask: Ask): void {
    if (ask.capacity === null) {
      queue.reserved.add(ask);
      ask.slot = null;
      admit(ask);
      return;
    }
    const ancestor = blockingAncestor(ask);
    if (ancestor) {
      refuse(ask, ownAncestor(ancestor));
      return;
    }
    // What goes on again has done work that a refusal would throw away: it waits.
    if (ask.execution === 'serial_discard' && ask.runCounter === 1) {
      const [other] = [...others(queue, ask), ...queue.line];
      if (other) {
        refuse(ask, discarded(other));
        return;
      }
    }
    if (ask.execution === 'serial_priority' && !outdates(queue, ask)) return;
    if (ask.bus.run.instance.lineage.includes(ask.workflowId)) nested.add(ask);
    queue.line.add(ask);
    advance(queue);
  }

  /** The newest run of its workflow makes the others give way; one that is not the newest is refused. */
  function outdates(queue: WorkflowQueue, ask: Ask): boolean {
    const rivals = [...queue.line, ...queue.reserved].filter(({ execution }) => execution === 'serial_priority');
    const live = [...places.ofWorkflow(ask.workflowId)].filter(({ id }) => id !== ask.id);
    const newer = [...rivals, ...live].find((other) => byAge(other, ask) > 0);
    if (newer) {
      refuse(ask, outdated(newer));
      return false;
    }
    for (const rival of rivals) refuse(rival, outdated(ask));
    for (const place of live) displace(place, ask);
    return true;
  }

  function displace(place: Place, by: Ask): void {
    if (place.displaced || !place.bus || !place.wanted) return;
    place.displaced = true;
    place.bus.post(displacedBy(by));
  }

  function refuse(ask: Ask, event: LifecycleEvent): void {
    leave(ask);
    deny(ask, event);
  }

  /** An ancestor that holds the only place the run could have, and waits for the run. */
  function blockingAncestor(ask: Ask): Place | undefined {
    if (!ask.bus.run.instance.lineage.includes(ask.workflowId)) return undefined;
    const found: Place[] = [];
    let above = ask.parentId === null ? undefined : places.get(ask.parentId);
    for (const seen = new Set<Place>(); above && !seen.has(above); ) {
      seen.add(above);
      if (above.workflowId === ask.workflowId) found.push(above);
      const parentId: WorkflowInstanceId | null = above.bus?.run.instance.parentInstanceId ?? null;
      above = parentId === null ? undefined : places.get(parentId);
    }
    return found.length >= ask.capacity! ? found[0] : undefined;
  }

  /** Who holds a place of the workflow, or has one kept, besides this run. */
  function others(queue: WorkflowQueue, ask: Ask): (Place | Ask)[] {
    const holders: (Place | Ask)[] = [];
    for (const place of places.ofWorkflow(queue.id)) if (place.id !== ask.id) holders.push(place);
    for (const other of queue.reserved) if (other.id !== ask.id) holders.push(other);
    return holders;
  }

  /** Undefined: there is none. */
  function freeSlot(queue: WorkflowQueue, ask: Ask): number | undefined {
    const holders = others(queue, ask);
    const capacity = ask.capacity!;
    if (holders.length >= capacity) return undefined;
    const taken = new Set(holders.map((holder) => holder.slot));
    // The one its rows still have, of its turn before.
    const own = places.get(ask.id)?.slot ?? null;
    if (own !== null && own < capacity && !taken.has(own)) return own;
    for (let slot = 0; slot < capacity; slot++) if (!taken.has(slot)) return slot;
    return undefined;
  }

  function advance(queue: WorkflowQueue): void {
    for (let head = queue.line.at(0); head; head = queue.line.at(0)) {
      const slot = freeSlot(queue, head);
      if (slot === undefined) break;
      queue.line.remove(head);
      nested.delete(head);
      queue.reserved.add(head);
      head.slot = slot;
      admit(head);
    }
  }

  function leave(ask: Ask): void {
    nested.delete(ask);
    const queue = queues.get(ask.workflowId);
    if (!queue) return;
    queue.undecided.delete(ask);
    queue.reserved.delete(ask);
    queue.line.remove(ask);
  }

  function expectNot(queue: WorkflowQueue, run: WorkflowInstanceId): void {
    if (queue.expected.delete(run)) decide(queue);
  }

  return {
    enter(ask) {
      const queue = queueOf(ask.workflowId);
      queue.expected.delete(ask.id);
      if (ask.capacity === null) {
        step(queue, () => judge(queue, ask));
        return;
      }
      queue.undecided.add(ask);
      decide(queue);
    },
    enterLater(ask) {
      queueOf(ask.workflowId).undecided.add(ask);
    },
    leave(ask) {
      leave(ask);
      const queue = queues.get(ask.workflowId);
      if (queue) tidy(queue);
    },
    advance(id) {
      const queue = queues.get(id);
      if (!queue) return;
      step(queue, () => {
        if (begun && queue.expected.size === 0) advance(queue);
      });
    },
    expect: (id, run) => void queueOf(id).expected.add(run),
    expectNot(run) {
      for (const queue of [...queues.values()]) expectNot(queue, run);
    },
    expectNobody() {
      for (const queue of [...queues.values()]) {
        queue.expected.clear();
        decide(queue);
      }
    },
    heardOf(id, run, waits) {
      const queue = queues.get(id);
      if (queue && !waits) expectNot(queue, run);
    },
    joined(place) {
      for (const ask of [...nested]) {
        const ancestor = blockingAncestor(ask);
        if (ancestor) refuse(ask, ownAncestor(ancestor));
      }
      const queue = queues.get(place.workflowId);
      const newest = queue && [...queue.line].find(({ execution }) => execution === 'serial_priority');
      if (!newest) return;
      if (byAge(place, newest) < 0) displace(place, newest);
      else refuse(newest, outdated(place));
    },
    begin() {
      begun = true;
      for (const queue of [...queues.values()]) decide(queue);
    },
    delayOf(ask) {
      const queue = queueOf(ask.workflowId);
      const before = queue.line.before(ask);
      return placeDelay(ask.capacity ?? 1, before < NEAR ? others(queue, ask) : [], before);
    },
  };
}
