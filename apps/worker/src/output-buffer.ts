/**
 * The output of one dispatch between the task and the server (P8). Bounded; a chunk gets its place in the log when it is
 * sent or settled for the first time, and keeps it until it is acknowledged.
 *
 * B1 What has its place is never dropped and never moves: a second sending says the same bytes at the same offset.
 * B2 When the buffer is full, the middle of what has no place yet goes: the beginning and the newest part stay, and a
 *    marker with the number of lost bytes stands in their place.
 */
import { MAX_SECRET_BYTES } from '@vaquita/core';
import { MAX_OUTPUT_CHUNK_BYTES, utf8Length, type WorkerOutput } from '@vaquita/protocol';
import { createMasker, type HeldText } from './masking.ts';

type Stream = WorkerOutput['stream'];

export interface OutputChunk {
  readonly stream: Stream;
  readonly offset: number;
  readonly text: string;
}

export interface PlacedChunk extends OutputChunk {
  /** How much the process had printed when this was said, in bytes: the next agent goes on reading there. */
  readonly printed: number;
  /** As in `LogPoint`. */
  readonly held?: HeldText | undefined;
}

/** A point in the log, and in what the process prints. */
export interface LogPoint {
  readonly offset: number;
  readonly printed: number;
  /** Of what was printed before: said later, or masked. */
  readonly held?: HeldText | undefined;
}

interface Chunk {
  readonly stream: Stream;
  text: string;
  bytes: number;
  /** Null until it has its place. */
  offset: number | null;
  printed: number;
  held: HeldText | undefined;
  /** Bytes lost here; this chunk is the marker for them. */
  dropped: number;
}

export interface OutputBuffer {
  write(stream: Stream, text: string): void;
  /** So much of what the process printed never came. */
  dropped(bytes: number): void;
  /**
   * The next chunk to send, or null when there is none. `note` is called before a chunk gets its place for good; where it
   * says no, the chunk waits.
   */
  take(note?: (chunk: PlacedChunk) => boolean): OutputChunk | null;
  /** Everything before `offset` is stored at the server. */
  acknowledged(offset: number): void;
  /** A new session: what has not been acknowledged is to be sent again. */
  rewind(): void;
  /** Everything not acknowledged, each chunk with its place for good, whether it has been sent or not. */
  settle(): readonly OutputChunk[];
  /** What has its place and is not acknowledged. */
  placed(): readonly PlacedChunk[];
  /** Where the next chunk that has no place yet begins. */
  readonly next: LogPoint;
  /** Length of the log once everything here has been sent. */
  readonly logBytes: number;
  readonly heldBytes: number;
}

const MAX_BUFFER_BYTES = 1_048_576;
/** Cutting at a third of the bytes keeps any characters under the limit. */
const CUT_CHARS = Math.floor(MAX_OUTPUT_CHUNK_BYTES / 3);
/** What was held back of a value comes before it. */
const MASKED_CUT_CHARS = Math.floor((MAX_OUTPUT_CHUNK_BYTES - MAX_SECRET_BYTES) / 3);

export interface OutputBufferOptions {
  readonly maxBytes?: number;
  /** What an earlier agent has found a place for, and where it goes on behind that. */
  readonly placed?: readonly PlacedChunk[];
  readonly next?: LogPoint;
  /** Values that are masked. */
  readonly secrets?: readonly string[];
}

