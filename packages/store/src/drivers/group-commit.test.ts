import { createManualClock } from '@vaquita/core/testing';
import { describe, expect, test } from 'vitest';
import type { SqlStatement, WriteResult } from '../ports/driver.ts';
import type { Connection } from './connection.ts';
import { createGroupCommit } from './group-commit.ts';

const busy = () => Object.assign(new Error('database is locked'), { code: 'SQLITE_BUSY' });
const full = () => Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });

/** A connection that writes down what it is told and fails where a test says so. */
function scriptedConnection(fail: (said: string, times: number) => Error | undefined = () => undefined) {
  const said: string[] = [];
  const times = new Map<string, number>();
  const state = { inTransaction: false, lostOnError: false };
  function say(what: string): void {
    said.push(what);
    const count = (times.get(what) ?? 0) + 1;
    times.set(what, count);
    const error = fail(what, count);
    if (error === undefined) return;
    if (state.lostOnError) state.inTransaction = false;
    throw error;
  }
  const connection: Connection = {
    get inTransaction() {
      return state.inTransaction;
    },
    exec(sql) {
      say(sql);
      if (sql === 'ROLLBACK') state.inTransaction = false;
      if (sql === 'BEGIN IMMEDIATE') state.inTransaction = true;
      if (sql === 'COMMIT') state.inTransaction = false;
    },
    run({ sql }): WriteResult {
      say(sql);
      return { changes: 1, rows: [] };
    },
    all: () => [],
    close() {},
  };
  return { connection, said, state };
}

function open(scripted: ReturnType<typeof scriptedConnection>, maxGroupStatements = 100) {
  const clock = createManualClock();
  const { connection } = scripted;
  const commits = createGroupCommit({ connection, path: 'test.db', clock, maxGroupStatements, busyLimitMs: 100 });
  return { ...commits, clock };
}

const unit = (...sqls: string[]): readonly SqlStatement[] => sqls.map((sql) => ({ sql, args: [] }));
const outcomes = async (writes: readonly Promise<unknown>[]) =>
  (await Promise.allSettled(writes)).map((result) => (result.status === 'fulfilled' ? 'ok' : result.reason.code));

describe('group commit', () => {
  test('commits what was asked for in one turn together, in order (I1, I5)', async () => {
    const scripted = scriptedConnection();
    const { write } = open(scripted);
    await Promise.all([write(unit('a1', 'a2')), write(unit('b'))]);
    expect(scripted.said).toEqual([
      'BEGIN IMMEDIATE',
      ...['SAVEPOINT unit', 'a1', 'a2', 'RELEASE unit'],
      ...['SAVEPOINT unit', 'b', 'RELEASE unit'],
      'COMMIT',
    ]);
  });

  test('ends a group at its bound and lets a unit that is larger go alone (I5)', async () => {
    const scripted = scriptedConnection();
    const { write } = open(scripted, 2);
    await Promise.all([write(unit('a')), write(unit('b')), write(unit('c1', 'c2', 'c3')), write(unit('d'))]);
    const groups = scripted.said.join(' ').split('BEGIN IMMEDIATE').slice(1);
    expect(groups.map((group) => group.match(/\b[a-d]\d?\b/g))).toEqual([['a', 'b'], ['c1', 'c2', 'c3'], ['d']]);
  });

  test('a unit resolves only after the commit of its group (I2)', async () => {
    const scripted = scriptedConnection();
    const { write } = open(scripted);
    await write(unit('a')).then(() => expect(scripted.said.at(-1)).toBe('COMMIT'));
  });

  test('a poisoned unit is undone and fails alone (I3)', async () => {
    const scripted = scriptedConnection((said) => (said === 'bad' ? new Error('no such table') : undefined));
    const { write } = open(scripted);
    const results = await outcomes([write(unit('a')), write(unit('x', 'bad', 'y')), write(unit('c'))]);
    expect(results).toEqual(['ok', 'internal', 'ok']);
    expect(scripted.said).not.toContain('y');
    expect(scripted.said).toContain('ROLLBACK TO unit; RELEASE unit');
    expect(scripted.said.at(-1)).toBe('COMMIT');
  });

  test('a claim that changes another number of rows than expected undoes its unit (I3)', async () => {
    const { write } = open(scriptedConnection());
    const claim = [{ sql: 'claim', args: [], expectChanges: 2 }];
    expect(await outcomes([write(claim), write(unit('b'))])).toEqual(['conflict', 'ok']);
  });

  test('a commit that fails takes the whole group back and fails it (I4)', async () => {
    const scripted = scriptedConnection((said) => (said === 'COMMIT' ? full() : undefined));
    const { write } = open(scripted);
    expect(await outcomes([write(unit('a')), write(unit('b'))])).toEqual(['unavailable', 'unavailable']);
    expect(scripted.said.at(-1)).toBe('ROLLBACK');
  });

  test('a unit whose failure ends the transaction takes its group with it, and the next group goes on (I4)', async () => {
    const scripted = scriptedConnection((said) => (said === 'bad' ? full() : undefined));
    scripted.state.lostOnError = true;
    const { write } = open(scripted);
    expect(await outcomes([write(unit('a')), write(unit('bad'))])).toEqual(['unavailable', 'unavailable']);
    expect(scripted.said).not.toContain('ROLLBACK');
    expect(await outcomes([write(unit('c'))])).toEqual(['ok']);
  });

  test('a rollback that fails as well is made up for before the next group (I4)', async () => {
    const scripted = scriptedConnection((said, times) =>
      times === 1 && (said === 'COMMIT' || said === 'ROLLBACK') ? full() : undefined,
    );
    const { write } = open(scripted);
    expect(await outcomes([write(unit('a'))])).toEqual(['unavailable']);
    expect(await outcomes([write(unit('b'))])).toEqual(['ok']);
    expect(scripted.said.slice(-6)).toEqual([
      'ROLLBACK',
      'BEGIN IMMEDIATE',
      'SAVEPOINT unit',
      'b',
      'RELEASE unit',
      'COMMIT',
    ]);
  });

  test.each(['BEGIN IMMEDIATE', 'a', 'COMMIT'])(
    'runs the group again when the file is busy at %s (I4)',
    async (where) => {
      const scripted = scriptedConnection((said, times) => (said === where && times <= 3 ? busy() : undefined));
      const { write, clock } = open(scripted);
      const writes = outcomes([write(unit('a')), write(unit('b'))]);
      await clock.advance(0);
      await clock.advance(20);
      expect(await writes).toEqual(['ok', 'ok']);
      expect(scripted.said.filter((said) => said === 'BEGIN IMMEDIATE')).toHaveLength(4);
    },
  );

  test('gives up on a file that stays busy, and takes the next group up again', async () => {
    let locked = true;
    const scripted = scriptedConnection((said) => (locked && said === 'BEGIN IMMEDIATE' ? busy() : undefined));
    const { write, clock } = open(scripted);
    const first = outcomes([write(unit('a'))]);
    await clock.advance(0);
    const second = outcomes([write(unit('b'))]);
    await clock.advance(200);
    expect(await first).toEqual(['database_busy']);
    locked = false;
    await clock.advance(200);
    expect(await second).toEqual(['ok']);
  });

  test('closing writes what was given and refuses what comes later', async () => {
    const scripted = scriptedConnection();
    const { write, close } = open(scripted);
    const early = write(unit('a'));
    await close();
    await early;
    expect(scripted.said.at(-1)).toBe('COMMIT');
    await expect(write(unit('b'))).rejects.toMatchObject({ code: 'unavailable' });
  });
});
