/**
 * Hints on their way to one other server: one message at a time, and what is told meanwhile goes together with the next.
 *
 * H1 A hint that is told leaves at once when somebody waits for what it is about; the others are gathered for a moment.
 * H2 Whoever cannot be reached is left in peace for a moment; what is told meanwhile is dropped, but for the lease.
 */
import type { Clock, TimerHandle } from '@vaquita/core';
import type { Hint } from './hints.ts';

export interface HintSender {
  tell(hint: Hint): void;
  /** Resolves when nothing is on its way. */
  settled(): Promise<void>;
  close(): void;
}

export interface HintSenderDeps {
  readonly clock: Pick<Clock, 'setTimeout' | 'clearTimeout'>;
  /** Rejects when the other server was not reached, or did not take it. */
  readonly send: (hints: readonly Hint[]) => Promise<void>;
}

/** Readers are content with less than a blink, and a busy leader commits a thousand times as often. */
const GATHER_MS = 50;
const REST_MS = 1_000;
const GATHERED: ReadonlySet<Hint> = new Set(['events', 'logs']);

export function createHintSender({ clock, send }: HintSenderDeps): HintSender {
  const due = new Set<Hint>();
  let sending: Promise<void> | undefined;
  let gathering: TimerHandle | undefined;
  let resting: TimerHandle | undefined;
  let closed = false;

  async function sendAll(): Promise<void> {
    stopGathering();
    do {
      const hints = [...due];
      due.clear();
      try {
        await send(hints);
      } catch {
        rest();
      }
    } while (isUrgent() && !closed);
    sending = undefined;
    if (due.size > 0) gather();
  }

  function isUrgent(): boolean {
    return [...due].some((hint) => !GATHERED.has(hint));
  }

  function go(): void {
    if (!closed && due.size > 0) sending ??= sendAll();
  }

  function gather(): void {
    if (closed || sending !== undefined) return;
    gathering ??= clock.setTimeout(() => {
      gathering = undefined;
      go();
    }, GATHER_MS);
  }

  function stopGathering(): void {
    if (gathering !== undefined) clock.clearTimeout(gathering);
    gathering = undefined;
  }

  function rest(): void {
    if (closed) return;
    if (resting !== undefined) clock.clearTimeout(resting);
    resting = clock.setTimeout(() => {
      resting = undefined;
    }, REST_MS);
  }

  return {
    tell(hint) {
      if (closed || (resting !== undefined && hint !== 'lease')) return;
      due.add(hint);
      if (GATHERED.has(hint)) gather();
      else go();
    },
    async settled() {
      await sending;
    },
    close() {
      closed = true;
      stopGathering();
      if (resting !== undefined) clock.clearTimeout(resting);
    },
  };
}
