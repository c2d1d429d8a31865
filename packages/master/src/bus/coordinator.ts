/**
 * Gives every run with events a turn, keeps one run from starving the others, and starts the commits of a round only
 * when the dispatcher has had its say, so that a result, the task it sets free and that task's placement are one commit.
 */
import type { RunBus } from './run-bus.ts';

/** Events a run may handle before the next run has its turn. */
const TURN = 64;
/** Events of all runs handled before sockets and timers are looked at again. */
const ROUND = 1_024;

export interface Coordinator {
  ready(bus: RunBus): void;
  /** Asks for a round although no bus has events: slots have become free, or a worker has joined. */
  wake(): void;
  close(): void;
}

export interface CoordinatorDeps {
  /** Runs later, after sockets and timers had their turn. */
  readonly defer: (run: () => void) => void;
  /** Places queued tasks; what it places posts events to their buses. */
  readonly placeTasks: () => number;
}

export function createCoordinator({ defer, placeTasks }: CoordinatorDeps): Coordinator {
  const ready = new Set<RunBus>();
  const touched = new Set<RunBus>();
  let scheduled = false;
  let running = false;
  let closed = false;

  function schedule(how: (run: () => void) => void): void {
    if (scheduled || running || closed) return;
    scheduled = true;
    how(round);
  }

  function round(): void {
    scheduled = false;
    if (closed) return;
    running = true;
    try {
      takeTurns();
    } finally {
      running = false;
    }
    if (ready.size > 0) schedule(defer);
  }

  function takeTurns(): void {
    let left = ROUND;
    while (left > 0 && !closed) {
      const before = left;
      for (const bus of ready) {
        ready.delete(bus);
        touched.add(bus);
        left -= bus.turn(TURN);
        if (bus.waiting > 0) ready.add(bus);
        if (left <= 0) break;
      }
      left -= placeTasks();
      if (left === before && ready.size === 0) break;
    }
    for (const bus of touched) bus.flush();
    touched.clear();
  }

  return {
    ready(bus) {
      ready.add(bus);
      schedule(queueMicrotask);
    },
    wake: () => schedule(queueMicrotask),
    close() {
      closed = true;
      ready.clear();
      touched.clear();
    },
  };
}
