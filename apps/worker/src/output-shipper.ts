/** Sends the output of every dispatch over whatever session there is, in small portions so that nothing else waits. */
import type { Clock, DispatchId, TimerHandle } from '@vaquita/core';
import type { WorkerOutput, WorkerSession } from '@vaquita/protocol';
import { createOutputBuffer, type OutputBuffer, type OutputChunk } from './output-buffer.ts';

/** Output of this span goes out together. */
const COLLECT_MS = 20;
/** Bytes on the socket above which output waits; results and heartbeats do not. */
const HIGH_WATER_BYTES = 524_288;
/** Characters of output handed over in one go. */
const PORTION_CHARS = 262_144;

export interface OutputShipper {
  write(dispatchId: DispatchId, stream: WorkerOutput['stream'], text: string): void;
  /** Sends all there is of a dispatch now, so that its result can follow. */
  flush(dispatchId: DispatchId): void;
  /** Nothing more will be written: what the server has not acknowledged, and how long the log is. */
  settle(dispatchId: DispatchId): SettledOutput;
  /** What an earlier agent had settled. */
  restore(dispatchId: DispatchId, settled: readonly OutputChunk[]): void;
  acknowledged(dispatchId: DispatchId, offset: number): void;
  forget(dispatchId: DispatchId): void;
  /** A new session: what is not acknowledged is sent again. */
  attach(session: WorkerSession): void;
  detach(): void;
}

export interface SettledOutput {
  readonly logBytes: number;
  readonly unacknowledged: readonly OutputChunk[];
}

export function createOutputShipper(clock: Clock): OutputShipper {
  const buffers = new Map<DispatchId, OutputBuffer>();
  let session: WorkerSession | null = null;
  let timer: TimerHandle | undefined;

  function plan(): void {
    if (timer !== undefined || session === null) return;
    timer = clock.setTimeout(() => {
      timer = undefined;
      pump();
    }, COLLECT_MS);
  }

  function pump(): void {
    let left = PORTION_CHARS;
    for (const [dispatchId, buffer] of buffers) {
      while (left > 0 && session !== null && session.bufferedBytes < HIGH_WATER_BYTES) {
        const sent = sendNext(dispatchId, buffer);
        if (sent === 0) break;
        left -= sent;
      }
      if (left <= 0) break;
    }
    // Whoever was served goes to the back, so that one loud task does not silence the others.
    if (left <= 0) rotate();
    if (left <= 0 || (session !== null && session.bufferedBytes >= HIGH_WATER_BYTES)) plan();
  }

  function rotate(): void {
    const first = buffers.entries().next().value;
    if (first === undefined) return;
    buffers.delete(first[0]);
    buffers.set(first[0], first[1]);
  }

  /** Characters sent; 0 when there was nothing. */
  function sendNext(dispatchId: DispatchId, buffer: OutputBuffer): number {
    if (session === null || session.phase !== 'open') return 0;
    const chunk = buffer.take();
    if (chunk === null) return 0;
    session.send({ type: 'output', dispatchId, ...chunk });
    return chunk.text.length;
  }

  return {
    write(dispatchId, stream, text) {
      let buffer = buffers.get(dispatchId);
      if (buffer === undefined) {
        buffer = createOutputBuffer();
        buffers.set(dispatchId, buffer);
      }
      buffer.write(stream, text);
      plan();
    },
    flush(dispatchId) {
      const buffer = buffers.get(dispatchId);
      if (buffer === undefined) return;
      while (sendNext(dispatchId, buffer) > 0);
    },
    settle(dispatchId) {
      const buffer = buffers.get(dispatchId);
      return buffer === undefined
        ? { logBytes: 0, unacknowledged: [] }
        : { logBytes: buffer.logBytes, unacknowledged: buffer.settle() };
    },
    restore(dispatchId, settled) {
      if (settled.length > 0) buffers.set(dispatchId, createOutputBuffer({ settled }));
    },
    acknowledged: (dispatchId, offset) => buffers.get(dispatchId)?.acknowledged(offset),
    forget(dispatchId) {
      buffers.delete(dispatchId);
    },
    attach(next) {
      session = next;
      for (const buffer of buffers.values()) buffer.rewind();
      plan();
    },
    detach() {
      session = null;
      if (timer !== undefined) clock.clearTimeout(timer);
      timer = undefined;
    },
  };
}
