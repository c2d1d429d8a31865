/**
 * Reads the output files of one attempt in their order, from a position on, as far as its reader has room. Reads and
 * gives in one go: what is there is in the system's memory, since it has just been written.
 *
 * S1 Every byte is given once, in order; of what was dropped (W3) it is said how much, in its place.
 * S2 A file is removed when the next one has been begun and all of it has been released. The first one stays.
 */
import { closeSync, openSync, readdirSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessIdentity } from '../process-table.ts';
import { type PartLine, parseLine, partName, partsAmong } from './spool-format.ts';

export interface SpoolReaderOptions {
  readonly folder: string;
  /** Position of the first byte that is wanted. */
  readonly from: number;
  hasRoom(): boolean;
  onStarted(process: ProcessIdentity, at: number): void;
  onOutput(stream: 'stdout' | 'stderr', text: string): void;
  onDropped(bytes: number): void;
}

export interface SpoolReader {
  /** Gives what is there. @throws when a file cannot be read, or is damaged. */
  read(): void;
  /** Position behind what has been given. */
  readonly position: number;
  /** Who writes the files; null before there is one. */
  readonly keeper: ProcessIdentity | null;
  /** What is before this position is not needed any more. */
  release(position: number): void;
  close(): void;
}

/** One for all: it is read into and emptied within one call. */
const buffer = Buffer.allocUnsafe(65_536);
const LINE_BREAK = 0x0a;

interface OpenPart {
  readonly part: number;
  readonly file: number;
}

export function createSpoolReader(options: SpoolReaderOptions): SpoolReader {
  const { folder } = options;
  /** Read and passed: the number of each and the position behind it. */
  const passed: { readonly part: number; readonly end: number }[] = [];
  let open: OpenPart | null = null;
  let rest: Buffer = Buffer.alloc(0);
  let keeper: ProcessIdentity | null = null;
  /** Position of the next byte in the files, and of the next that is wanted. */
  let at = 0;
  let wanted = options.from;

  /** Bytes read; 0 at the end of what is there. */
  function readMore(): number {
    if (open === null && !openNext(0)) return 0;
    const bytes = readSync(open!.file, buffer);
    if (bytes === 0) return 0;
    const lines = Buffer.concat([rest, buffer.subarray(0, bytes)]);
    let from = 0;
    for (let to = lines.indexOf(LINE_BREAK); to >= 0; to = lines.indexOf(LINE_BREAK, from)) {
      take(parseLine(lines.toString('utf8', from, to)));
      from = to + 1;
    }
    rest = Buffer.from(lines.subarray(from));
    return bytes;
  }

  function openNext(after: number): boolean {
    // The keeper may drop a file (W3) between our finding and our opening it. It does not drop the newest.
    for (;;) {
      const parts = partsAmong(readdirSync(folder)).filter((part) => part > after);
      // The first one says when the process started; of the others, those before what is wanted are passed over.
      const next = after === 0 ? parts[0] : (parts.findLast((part) => headOf(part) <= wanted) ?? parts[0]);
      if (next === undefined) return false;
      const file = openPart(next);
      if (file === null) continue;
      if (open !== null) {
        closeSync(open.file);
        if (open.part > 1) passed.push({ part: open.part, end: at });
      }
      for (const part of parts) if (part > 1 && part < next) passed.push({ part, end: wanted });
      open = { part: next, file };
      rest = Buffer.alloc(0);
      return true;
    }
  }

  function take(line: PartLine): void {
    if ('keeper' in line) {
      keeper = line.keeper;
      const dropped = line.at - Math.max(at, wanted);
      at = line.at;
      if (dropped <= 0) return;
      wanted = line.at;
      options.onDropped(dropped);
    } else if ('started' in line) options.onStarted(line.started, line.at);
    else if ('out' in line) give('stdout', line.out);
    else give('stderr', line.err);
  }

  /** S1: an agent before this one may have taken the first part of a piece. */
  function give(stream: 'stdout' | 'stderr', text: string): void {
    const bytes = Buffer.byteLength(text);
    const known = wanted - at;
    at += bytes;
    if (known >= bytes) return;
    wanted = at;
    options.onOutput(stream, known <= 0 ? text : Buffer.from(text).subarray(known).toString());
  }

  return {
    read() {
      while (options.hasRoom()) {
        if (readMore() > 0) continue;
        // The keeper makes the next file after the last line of this one: what came in between is read first.
        if (open === null || !hasNext(open.part)) return;
        if (readMore() === 0 && !openNext(open.part)) return;
      }
    },
    get position() {
      return wanted;
    },
    get keeper() {
      return keeper;
    },
    release(position) {
      while (passed[0] !== undefined && passed[0].end <= position) {
        rmSync(join(folder, partName(passed.shift()!.part)), { force: true });
      }
    },
    close() {
      if (open !== null) closeSync(open.file);
      open = null;
    },
  };

  /** Position of the first byte in a file; of one that is gone, or has only just been made, the end of all. */
  function headOf(part: number): number {
    const file = openPart(part);
    if (file === null) return Number.POSITIVE_INFINITY;
    try {
      const text = buffer.toString('utf8', 0, readSync(file, buffer));
      const end = text.indexOf('\n');
      const head = end < 0 ? null : parseLine(text.slice(0, end));
      return head !== null && 'keeper' in head ? head.at : Number.POSITIVE_INFINITY;
    } finally {
      closeSync(file);
    }
  }

  function openPart(part: number): number | null {
    try {
      return openSync(join(folder, partName(part)), 'r');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
      throw error;
    }
  }

  function hasNext(part: number): boolean {
    return partsAmong(readdirSync(folder)).some((other) => other > part);
  }
}
