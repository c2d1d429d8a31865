/**
 * Task logs in a database that several servers share: pieces of some size, by the offset at which they begin.
 *
 * G1 The place of a byte is its offset in the worker's output, always: repeated chunks are skipped and lost bytes leave a
 *    marker of their own length.
 * G2 Appends to one log happen one after the other, here in order, and among servers because each says how long the log is that
 *    it adds to: who is wrong about that adds nothing, looks, and tries again.
 * G3 What `append` has returned is in the database. A log takes no more than `maxBytes`; what comes beyond is dropped, and its
 *    last line says so.
 */
import { createOneAtATime, type ErrorCode, type TaskInstanceId, toAppError } from '@vaquita/core';
import type { LogStore } from '../ports/api.ts';
import type { SqlDriver, SqlStatement } from '../ports/driver.ts';
import { ownersIn } from './content-tables.ts';
import { lostMarker, wholeCharacters } from './log-bytes.ts';
import { createWatchers } from './watchers.ts';

export interface SqlLogStore extends LogStore {
  /** Hint: logs may have grown by what another server has written. */
  wake(): void;
}

export interface SqlLogStoreOptions {
  /** Of one log. */
  readonly maxBytes: number;
}

/** The last piece of a log. */
interface Tail {
  readonly start: number;
  readonly length: number;
}

/** Pieces grow up to this: few rows for long logs, and little to write anew for a line. */
const PIECE_BYTES = 32_768;
/** Logs whose tail is remembered; of others it is read. */
const MAX_TAILS = 2_000;
/**
 * Another server may write the same log for a moment, until it learns that it leads no longer. And what is given up is lost
 * to the log: a database that is away is waited for, each time for as long as its driver is patient.
 */
const TRIES: Partial<Record<ErrorCode, number>> = { conflict: 4, unavailable: 6, database_busy: 6, outcome_unknown: 6 };

const END = '(select start + length(bytes) from log_chunks where task_instance_id = ?1 order by start desc limit 1)';
const READ_TAIL = `select start, length(bytes) as length from log_chunks where task_instance_id = ?1 order by start desc limit 1`;
// Two blobs put together are a text to SQLite, with the same bytes.
const GROW =
  'update log_chunks set bytes = cast(bytes || ?3 as blob) where task_instance_id = ?1 and start = ?2 and length(bytes) = ?4';
const ADD = `insert into log_chunks (task_instance_id, start, bytes) select ?1, ?2, ?3 where coalesce(${END}, 0) = ?2`;
const READ = `select start, bytes, ${END} as size from log_chunks where task_instance_id = ?1 and start < ?3
  and start >= coalesce((select max(start) from log_chunks where task_instance_id = ?1 and start <= ?2), 0) order by start`;

