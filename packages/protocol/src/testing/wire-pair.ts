/**
 * Two wires joined in memory, on a clock turned by hand. Frames can be delayed, lost, delivered twice, or the line
 * can be cut without a word, each direction by itself.
 */
import type { Clock } from '@vaquita/core';
import { CLOSE_CODES } from '../constants.ts';
import type { Wire } from '../wire.ts';

/** What happens to one frame: the delays, in ms, at which it arrives. `[]` loses it, `[0, 0]` doubles it. */
export type Fate = (frame: string, index: number) => readonly number[];

export interface LineControls {
  /** Rules over each frame from now on. */
  fate(rule: Fate): void;
  /** Frames handed to the line so far, lost ones too. */
  readonly sent: readonly string[];
}

export interface WirePair {
  readonly worker: Wire;
  readonly master: Wire;
  readonly toMaster: LineControls;
  readonly toWorker: LineControls;
  /** Both ends see the socket go, as after a pulled cable and a TCP reset; frames on their way are lost. */
  cut(): void;
  /** Nothing passes any more and nobody is told, as behind a dead NAT entry. */
  blackhole(): void;
}

export function createWirePair(clock: Pick<Clock, 'setTimeout'>): WirePair {
  const master = createEnd(clock);
  const worker = createEnd(clock);
  master.peer = worker;
  worker.peer = master;
  return {
    worker: worker.wire,
    master: master.wire,
    toMaster: worker.controls,
    toWorker: master.controls,
    cut() {
      worker.closed(CLOSE_CODES.abnormal, 'cut');
      master.closed(CLOSE_CODES.abnormal, 'cut');
    },
    blackhole() {
      worker.silent = true;
      master.silent = true;
    },
  };
}

interface End {
  readonly wire: Wire;
  readonly controls: LineControls;
  peer: End | null;
  silent: boolean;
  receive(frame: string): void;
  closed(code: number, reason: string): void;
}

function createEnd(clock: Pick<Clock, 'setTimeout'>): End {
  const sent: string[] = [];
  const waiting: string[] = [];
  let rule: Fate = () => [0];
  let onText: ((text: string) => void) | null = null;
  let onClose: ((code: number, reason: string) => void) | null = null;
  let open = true;

  const end: End = {
    peer: null,
    silent: false,
    controls: {
      fate: (next) => {
        rule = next;
      },
      sent,
    },
    wire: {
      bufferedBytes: 0,
      send(text) {
        if (!open) return;
        sent.push(text);
        const { peer } = end;
        for (const delayMs of rule(text, sent.length - 1)) {
          clock.setTimeout(() => {
            if (!end.silent) peer?.receive(text);
          }, delayMs);
        }
      },
      close(code, reason) {
        const { peer } = end;
        clock.setTimeout(() => {
          if (end.silent) return;
          peer?.closed(code, reason);
          end.closed(code, reason);
        }, 0);
      },
      terminate: () => end.closed(CLOSE_CODES.abnormal, 'terminated'),
      onText(receive) {
        onText = receive;
        for (const text of waiting.splice(0)) clock.setTimeout(() => end.receive(text), 0);
      },
      onClose(closed) {
        onClose = closed;
      },
      defer: queueMicrotask,
    },
    receive(frame) {
      if (!open) return;
      if (onText === null) waiting.push(frame);
      else onText(frame);
    },
    closed(code, reason) {
      if (!open) return;
      open = false;
      queueMicrotask(() => onClose?.(code, reason));
    },
  };
  return end;
}
