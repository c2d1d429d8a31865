/**
 * A connection between two processes: a reliable stream, as the protocol wants it. Frames come late, but in order and
 * once. What can go wrong with a stream: it stalls, it breaks with what was under way, or it goes silent and nobody is
 * told. So a lost message is always a broken or a silent connection, and what comes twice was sent twice.
 */
import { CLOSE_CODES, type Wire } from '@vaquita/protocol';
import type { SimProcess } from './process.ts';
import type { Timeline } from './timeline.ts';

export interface Line {
  readonly near: Wire;
  readonly far: Wire;
  /** Both sides see it break, each a little later; frames under way are lost. */
  cut(): void;
  /** Nothing passes any more and nobody is told. */
  silence(): void;
  /** Nothing passes for a while; then everything does, in order. */
  stall(ms: number): void;
}

export interface LineOptions {
  readonly timeline: Timeline;
  readonly near: SimProcess;
  readonly far: SimProcess;
  /** Draws how long a frame is under way. */
  readonly delayMs: () => number;
  readonly passed?: (from: SimProcess, frame: string) => void;
}

interface End {
  readonly wire: Wire;
  receive(frame: string): void;
  closed(code: number, reason: string): void;
}

export function createLine({ timeline, near, far, delayMs, passed }: LineOptions): Line {
  let silent = false;
  let whole = true;
  let heldUntil = 0;

  function createEnd(owner: SimProcess, other: () => End): End {
    let open = true;
    let onText: ((text: string) => void) | undefined;
    let onClose: ((code: number, reason: string) => void) | undefined;
    let early: string[] = [];
    /** When the last frame sent arrives: none overtakes another. */
    let lastArrival = 0;

    function arriveNext(run: () => void): void {
      lastArrival = Math.max(lastArrival, heldUntil, timeline.elapsed + delayMs());
      timeline.after(lastArrival - timeline.elapsed, () => {
        if (!silent) run();
      });
    }

    const end: End = {
      wire: {
        bufferedBytes: 0,
        send(text) {
          if (!open || !owner.alive) return;
          arriveNext(() => {
            if (!whole) return;
            passed?.(owner, text);
            other().receive(text);
          });
        },
        close(code, reason) {
          if (!open || !owner.alive) return;
          arriveNext(() => {
            whole = false;
            other().closed(code, reason);
            end.closed(code, reason);
          });
        },
        terminate() {
          if (!open) return;
          end.closed(CLOSE_CODES.abnormal, 'terminated');
          arriveNext(() => {
            whole = false;
            other().closed(CLOSE_CODES.abnormal, 'terminated');
          });
        },
        onText(receive) {
          onText = receive;
          const frames = early;
          early = [];
          for (const frame of frames) timeline.after(0, () => end.receive(frame));
        },
        onClose(run) {
          onClose = run;
        },
        defer: queueMicrotask,
      },
      receive(frame) {
        owner.act('delivery', () => {
          if (!open) return;
          if (onText === undefined) early.push(frame);
          else onText(frame);
        });
      },
      closed(code, reason) {
        if (!open) return;
        owner.act('delivery', () => {
          if (!open) return;
          open = false;
          queueMicrotask(() => onClose?.(code, reason));
        });
      },
    };
    return end;
  }

  const nearEnd: End = createEnd(near, () => farEnd);
  const farEnd: End = createEnd(far, () => nearEnd);

  function cut(): void {
    whole = false;
    for (const end of [nearEnd, farEnd]) {
      timeline.after(delayMs(), () => {
        if (!silent) end.closed(CLOSE_CODES.abnormal, 'the connection broke');
      });
    }
  }
  near.onDeath(cut);
  far.onDeath(cut);

  return {
    near: nearEnd.wire,
    far: farEnd.wire,
    cut,
    silence() {
      silent = true;
    },
    stall(ms) {
      heldUntil = Math.max(heldUntil, timeline.elapsed + ms);
    },
  };
}