export function createSqlLogStore(driver: SqlDriver, { maxBytes }: SqlLogStoreOptions): SqlLogStore {
  const tails = new Map<TaskInstanceId, Tail>();
  /** G2 */
  const oneLog = createOneAtATime<TaskInstanceId>();
  const watchers = createWatchers();

  async function tailOf(id: TaskInstanceId): Promise<Tail> {
    const known = tails.get(id);
    if (known) return known;
    const [row] = await driver.query({ sql: READ_TAIL, args: [id] });
    return row === undefined ? { start: 0, length: 0 } : { start: Number(row.start), length: Number(row.length) };
  }

  function remember(id: TaskInstanceId, tail: Tail): void {
    tails.delete(id);
    tails.set(id, tail);
    const [oldest] = tails.keys();
    if (tails.size > MAX_TAILS) tails.delete(oldest!);
  }

  async function append(id: TaskInstanceId, offset: number, chunk: Uint8Array): Promise<number> {
    for (let tries = 1; ; tries++) {
      try {
        return await tryToAppend(id, offset, chunk);
      } catch (error) {
        tails.delete(id);
        if (tries >= (TRIES[toAppError(error).code] ?? 1)) throw error;
      }
    }
  }

  async function tryToAppend(id: TaskInstanceId, offset: number, chunk: Uint8Array): Promise<number> {
    const tail = await tailOf(id);
    const size = tail.start + tail.length;
    if (size >= maxBytes) return Math.max(size, offset + chunk.length);
    const fresh = cut(withoutKnown(size, offset, chunk), maxBytes - size, maxBytes);
    const { unit, after } = piecesOf(id, tail, fresh);
    if (unit.length > 0) await driver.write(unit);
    remember(id, after);
    if (unit.length > 0) watchers.grown(id);
    return Math.max(after.start + after.length, offset + chunk.length);
  }

  return {
    append: (id, offset, chunk) => oneLog.about(id, () => append(id, offset, chunk)),

    async read(id, offset, limit) {
      const rows = await driver.query({ sql: READ, args: [id, offset, offset + Math.max(1, limit)] });
      const size = Number(rows[0]?.size ?? 0);
      const bytes = new Uint8Array(Math.max(0, Math.min(limit, size - offset)));
      for (const row of rows) {
        const piece = row.bytes as Uint8Array;
        const at = Number(row.start) - offset;
        const from = Math.max(0, -at);
        const part = piece.subarray(from, Math.max(from, bytes.length - at));
        if (part.length > 0) bytes.set(part, at + from);
      }
      return { bytes: offset + bytes.length < size ? wholeCharacters(bytes) : bytes, size };
    },

    async size(id) {
      const [row] = await driver.query({ sql: READ_TAIL, args: [id] });
      return row === undefined ? 0 : Number(row.start) + Number(row.length);
    },

    async delete(ids) {
      for (const id of ids) {
        await oneLog.about(id, async () => {
          tails.delete(id);
          await driver.write([{ sql: 'delete from log_chunks where task_instance_id = ?', args: [id] }]);
        });
      }
    },

    owners: () => ownersIn<TaskInstanceId>(driver, 'log_chunks', 'task_instance_id'),

    watch: watchers.watch,
    wake: watchers.wake,
  };
}

/** G1 */
function withoutKnown(size: number, offset: number, chunk: Uint8Array): Uint8Array {
  if (offset <= size) return chunk.subarray(Math.min(chunk.length, size - offset));
  const fresh = new Uint8Array(offset - size + chunk.length);
  fresh.set(lostMarker(offset - size));
  fresh.set(chunk, offset - size);
  return fresh;
}

/** G3 */
function cut(fresh: Uint8Array, room: number, maxBytes: number): Uint8Array {
  if (fresh.length <= room) return fresh;
  const line = new TextEncoder().encode(
    `\n[the log ends here: it has reached the ${maxBytes} bytes that are kept of one]\n`,
  );
  const kept = fresh.slice(0, room);
  kept.set(line.subarray(0, kept.length), Math.max(0, kept.length - line.length));
  return kept;
}

/** The statements that add what is fresh behind the tail: each changes nothing if the log does not end where it begins (G2). */
function piecesOf(id: TaskInstanceId, tail: Tail, fresh: Uint8Array): { unit: SqlStatement[]; after: Tail } {
  const unit: SqlStatement[] = [];
  let after = tail;
  let at = 0;
  while (at < fresh.length) {
    const grows = after.length > 0 && after.length < PIECE_BYTES;
    const bytes = fresh.slice(at, at + PIECE_BYTES - (grows ? after.length : 0));
    if (grows) {
      unit.push({ sql: GROW, args: [id, after.start, bytes, after.length], expectChanges: 1 });
      after = { start: after.start, length: after.length + bytes.length };
    } else {
      after = { start: after.start + after.length, length: bytes.length };
      unit.push({ sql: ADD, args: [id, after.start, bytes], expectChanges: 1 });
    }
    at += bytes.length;
  }
  return { unit, after };
}
