/**
 * Collects concurrent units of writes and commits them in one transaction at a time.
 *
 * I1  One connection writes, and one group at a time is on it. Nothing else begins or ends a transaction there.
 * I2  A unit resolves only after the COMMIT of its group has returned: a resolved write is durable.
 * I3  A unit is all or nothing and fails alone: each has its savepoint, and its failure is undone before the next unit.
 * I4  When the transaction itself is lost (COMMIT fails, the disk is full), every unit of the group that has not failed
 *     by itself is undone: all are run again if the file was only busy, else all are rejected.
 * I5  Units are begun in the order in which they were given; a group ends at its bound, the rest goes to the next.
 * I6  BEGIN and COMMIT go through `exec`: a prepared BEGIN that met BUSY makes every later COMMIT of the connection fail.
 */
import type { Clock } from '@vaquita/core';
import type { SqlStatement, WriteResult } from '../ports/driver.ts';
import type { Connection } from './connection.ts';
import { isBusy, mapSqlError } from './errors.ts';
import {
  changedOtherwise,
  createWriteQueue,
  type Outcome,
  settle,
  type Waiting,
  type WriteQueue,
} from './write-queue.ts';

export interface GroupCommitOptions {
  readonly connection: Connection;
  readonly path: string;
  readonly clock: Pick<Clock, 'setTimeout'>;
  /** A group takes no further unit once it has this many statements: bounds how long the thread is held. */
  readonly maxGroupStatements: number;
  /** How long a group waits for another process to let go of the file before it fails with `database_busy`. */
  readonly busyLimitMs: number;
}

/** Waits between attempts on a busy file; the last one repeats. */
const BUSY_WAITS_MS = [1, 2, 5, 10, 20, 50] as const;

export function createGroupCommit(options: GroupCommitOptions): WriteQueue {
  const { connection, path, clock, maxGroupStatements, busyLimitMs } = options;

  async function commitWithPatience(group: readonly Waiting[]): Promise<void> {
    let waited = 0;
    for (let attempt = 0; ; attempt++) {
      try {
        for (const outcome of commitGroup(group)) settle(outcome);
        return;
      } catch (thrown) {
        const wait = BUSY_WAITS_MS[Math.min(attempt, BUSY_WAITS_MS.length - 1)]!;
        if (!isBusy(thrown) || waited + wait > busyLimitMs) {
          const error = mapSqlError(thrown, path);
          for (const { reject } of group) reject(error);
          return;
        }
        waited += wait;
        await new Promise<void>((resolve) => clock.setTimeout(resolve, wait));
      }
    }
  }

  /** Throws when the transaction as a whole failed; then nothing of the group is in the database (I4). */
  function commitGroup(group: readonly Waiting[]): readonly Outcome[] {
    // Left behind only when the ROLLBACK of the group before failed too.
    if (connection.inTransaction) connection.exec('ROLLBACK');
    connection.exec('BEGIN IMMEDIATE');
    try {
      const outcomes = group.map(runUnit);
      connection.exec('COMMIT');
      return outcomes;
    } catch (thrown) {
      if (connection.inTransaction) connection.exec('ROLLBACK');
      throw thrown;
    }
  }

  function runUnit(waiting: Waiting): Outcome {
    connection.exec('SAVEPOINT unit');
    try {
      const results = waiting.unit.map((statement, position) => runStatement(statement, position));
      connection.exec('RELEASE unit');
      return { waiting, results };
    } catch (thrown) {
      // Some failures (disk full, I/O) end the transaction by themselves: then the group is lost, not the unit (I4).
      if (!connection.inTransaction || isBusy(thrown)) throw thrown;
      connection.exec('ROLLBACK TO unit; RELEASE unit');
      return { waiting, error: mapSqlError(thrown, path) };
    }
  }

  function runStatement(statement: SqlStatement, position: number): WriteResult {
    const result = connection.run(statement);
    const { expectChanges } = statement;
    if (expectChanges !== undefined && result.changes !== expectChanges) {
      throw changedOtherwise(position, result.changes, expectChanges);
    }
    return result;
  }

  return createWriteQueue({
    name: path,
    maxGroupWeight: maxGroupStatements,
    weigh: (unit) => unit.length,
    // One turn of the loop lets everything that is ready now join the group.
    pause: nextTurn,
    commit: commitWithPatience,
  });
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
