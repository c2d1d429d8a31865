/**
 * The output of one dispatch between the task and the server (P8). Bounded; a chunk gets its place in the log when it is
 * sent or settled for the first time, and keeps it until it is acknowledged.
 *
 * B1 What has its place is never dropped and never moves: a second sending says the same bytes at the same offset.
 * B2 When the buffer is full, the middle of what has not been sent goes: the beginning and the newest part stay, and a
 *    marker with the number of lost bytes stands in their place.
 */
import { MAX_OUTPUT_CHUNK_BYTES, utf8Length, type WorkerOutput } from '@vaquita/protocol';

type Stream = WorkerOutput['stream'];

export interface OutputChunk {
  readonly stream: Stream;
  readonly offset: number;
  readonly text: string;
}

interface Chunk {
  readonly stream: Stream;
  text: string;
  bytes: number;
  /** Null until sent for the first time. */
  offset: number | null;
  /** Bytes lost here; this chunk is the marker for them. */
  dropped: number;
}

export interface OutputBuffer {
  write(stream: Stream, text: string): void;
  /** The next chunk to send, or null when all has been sent. */
  take(): OutputChunk | null;
  /** Everything before `offset` is stored at the server. */
  acknowledged(offset: number): void;
  /** A new session: what has not been acknowledged is to be sent again. */
  rewind(): void;
  /** Everything not acknowledged, each chunk with its place for good, whether it has been sent or not. */
  settle(): readonly OutputChunk[];
  /** Length of the log once everything here has been sent. */
  readonly logBytes: number;
  readonly heldBytes: number;
}

const MAX_BUFFER_BYTES = 1_048_576;
/** Cutting at a third of the bytes keeps any characters under the limit. */
const CUT_CHARS = Math.floor(MAX_OUTPUT_CHUNK_BYTES / 3);

export interface OutputBufferOptions {
  readonly maxBytes?: number;
  /** What an earlier agent has sent, or has found a place for. */
  readonly settled?: readonly OutputChunk[];
}

export function createOutputBuffer({
  maxBytes = MAX_BUFFER_BYTES,
  settled = [],
}: OutputBufferOptions = {}): OutputBuffer {
  const chunks: Chunk[] = settled.map((chunk) => ({ ...chunk, bytes: utf8Length(chunk.text), dropped: 0 }));
  /** Index of the next chunk to send. */
  let next = 0;
  let held = chunks.reduce((sum, { bytes }) => sum + bytes, 0);
  /** Offset of the first byte that has no place yet. */
  let placedBytes = endOf(chunks.at(-1));

  function add(stream: Stream, text: string): void {
    const bytes = utf8Length(text);
    const last = chunks.at(-1);
    held += bytes;
    const fits = last !== undefined && last.bytes + bytes <= MAX_OUTPUT_CHUNK_BYTES;
    if (fits && last.offset === null && last.dropped === 0 && last.stream === stream) {
      last.text += text;
      last.bytes += bytes;
    } else chunks.push({ stream, text, bytes, offset: null, dropped: 0 });
  }

  /** B2 */
  function dropMiddle(): void {
    while (held > maxBytes) {
      const marker = markerIndex();
      // The newest chunk stays, whatever it costs.
      if (marker + 1 >= chunks.length - 1) return;
      const [lost] = chunks.splice(marker + 1, 1);
      held -= lost!.bytes;
      const at = chunks[marker]!;
      held -= at.bytes;
      at.dropped += lost!.bytes;
      at.text = `\n[${at.dropped} bytes of output were dropped here: the worker could not deliver them in time]\n`;
      at.bytes = utf8Length(at.text);
      held += at.bytes;
    }
  }

  /** Where bytes are being dropped: the marker that has not been sent, or a place for a new one. */
  function markerIndex(): number {
    const known = chunks.findIndex((chunk) => chunk.dropped > 0 && chunk.offset === null);
    if (known >= 0) return known;
    let index = chunks.findIndex((chunk) => chunk.offset === null);
    if (index < 0) index = chunks.length;
    for (let kept = 0; index < chunks.length - 2 && kept < maxBytes / 4; index++) kept += chunks[index]!.bytes;
    chunks.splice(index, 0, { stream: 'system', text: '', bytes: 0, offset: null, dropped: 0 });
    return index;
  }

  /** B1 */
  function place(chunk: Chunk): OutputChunk {
    if (chunk.offset === null) {
      chunk.offset = placedBytes;
      placedBytes += chunk.bytes;
    }
    return { stream: chunk.stream, offset: chunk.offset, text: chunk.text };
  }

  return {
    write(stream, raw) {
      const text = raw.toWellFormed();
      for (let from = 0; from < text.length; ) {
        let to = Math.min(text.length, from + CUT_CHARS);
        const last = text.charCodeAt(to - 1);
        if (to < text.length && last >= 0xd800 && last <= 0xdbff) to -= 1;
        add(stream, text.slice(from, to));
        from = to;
      }
      dropMiddle();
    },

    take() {
      const chunk = chunks[next];
      if (chunk === undefined) return null;
      next += 1;
      return place(chunk);
    },

    acknowledged(offset) {
      while (chunks[0] !== undefined && chunks[0].offset !== null && endOf(chunks[0]) <= offset) {
        held -= chunks.shift()!.bytes;
        next = Math.max(0, next - 1);
      }
    },

    rewind() {
      next = 0;
    },

    settle: () => chunks.map(place),

    get logBytes() {
      let bytes = placedBytes;
      for (const chunk of chunks) if (chunk.offset === null) bytes += chunk.bytes;
      return bytes;
    },

    get heldBytes() {
      return held;
    },
  };
}

function endOf(chunk: Chunk | undefined): number {
  return chunk === undefined ? 0 : (chunk.offset ?? 0) + chunk.bytes;
}
