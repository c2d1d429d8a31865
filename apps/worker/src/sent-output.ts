/**
 * What has been sent of an attempt's output, on disk, as long as the attempt runs: the next agent must say the same bytes
 * at the same offsets, and go on where this one had come to.
 *
 * N1 A chunk is noted before it is sent for the first time.
 * N2 After a note that failed, nothing is added to the file before it has been written anew: nobody knows where it ends.
 */
import { utf8Length } from '@vaquita/protocol';
import type { AgentLog, GrowingFile } from './host.ts';
import type { LogPoint, OutputBuffer, PlacedChunk } from './output-buffer.ts';

export interface SentOutput {
  /** False when it could not be noted: it must not be sent now. */
  note(chunk: PlacedChunk): boolean;
  /** The server has more of it: the file need not hold that. */
  acknowledged(): void;
  close(): void;
}

export interface SentOutputOptions {
  readonly file: GrowingFile;
  readonly buffer: Pick<OutputBuffer, 'placed' | 'next'>;
  readonly log: AgentLog;
  readonly name: string;
  /** There is a file of an agent before this one: its last line may not be whole (N2). */
  readonly goesOn: boolean;
}

/** The file is written anew when it is longer than this and half of it is not needed any more. */
const COMPACT_CHARS = 2_097_152;

const STREAMS = ['stdout', 'stderr', 'system'] as const;

export function createSentOutput({ file, buffer, log, name, goesOn }: SentOutputOptions): SentOutput {
  let chars = 0;
  let doubtful = goesOn;
  let refused = false;

  function rewrite(extra: readonly PlacedChunk[]): void {
    const chunks = [...buffer.placed(), ...extra];
    const text = `${JSON.stringify({ next: buffer.next })}\n${chunks.map(lineOf).join('')}`;
    file.replace(text);
    chars = text.length;
    doubtful = false;
  }

  return {
    note(chunk) {
      try {
        if (doubtful) rewrite([chunk]);
        else {
          const line = lineOf(chunk);
          file.append(line);
          chars += line.length;
        }
        refused = false;
        return true;
      } catch (error) {
        if (!refused) log.error('The log of a task waits: the work folder takes nothing.', { dispatchId: name, error });
        refused = true;
        doubtful = true;
        return false;
      }
    },
    acknowledged() {
      if (chars < COMPACT_CHARS || doubtful) return;
      const needed = buffer.placed().reduce((sum, { text }) => sum + text.length, 0);
      if (needed > chars / 2) return;
      try {
        rewrite([]);
      } catch {
        doubtful = true;
      }
    },
    close: () => file.close(),
  };
}

/** @throws when the file is damaged. A last line that is not whole was never sent (N1). */
export function readSent(text: string | null): { readonly placed: readonly PlacedChunk[]; readonly next: LogPoint } {
  const lines = (text ?? '').split('\n').slice(0, -1);
  let placed: PlacedChunk[] = [];
  let next: LogPoint = { offset: 0, printed: 0 };
  for (const line of lines) {
    const { next: point, ...chunk } = JSON.parse(line) as Readonly<Record<string, unknown>>;
    if (isPoint(point)) {
      placed = [];
      next = point;
    } else if (isChunk(chunk)) {
      placed.push(chunk);
      const end = chunk.offset + utf8Length(chunk.text);
      if (end > next.offset) next = { offset: end, printed: chunk.printed, held: chunk.held };
    } else throw new Error(`"${line.slice(0, 80)}" does not say what was sent`);
  }
  return { placed, next };
}

function lineOf({ stream, offset, printed, text, held }: PlacedChunk): string {
  return `${JSON.stringify({ stream, offset, printed, text, held })}\n`;
}

function isPoint(value: unknown): value is LogPoint {
  return typeof value === 'object' && value !== null && hasNumbers(value);
}

function isChunk(value: Readonly<Record<string, unknown>>): value is Readonly<Record<string, unknown>> & PlacedChunk {
  const { stream, text } = value;
  return (STREAMS as readonly unknown[]).includes(stream) && typeof text === 'string' && hasNumbers(value);
}

function hasNumbers(value: object): boolean {
  return 'offset' in value && 'printed' in value && [value.offset, value.printed].every(Number.isSafeInteger);
}