export function createOutputBuffer({
  maxBytes = MAX_BUFFER_BYTES,
  placed = [],
  next: from = { offset: 0, printed: 0 },
  secrets = [],
}: OutputBufferOptions = {}): OutputBuffer {
  const chunks: Chunk[] = placed.map((chunk) => ({
    ...chunk,
    held: chunk.held,
    bytes: utf8Length(chunk.text),
    dropped: 0,
  }));
  const masker = createMasker(secrets, from.held);
  const cutChars = secrets.length === 0 ? CUT_CHARS : MASKED_CUT_CHARS;
  /** Index of the next chunk to send. */
  let next = 0;
  let held = chunks.reduce((sum, { bytes }) => sum + bytes, 0);
  /** Behind the last chunk that has its place. */
  let placedTo = from;
  /** All that the process has printed. */
  let printed = from.printed;

  /** What is masked or held back counts as printed with the next that is said. */
  function say(stream: Stream, text: string): void {
    if (stream !== 'system') printed += utf8Length(text);
    const shown = masker.add(stream, text);
    if (shown !== '') add(stream, shown);
  }

  function sayHeld(): void {
    for (const [stream, text] of masker.end()) add(stream, text);
  }

  function add(stream: Stream, text: string): void {
    const bytes = utf8Length(text);
    const last = chunks.at(-1);
    held += bytes;
    const fits = last !== undefined && last.bytes + bytes <= MAX_OUTPUT_CHUNK_BYTES;
    if (fits && last.offset === null && last.dropped === 0 && last.stream === stream) {
      last.text += text;
      last.bytes += bytes;
      last.printed = printed;
      last.held = masker.held;
    } else chunks.push({ stream, text, bytes, offset: null, printed, held: masker.held, dropped: 0 });
  }

  /** B2 */
  function dropMiddle(): void {
    while (held > maxBytes) {
      const marker = markerIndex();
      // The newest chunk stays, whatever it costs.
      if (marker + 1 >= chunks.length - 1) return;
      const [lost] = chunks.splice(marker + 1, 1);
      held -= lost!.bytes;
      mark(chunks[marker]!, lost!.dropped > 0 ? lost!.dropped : lost!.bytes, lost!);
    }
  }

  function mark(at: Chunk, bytes: number, there: Pick<Chunk, 'printed' | 'held'>): void {
    held -= at.bytes;
    at.dropped += bytes;
    at.printed = there.printed;
    at.held = there.held;
    at.text = `\n[${at.dropped} bytes of output were dropped here: the worker could not deliver them in time]\n`;
    at.bytes = utf8Length(at.text);
    held += at.bytes;
  }

  /** Where bytes are being dropped: the marker that has no place yet, or a position for a new one. */
  function markerIndex(): number {
    const known = chunks.findIndex((chunk) => chunk.dropped > 0 && chunk.offset === null);
    if (known >= 0) return known;
    let index = chunks.findIndex((chunk) => chunk.offset === null);
    if (index < 0) index = chunks.length;
    for (let kept = 0; index < chunks.length - 2 && kept < maxBytes / 4; index++) kept += chunks[index]!.bytes;
    chunks.splice(index, 0, emptyMarker(chunks[index - 1] ?? placedTo));
    return index;
  }

  /** B1 */
  function place(chunk: Chunk): PlacedChunk {
    const { stream, text, printed: printedThere, held: heldThere } = chunk;
    const offset = chunk.offset ?? placedTo.offset;
    return { stream, offset, text, printed: printedThere, held: heldThere };
  }

  function keepPlace(chunk: Chunk): void {
    if (chunk.offset !== null) return;
    chunk.offset = placedTo.offset;
    placedTo = { offset: placedTo.offset + chunk.bytes, printed: chunk.printed, held: chunk.held };
  }

  return {
    write(stream, raw) {
      const text = raw.toWellFormed();
      for (let at = 0; at < text.length; ) {
        let to = Math.min(text.length, at + cutChars);
        const last = text.charCodeAt(to - 1);
        if (to < text.length && last >= 0xd800 && last <= 0xdbff) to -= 1;
        say(stream, text.slice(at, to));
        at = to;
      }
      dropMiddle();
    },

    dropped(bytes) {
      sayHeld();
      printed += bytes;
      const here = { printed, held: undefined };
      const marker = emptyMarker(here);
      chunks.push(marker);
      mark(marker, bytes, here);
    },

    take(note = () => true) {
      const chunk = chunks[next];
      if (chunk === undefined) return null;
      const taken = place(chunk);
      if (chunk.offset === null && !note(taken)) return null;
      keepPlace(chunk);
      next += 1;
      return outputChunk(taken);
    },

    acknowledged(offset) {
      while (chunks[0] !== undefined && chunks[0].offset !== null && chunks[0].offset + chunks[0].bytes <= offset) {
        held -= chunks.shift()!.bytes;
        next = Math.max(0, next - 1);
      }
    },

    rewind() {
      next = 0;
    },

    settle() {
      sayHeld();
      for (const chunk of chunks) keepPlace(chunk);
      return chunks.map((chunk) => outputChunk(place(chunk)));
    },

    placed: () => chunks.filter(({ offset }) => offset !== null).map(place),

    get next() {
      return placedTo;
    },

    get logBytes() {
      let bytes = placedTo.offset;
      for (const chunk of chunks) if (chunk.offset === null) bytes += chunk.bytes;
      return bytes;
    },

    get heldBytes() {
      return held;
    },
  };
}

function emptyMarker({ printed, held }: Pick<LogPoint, 'printed' | 'held'>): Chunk {
  return { stream: 'system', text: '', bytes: 0, offset: null, printed, held, dropped: 0 };
}

function outputChunk({ stream, offset, text }: PlacedChunk): OutputChunk {
  return { stream, offset, text };
}
