/**
 * Named texts that outlive the process, in one file that changes are added to: a result waits here until the server has
 * it. Knows nothing of what the texts say.
 *
 * J1 A `put` resolves after its line is in the file: the end of the process, however sudden, does not take it.
 * J2 What is put or removed within one turn of the event loop is written with one call.
 * J3 The file is synced behind that, `syncDelayMs` after the first line that is not: a machine that loses its power
 *    loses at most what was written in that time, as it loses the attempts that it was running.
 * J4 After a write or a sync has failed, nothing is added before the file has been written anew from memory: neither
 *    where the file ends nor what of it will reach the disk is known then.
 * J5 The file gives way only to a whole and synced one.
 * J6 What cannot be read is never passed over in silence: a torn last line was promised to nobody and is dropped with a
 *    warning, any other is kept in a file beside.
 */
import { encodeEntry, type JournalEntry, parseJournal } from './worker-journal-lines.ts';

/** What of the file survives which failure; the rest is built on that. */
export interface JournalDisk {
  /** All that is in the file; null when there is none. */
  read(): Promise<Buffer | null>;
  /** Adds to the end, before it returns. It survives the process; part of it may be there when this fails. */
  append(text: string): void;
  /** What was appended survives the machine. After a failure nothing is known of it, not even after a later success. */
  sync(): Promise<void>;
  /** The content anew: when this resolves it survives the machine, and when it fails the old or the new is there, whole. */
  replace(text: string): Promise<void>;
  /** Adds to a file beside the journal that is never read again but by a person; survives the machine. */
  setAside(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

export interface Journal {
  /** Resolves when the text survives the process; rejects when it could not be written. Takes the place of one before. */
  put(name: string, text: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** What was there when the journal was opened, and what has been put since, less what was removed. */
  readAll(): Promise<ReadonlyMap<string, string>>;
  /** Takes a text that its reader cannot use out of the journal, into the file beside. */
  setAside(name: string): Promise<void>;
  /** Resolves when all that was asked for has been tried. After that nothing is written, and a `put` never resolves. */
  close(): Promise<void>;
}

export interface JournalLog {
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

export interface JournalOptions {
  readonly log: JournalLog;
  /** The file is written anew when what it holds in vain is more than this and more than what it holds for good. */
  readonly compactBytes?: number;
  /** How long a line may wait to be synced. */
  readonly syncDelayMs?: number;
}

/** A change as it stands in the file. */
interface Line {
  readonly entry: JournalEntry;
  readonly text: string;
  readonly bytes: number;
}

interface Change extends Line {
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

const COMPACT_BYTES = 1_048_576;
const SYNC_DELAY_MS = 500;

/** Rejects when the file cannot be read or written. */
export async function openJournal(
  disk: JournalDisk,
  { log, compactBytes = COMPACT_BYTES, syncDelayMs = SYNC_DELAY_MS }: JournalOptions,
): Promise<Journal> {
  const live = new Map<string, Line>();
  let liveBytes = 0;
  let fileBytes = 0;
  /** J4 */
  let doubtful = false;
  const queue: Change[] = [];
  let writing: Promise<void> | null = null;
  let closed = false;
  let syncTimer: ReturnType<typeof setTimeout> | null = null;
  let syncing: Promise<void> = Promise.resolve();

  function ask(entry: JournalEntry): Promise<void> {
    if (closed) return new Promise(() => {});
    return new Promise((done, failed) => {
      queue.push({ ...toLine(entry), done, failed });
      writing ??= write();
    });
  }

  /** J2. Never rejects. */
  async function write(): Promise<void> {
    // What ends in the same moment belongs together, and goes out in the same frame.
    await Promise.resolve();
    while (queue.length > 0) {
      const batch = queue.splice(0);
      try {
        await commit(batch);
        for (const { done } of batch) done();
      } catch (error) {
        doubtful = true;
        // What is to go does not come back for that: it is left out when the file is written anew.
        for (const line of batch) if ('remove' in line.entry) apply(line);
        for (const { failed } of batch) failed(error);
      }
    }
    writing = null;
  }

  async function commit(lines: readonly Line[]): Promise<void> {
    if (doubtful) return rewrite(lines);
    disk.append(lines.map(({ text }) => text).join(''));
    planSync();
    for (const line of lines) {
      fileBytes += line.bytes;
      apply(line);
    }
    if (fileBytes - liveBytes > Math.max(compactBytes, liveBytes)) await rewrite([]).catch(compactionFailed);
  }

  /** J3 */
  function planSync(): void {
    syncTimer ??= setTimeout(() => void sync(), syncDelayMs).unref();
  }

  /** J4: after a failed sync nothing is known of what was written before it. Never rejects. */
  function sync(): Promise<void> {
    if (syncTimer !== null) clearTimeout(syncTimer);
    syncTimer = null;
    syncing = syncing
      .then(() => disk.sync())
      .catch((error) => {
        doubtful = true;
        log.warn('The journal of results could not be synced; it is written anew with the next result.', { error });
      });
    return syncing;
  }

  /** The changes are safe where they are; only adding to the file has to wait for the next attempt (J4). */
  function compactionFailed(error: unknown): void {
    doubtful = true;
    log.warn('The journal of results could not be compacted; trying again with the next result.', { error });
  }

  /** J5 */
  async function rewrite(lines: readonly Line[]): Promise<void> {
    const next = new Map(live);
    for (const line of lines) change(next, line);
    await disk.replace([...next.values()].map(({ text }) => text).join(''));
    for (const line of lines) apply(line);
    fileBytes = liveBytes;
    doubtful = false;
  }

  function apply(line: Line): void {
    liveBytes -= live.get(nameOf(line))?.bytes ?? 0;
    change(live, line);
    liveBytes += live.get(nameOf(line))?.bytes ?? 0;
  }

  const found = parseJournal((await disk.read()) ?? Buffer.alloc(0));
  if (found.torn)
    log.warn('The last line of the journal of results is not whole; nobody was told of it; it was dropped.');
  if (found.damaged.length > 0) {
    await disk.setAside(Buffer.concat(found.damaged));
    log.error('Lines of the journal of results cannot be read; they were put aside.', { lines: found.damaged.length });
  }
  await rewrite([...found.live].map(([put, text]) => toLine({ put, text })));

  return {
    put: (name, text) => ask({ put: name, text }),
    remove: (name) => ask({ remove: name }),
    async readAll() {
      return new Map([...live.values()].flatMap(({ entry }) => ('put' in entry ? [[entry.put, entry.text]] : [])));
    },
    async setAside(name) {
      const kept = live.get(name);
      if (kept === undefined) return;
      await disk.setAside(Buffer.from(kept.text));
      await ask({ remove: name });
    },
    async close() {
      closed = true;
      while (writing !== null) await writing;
      await sync();
      await disk.close();
    },
  };
}

function toLine(entry: JournalEntry): Line {
  const text = encodeEntry(entry);
  return { entry, text, bytes: Buffer.byteLength(text) };
}

function nameOf({ entry }: Line): string {
  return 'put' in entry ? entry.put : entry.remove;
}

function change(lines: Map<string, Line>, line: Line): void {
  const name = nameOf(line);
  // Removed first, so that it moves to the end: the order is that of the last put.
  lines.delete(name);
  if ('put' in line.entry) lines.set(name, line);
}
