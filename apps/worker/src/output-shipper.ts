/** Sends the output of every dispatch over whatever session there is, in small portions so that nothing else waits. */
import type { Clock, DispatchId, TimerHandle } from '@vaquita/core';
import type { WorkerOutput, WorkerSession } from '@vaquita/protocol';
import type { AgentLog, GrowingFile } from './host.ts';
import { createOutputBuffer, type OutputBuffer, type OutputChunk } from './output-buffer.ts';
import { createSentOutput, readSent, type SentOutput } from './sent-output.ts';

/** Output of this span goes out together. */
const COLLECT_MS = 20;
/** Until a disk that refused a note is asked again. */
const NOTE_RETRY_MS = 1_000;
/** Bytes on the socket above which output waits; results and heartbeats do not. */
const HIGH_WATER_BYTES = 524_288;
/** Characters of output handed over in one go. */
const PORTION_CHARS = 262_144;
/** Bytes of a dispatch that wait or are not acknowledged, from which on whoever can wait with the rest should. */
const ROOM_BYTES = 524_288;

export interface OutputShipper {
  write(dispatchId: DispatchId, stream: WorkerOutput['stream'], text: string): void;
  /** These values are masked in all that is said of the dispatch; to be told before anything is. */
  hide(dispatchId: DispatchId, secrets: readonly string[]): void;
  /** So much of what the process of a dispatch printed never came. */
  dropped(dispatchId: DispatchId, bytes: number): void;
  /**
   * What is sent of the dispatch is noted for the next agent; what is noted already is sent again.
   * @returns how much of what the process printed has been written. @throws when the notes are damaged.
   */
  keep(dispatchId: DispatchId, notes: OutputNotes): number;
  hasRoom(dispatchId: DispatchId): boolean;
  /** Sends all there is of a dispatch now, so that its result can follow. */
  flush(dispatchId: DispatchId): void;
  /** Nothing more will be written: what the server has not acknowledged, and how long the log is. */
  settle(dispatchId: DispatchId): SettledOutput;
  /** What an earlier agent had settled. */
  restore(dispatchId: DispatchId, settled: readonly OutputChunk[]): void;
  /** Bytes of the log that the server has not acknowledged. */
  unacknowledged(dispatchId: DispatchId): number;
  acknowledged(dispatchId: DispatchId, offset: number): void;
  forget(dispatchId: DispatchId): void;
  /** A new session: what is not acknowledged is sent again. */
  attach(session: WorkerSession): void;
  detach(): void;
}

export interface OutputNotes {
  readonly file: GrowingFile;
  /** There is room again. */
  onRoom(): void;
  /** What was printed before this position is noted. */
  onNoted(printed: number): void;
}

export interface SettledOutput {
  readonly logBytes: number;
  readonly unacknowledged: readonly OutputChunk[];
}

interface Log {
  readonly buffer: OutputBuffer;
  readonly sent: SentOutput | null;
  readonly notes: OutputNotes | null;
}

