/**
 * The turns of one writer, by which the fate of a group is found out whose answer was lost.
 *
 * T1  Each group carries a turn, greater than any before of this writer, and is written only if the row of the writer has
 *     not come to that turn yet: a request that was on its way for long, or is delivered twice, writes nothing then.
 * T2  To ask for the fate of a group is a turn of its own: afterwards the group has been written or never will be.
 */
import type { SqlRow, SqlStatement } from '../../ports/driver.ts';

/** The driver's own table, beside the schema: other drivers have no use for it. */
const CREATE = `create table if not exists driver_writers (
  id text primary key not null, turn integer not null, written integer not null, at integer not null)`;
/** A day after its last group nothing of a writer can be on its way. */
const FORGET = `delete from driver_writers where at < unixepoch() - 86400`;
/** T1: the null is refused, and with it the transaction. */
const TAKE = `insert into driver_writers (id, turn, written, at) values (?1, ?2, ?3, unixepoch())
  on conflict (id) do update set turn = iif(excluded.turn > turn, excluded.turn, null),
    written = max(written, excluded.written), at = excluded.at
  returning written`;

export interface WriterTurns {
  /** What must be there before the first turn. */
  readonly prepare: readonly SqlStatement[];
  next(): number;
  /** The first statement of the group of this turn. */
  write(turn: number): SqlStatement;
  /** The statement that makes every turn before this one a matter of the past. */
  settle(turn: number): SqlStatement;
  /** Whether the group of `turn` was written, by the row that a later `settle` gave. */
  wasWritten(turn: number, row: SqlRow | undefined): boolean;
}

/** @param writerId Never used before. */
export function createWriterTurns(writerId: string): WriterTurns {
  let last = 0;
  return {
    prepare: [
      { sql: CREATE, args: [] },
      { sql: FORGET, args: [] },
    ],
    next: () => (last += 1),
    write: (turn) => ({ sql: TAKE, args: [writerId, turn, turn] }),
    settle: (turn) => ({ sql: TAKE, args: [writerId, turn, 0] }),
    wasWritten: (turn, row) => Number(row?.written) === turn,
  };
}
