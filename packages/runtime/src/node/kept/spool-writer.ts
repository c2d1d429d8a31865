/**
 * Writes the output files of one attempt and its end.
 *
 * W1 Whoever makes `output.1` has claimed the attempt; a second one is told so and starts nothing.
 * W2 What is added is in a file when `add` returns nothing, and when the promise that it returns otherwise has resolved:
 *    while the disk refuses, it is tried again, and whoever adds is to wait.
 * W3 Files that nobody has read are bounded: of too many the oldest goes, the first one always stays. The positions in
 *    the heads of the others tell how much is missing.
 */
import { closeSync, existsSync, openSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessIdentity } from '../process-table.ts';
import { END_FILE, encodeLine, type KeptEnd, type PartLine, partName } from './spool-format.ts';

export interface SpoolOptions {
  /** A file is closed, and the next one begun, when it is longer than this. */
  readonly partBytes: number;
  /** How many files may be there at once. */
  readonly maxParts: number;
  readonly retryMs: number;
  /** Writes from `at` on, and says how many bytes it has written. */
  write(file: number, bytes: Buffer, at: number): number;
}

const DEFAULTS: SpoolOptions = { partBytes: 4_194_304, maxParts: 16, retryMs: 500, write: writeSync };

export interface SpoolWriter {
  started(process: ProcessIdentity, at: number): void;
  add(stream: 'stdout' | 'stderr', text: string): Promise<void> | undefined;
  /** All that was printed so far. */
  readonly bytes: number;
  /** Resolves when the end is written. Nothing is added after it. */
  end(end: KeptEnd): Promise<void>;
}

/** @throws with the code EEXIST when the attempt has been claimed, and others when there is no room or no folder. */
export function openSpool(folder: string, keeper: ProcessIdentity, options: Partial<SpoolOptions> = {}): SpoolWriter {
  const { partBytes, maxParts, retryMs, write } = { ...DEFAULTS, ...options };
  const parts: number[] = [];
  let file: number;
  let fileBytes = 0;
  let position = 0;
  /** Bytes that the disk has refused. */
  let rest: Buffer = Buffer.alloc(0);
  let emptied: Promise<void> | undefined;

  function begin(part: number): void {
    const opened = openSync(join(folder, partName(part)), 'wx', 0o600);
    try {
      const head = encodeLine({ keeper, at: position });
      writeAll(opened, head);
      fileBytes = head.length;
    } catch (error) {
      closeSync(opened);
      rmSync(join(folder, partName(part)), { force: true });
      throw error;
    }
    if (parts.length > 0) closeSync(file);
    file = opened;
    parts.push(part);
  }

  function append(line: PartLine): Promise<void> | undefined {
    const bytes = encodeLine(line);
    if (rest.length > 0) {
      rest = Buffer.concat([rest, bytes]);
      return emptied;
    }
    if (fileBytes >= partBytes) turn();
    fileBytes += bytes.length;
    rest = writeSome(bytes);
    if (rest.length === 0) return undefined;
    emptied = retry();
    return emptied;
  }

  /** The next file, when it can be made; else this one grows. */
  function turn(): void {
    try {
      begin(parts.at(-1)! + 1);
    } catch {
      return;
    }
    const unread = parts.filter((part) => existsSync(join(folder, partName(part))));
    parts.splice(0, parts.length, ...unread);
    // W3
    if (unread.length > maxParts) rmSync(join(folder, partName(parts.splice(1, 1)[0]!)), { force: true });
  }

  /** W2 */
  async function retry(): Promise<void> {
    while (rest.length > 0) {
      await pause(retryMs);
      rest = writeSome(rest);
    }
  }

  function writeSome(bytes: Buffer): Buffer {
    let at = 0;
    try {
      while (at < bytes.length) at += write(file, bytes, at);
    } catch {
      // What is written stays written: the rest belongs behind it.
    }
    return bytes.subarray(at);
  }

  begin(1);
  return {
    started(process, at) {
      void append({ started: process, at });
    },
    add(stream, text) {
      const waiting = append(stream === 'stdout' ? { out: text } : { err: text });
      position += Buffer.byteLength(text);
      return waiting;
    },
    get bytes() {
      return position;
    },
    async end(end) {
      await emptied;
      closeSync(file);
      const temporary = join(folder, `${END_FILE}.tmp`);
      for (;;) {
        // Nobody waits for an attempt whose folder is gone.
        if (!existsSync(folder)) return;
        try {
          writeFileSync(temporary, JSON.stringify(end), { mode: 0o600 });
          renameSync(temporary, join(folder, END_FILE));
          return;
        } catch {
          await pause(retryMs);
        }
      }
    },
  };
}

function writeAll(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
