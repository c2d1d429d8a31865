/**
 * Virtual time, shared by everything in a simulated world: what is due is done in order of its moment, then of its
 * making. Between two steps every promise that can settle without time has settled, so one seed gives one order.
 */

export interface Timeline {
  /** Milliseconds since the world began. Only grows. */
  readonly elapsed: number;
  after(delayMs: number, run: () => void): number;
  cancel(handle: number): void;
  /** Does the next thing. False when nothing is left. */
  step(): Promise<boolean>;
}

interface Entry {
  readonly dueAt: number;
  readonly handle: number;
  readonly run: () => void;
}

export function createTimeline(): Timeline {
  const heap: Entry[] = [];
  const cancelled = new Set<number>();
  let elapsed = 0;
  let last = 0;

  return {
    get elapsed() {
      return elapsed;
    },
    after(delayMs, run) {
      last += 1;
      push(heap, { dueAt: elapsed + (delayMs > 0 ? delayMs : 0), handle: last, run });
      return last;
    },
    cancel(handle) {
      cancelled.add(handle);
    },
    async step() {
      for (let next = pop(heap); next !== undefined; next = pop(heap)) {
        if (cancelled.delete(next.handle)) continue;
        elapsed = next.dueAt;
        next.run();
        await settled();
        return true;
      }
      return false;
    },
  };
}

/** One turn of the event loop: every promise that waits for nothing outside has settled after it. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function before(a: Entry, b: Entry): boolean {
  return a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.handle < b.handle);
}

function push(heap: Entry[], entry: Entry): void {
  let at = heap.push(entry) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!before(entry, heap[parent]!)) break;
    heap[at] = heap[parent]!;
    at = parent;
  }
  heap[at] = entry;
}

function pop(heap: Entry[]): Entry | undefined {
  const first = heap[0];
  const moved = heap.pop();
  if (first === undefined || moved === undefined || heap.length === 0) return first;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child += 1;
    if (!before(heap[child]!, moved)) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = moved;
  return first;
}
