/**
 * Files of tasks in a database that several servers share. The content comes in as an *upload*: pieces by number, which nobody
 * sees before the row of the file names it.
 *
 * K1 The row of a file names an upload that is whole and checked, and changes in one step.
 * K2 An upload that no file names any more is left for a while, for who is reading it, and then cleared away. So is one that
 *    has broken off.
 */
import { AppError, type WorkflowInstanceId } from '@vaquita/core';
import type { SqlDriver, SqlRow, SqlStatement } from '../ports/driver.ts';
import type { FileFacts, FileKey, FileStore } from '../ports/files.ts';
import { ownersIn } from './content-tables.ts';

/** SHA-256 of what comes piece by piece. */
export interface Hasher {
  update(bytes: Uint8Array): void;
  /** Lower-case hex. */
  digest(): string;
}

export interface SqlFileStore extends FileStore {
  /** Clears away what has been left for so long; default: an hour. @returns how many uploads. */
  purge(leftForS?: number): Promise<number>;
}

export interface SqlFileStoreOptions {
  readonly newHasher: () => Hasher;
}

const PIECE_BYTES = 262_144;
const LEFT_FOR_S = 3_600;
/** Of one unit: a long one would hold up the writes of everybody else. */
const PIECES_AT_ONCE = 40;

const AT = 'workflow_instance_id = ?1 and task_instance_id = ?2 and output = ?3';
const LEAVE = "update content_uploads set state = 'left', touched_at = unixepoch() where id in";
const KEEP = `insert into content_files
    (workflow_instance_id, task_instance_id, output, file_name, folder, size, sha256, upload_id)
  values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
  on conflict do update set file_name = excluded.file_name, folder = excluded.folder, size = excluded.size,
    sha256 = excluded.sha256, upload_id = excluded.upload_id`;

export function createSqlFileStore(driver: SqlDriver, { newHasher }: SqlFileStoreOptions): SqlFileStore {
  async function find(key: FileKey): Promise<SqlRow | undefined> {
    const [row] = await driver.query({ sql: `select * from content_files where ${AT}`, args: argsOf(key) });
    return row;
  }

  /** @returns the upload. @throws AppError `bad_request` when the content is not what the facts say. */
  async function receive(id: string, facts: FileFacts, content: ReadableStream<Uint8Array>): Promise<void> {
    const hasher = newHasher();
    let size = 0;
    let n = 0;
    const begin = "insert into content_uploads (id, touched_at, state) values (?, unixepoch(), 'open')";
    await driver.write([{ sql: begin, args: [id] }]);
    for await (const piece of inPieces(content, PIECE_BYTES)) {
      size += piece.length;
      if (size > facts.size) throw unlikeAnnounced(`more than the ${facts.size} bytes that were announced`);
      hasher.update(piece);
      await driver.write([
        // Whatever takes so long that it was cleared away must not go on.
        {
          sql: "update content_uploads set touched_at = unixepoch() where id = ? and state = 'open'",
          args: [id],
          expectChanges: 1,
        },
        { sql: 'insert into content_chunks (upload_id, n, bytes) values (?, ?, ?)', args: [id, n, piece] },
      ]);
      n += 1;
    }
    if (size < facts.size) throw unlikeAnnounced(`${size} bytes instead of the ${facts.size} that were announced`);
    if (hasher.digest() !== facts.sha256) throw unlikeAnnounced('another SHA-256 sum than was announced');
  }

  /** K1 */
  function publish(
    key: FileKey,
    { fileName, folder, size, sha256 }: FileFacts,
    upload: string,
  ): readonly SqlStatement[] {
    return [
      { sql: `${LEAVE} (select upload_id from content_files where ${AT})`, args: argsOf(key) },
      {
        sql: "update content_uploads set state = 'kept' where id = ? and state = 'open'",
        args: [upload],
        expectChanges: 1,
      },
      { sql: KEEP, args: [...argsOf(key), fileName, folder ? 1 : 0, size, sha256, upload] },
    ];
  }

  return {
    async put(key, facts, content) {
      const upload = crypto.randomUUID();
      try {
        await receive(upload, facts, content);
        await driver.write(publish(key, facts, upload));
      } catch (error) {
        await content.cancel().catch(() => undefined);
        await driver.write([{ sql: `${LEAVE} (?)`, args: [upload] }]).catch(() => undefined);
        throw error;
      }
    },

    async find(key) {
      const row = await find(key);
      return row && toFacts(row);
    },

    async read(key) {
      const row = await find(key);
      return row && { facts: toFacts(row), content: contentOf(driver, String(row.upload_id), Number(row.size)) };
    },

    async removeRuns(ids) {
      for (const id of ids) {
        await driver.write([
          { sql: `${LEAVE} (select upload_id from content_files where workflow_instance_id = ?)`, args: [id] },
          { sql: 'delete from content_files where workflow_instance_id = ?', args: [id] },
        ]);
      }
    },

    owners: () => ownersIn<WorkflowInstanceId>(driver, 'content_files', 'workflow_instance_id'),

    async purge(leftForS = LEFT_FOR_S) {
      const due = "select id from content_uploads where state in ('left', 'open') and touched_at <= unixepoch() - ?";
      const uploads = await driver.query({ sql: due, args: [leftForS] });
      for (const { id } of uploads) await clear(driver, String(id));
      return uploads.length;
    },
  };
}

/** K2. Who still writes to it finds that it is not open any more. */
async function clear(driver: SqlDriver, id: string): Promise<void> {
  await driver.write([{ sql: `${LEAVE} (?)`, args: [id] }]);
  const some = `delete from content_chunks where upload_id = ?1
    and n in (select n from content_chunks where upload_id = ?1 order by n desc limit ${PIECES_AT_ONCE})`;
  for (let more = true; more; ) {
    const [done] = await driver.write([{ sql: some, args: [id] }]);
    more = done!.changes === PIECES_AT_ONCE;
  }
  await driver.write([{ sql: 'delete from content_uploads where id = ?', args: [id] }]);
}

function contentOf(driver: SqlDriver, upload: string, size: number): ReadableStream<Uint8Array> {
  let n = 0;
  let given = 0;
  return new ReadableStream({
    async pull(controller) {
      if (given >= size) return controller.close();
      const sql = 'select bytes from content_chunks where upload_id = ? and n = ?';
      const [row] = await driver.query({ sql, args: [upload, n] });
      if (row === undefined) throw new AppError('gone', 'The file was replaced or removed while it was being read.');
      const bytes = row.bytes as Uint8Array;
      n += 1;
      given += bytes.length;
      controller.enqueue(bytes);
    },
  });
}

/** The same bytes in pieces of one size, but for the last. */
async function* inPieces(content: ReadableStream<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  let piece = new Uint8Array(size);
  let filled = 0;
  for await (const chunk of content) {
    for (let at = 0; at < chunk.length; ) {
      const part = chunk.subarray(at, at + size - filled);
      piece.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < size) continue;
      yield piece;
      piece = new Uint8Array(size);
      filled = 0;
    }
  }
  if (filled > 0) yield piece.slice(0, filled);
}

function argsOf({ workflowInstanceId, taskInstanceId, output }: FileKey): readonly string[] {
  return [workflowInstanceId, taskInstanceId, output];
}

function toFacts(row: SqlRow): FileFacts {
  return {
    fileName: String(row.file_name),
    folder: row.folder === 1,
    size: Number(row.size),
    sha256: String(row.sha256),
  };
}

function unlikeAnnounced(what: string): AppError {
  return new AppError('bad_request', `The content has ${what}. It was changed or damaged on its way; send it again.`);
}