export function createOutputShipper(clock: Clock, log: AgentLog): OutputShipper {
  const logs = new Map<DispatchId, Log>();
  /** Of dispatches that have any. */
  const hidden = new Map<DispatchId, readonly string[]>();
  let session: WorkerSession | null = null;
  let timer: TimerHandle | undefined;

  function hiddenOf(dispatchId: DispatchId) {
    return { secrets: hidden.get(dispatchId) ?? [] };
  }

  function logOf(dispatchId: DispatchId): Log {
    let known = logs.get(dispatchId);
    if (known === undefined) {
      known = { buffer: createOutputBuffer(hiddenOf(dispatchId)), sent: null, notes: null };
      logs.set(dispatchId, known);
    }
    return known;
  }

  function plan(delayMs: number = COLLECT_MS): void {
    if (timer !== undefined || session === null) return;
    timer = clock.setTimeout(() => {
      timer = undefined;
      pump();
    }, delayMs);
  }

  function pump(): void {
    let left = PORTION_CHARS;
    let refused = false;
    for (const [dispatchId, one] of logs) {
      while (left > 0 && session !== null && session.bufferedBytes < HIGH_WATER_BYTES) {
        const sent = sendNext(dispatchId, one);
        if (sent === 'refused') refused = true;
        if (typeof sent === 'string') break;
        left -= sent;
      }
      if (left <= 0) break;
    }
    // Whoever was served goes to the back, so that one loud task does not silence the others.
    if (left <= 0) rotate();
    if (left <= 0 || (session !== null && session.bufferedBytes >= HIGH_WATER_BYTES)) plan();
    else if (refused) plan(NOTE_RETRY_MS);
  }

  function rotate(): void {
    const first = logs.entries().next().value;
    if (first === undefined) return;
    logs.delete(first[0]);
    logs.set(first[0], first[1]);
  }

  /** Characters sent. */
  function sendNext(dispatchId: DispatchId, { buffer, sent, notes }: Log): number | 'nothing' | 'refused' {
    if (session === null || session.phase !== 'open') return 'nothing';
    let noted = true;
    const chunk = buffer.take((next) => {
      noted = sent === null || sent.note(next);
      if (noted) notes?.onNoted(next.printed);
      return noted;
    });
    if (chunk === null) return noted ? 'nothing' : 'refused';
    session.send({ type: 'output', dispatchId, ...chunk });
    return chunk.text.length;
  }

  return {
    write(dispatchId, stream, text) {
      logOf(dispatchId).buffer.write(stream, text);
      plan();
    },
    hide(dispatchId, secrets) {
      if (secrets.length > 0) hidden.set(dispatchId, secrets);
    },
    dropped(dispatchId, bytes) {
      logOf(dispatchId).buffer.dropped(bytes);
      plan();
    },
    keep(dispatchId, notes) {
      const noted = notes.file.read();
      const buffer = createOutputBuffer({ ...readSent(noted), ...hiddenOf(dispatchId) });
      const sent = createSentOutput({ file: notes.file, buffer, log, name: dispatchId, goesOn: noted !== null });
      logs.set(dispatchId, { buffer, sent, notes });
      plan();
      return buffer.next.printed;
    },
    hasRoom: (dispatchId) => (logs.get(dispatchId)?.buffer.heldBytes ?? 0) < ROOM_BYTES,
    flush(dispatchId) {
      const one = logs.get(dispatchId);
      if (one === undefined) return;
      while (typeof sendNext(dispatchId, one) === 'number');
    },
    settle(dispatchId) {
      const one = logs.get(dispatchId);
      if (one === undefined) return { logBytes: 0, unacknowledged: [] };
      const { buffer, sent } = one;
      const unacknowledged = buffer.settle();
      sent?.close();
      logs.set(dispatchId, { buffer, sent: null, notes: null });
      return { logBytes: buffer.logBytes, unacknowledged };
    },
    restore(dispatchId, settled) {
      if (settled.length === 0) return;
      const placed = settled.map((chunk) => ({ ...chunk, printed: 0 }));
      logs.set(dispatchId, { buffer: createOutputBuffer({ placed }), sent: null, notes: null });
    },
    unacknowledged: (dispatchId) => logs.get(dispatchId)?.buffer.heldBytes ?? 0,
    acknowledged(dispatchId, offset) {
      const one = logs.get(dispatchId);
      if (one === undefined) return;
      one.buffer.acknowledged(offset);
      one.sent?.acknowledged();
      if (one.notes !== null && one.buffer.heldBytes < ROOM_BYTES) one.notes.onRoom();
    },
    forget(dispatchId) {
      logs.get(dispatchId)?.sent?.close();
      logs.delete(dispatchId);
      hidden.delete(dispatchId);
    },
    attach(next) {
      session = next;
      for (const { buffer } of logs.values()) buffer.rewind();
      plan();
    },
    detach() {
      session = null;
      if (timer !== undefined) clock.clearTimeout(timer);
      timer = undefined;
    },
  };
}
