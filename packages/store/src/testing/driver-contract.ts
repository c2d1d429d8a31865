/** What every SqlDriver must do. An implementation passes by calling `describeDriverContract` from a test of its own. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SqlDriver, SqlStatement, SqlValue } from '../ports/driver.ts';

export interface OpenedDriver {
  readonly driver: SqlDriver;
  close(): Promise<void>;
}

const INSERT = 'insert into things (id, name, body) values (?, ?, ?)';
const insert = (id: number, name: string | null, body: SqlValue = null): SqlStatement => ({
  sql: INSERT,
  args: [id, name, body],
});

export function describeDriverContract(name: string, open: () => Promise<OpenedDriver>): void {
  describe(`driver contract: ${name}`, () => {
    let opened: OpenedDriver;
    let driver: SqlDriver;
    const ids = async () =>
      (await driver.query({ sql: 'select id from things order by id', args: [] })).map((r) => r.id);

    beforeEach(async () => {
      opened = await open();
      driver = opened.driver;
      await driver.write([
        { sql: 'drop table if exists things', args: [] },
        { sql: 'create table things (id integer primary key, name text unique, body blob)', args: [] },
      ]);
    });
    afterEach(() => opened.close());

    test('brings every kind of value back as it was', async () => {
      const values: SqlValue[] = ['', 'ü 🐄 \n \ufffd end', 0, -1.5, 2 ** 52 + 1, Number.MAX_SAFE_INTEGER, null];
      for (const value of values)
        expect(await driver.query({ sql: 'select ? as v', args: [value] })).toEqual([{ v: value }]);
      const [row] = await driver.query({ sql: 'select ? as v', args: [new Uint8Array([0, 255, 7])] });
      expect([...(row!.v as Uint8Array)]).toEqual([0, 255, 7]);
    });

    test('refuses a value that is none, and goes on', async () => {
      for (const wrong of [true, Number.NaN, undefined, {}, Number.POSITIVE_INFINITY, 5n]) {
        const args = [1, 'a', wrong as SqlValue];
        await expect(driver.write([{ sql: INSERT, args }]), String(wrong)).rejects.toMatchObject({ code: 'internal' });
        const query = driver.query({ sql: 'select ? as v', args: [wrong as SqlValue] });
        await expect(query, String(wrong)).rejects.toMatchObject({ code: 'internal' });
      }
      await driver.write([insert(1, 'a')]);
      expect(await ids()).toEqual([1]);
    });

    test('refuses a text that it could not bring back whole', async () => {
      await expect(driver.write([insert(1, 'a\0b')])).rejects.toMatchObject({ code: 'bad_request' });
      expect(await ids()).toEqual([]);
    });

    test('reads what it has written, at once and each time', async () => {
      for (let id = 0; id < 50; id++) {
        await driver.write([insert(id, `n${id}`)]);
        expect(await ids()).toHaveLength(id + 1);
      }
    });

    test('tells changes and the rows of a RETURNING clause', async () => {
      const results = await driver.write([
        insert(1, 'a'),
        insert(2, 'b'),
        { sql: `update things set name = name || '!' where id > ? returning id, name`, args: [0] },
        { sql: 'delete from things where id = 9', args: [] },
        { sql: `insert into things (id, name) values (1, 'z') on conflict do nothing`, args: [] },
      ]);
      expect(results.map(({ changes }) => changes)).toEqual([1, 1, 2, 0, 0]);
      expect(results[2]!.rows).toEqual([
        { id: 1, name: 'a!' },
        { id: 2, name: 'b!' },
      ]);
      expect(await driver.write([])).toEqual([]);
    });

    test('writes a unit wholly or not at all, and says why', async () => {
      await driver.write([insert(1, 'a')]);
      await expect(driver.write([insert(2, 'b'), insert(3, 'a')])).rejects.toMatchObject({ code: 'conflict' });
      await expect(driver.write([insert(2, 'b'), insert(1, 'c')])).rejects.toMatchObject({ code: 'conflict' });
      const claim = { sql: 'update things set name = name where id > 100', args: [], expectChanges: 1 };
      await expect(driver.write([insert(2, 'b'), claim])).rejects.toMatchObject({ code: 'conflict' });
      const nonsense = { sql: 'insert into nowhere values (1)', args: [] };
      await expect(driver.write([insert(2, 'b'), nonsense])).rejects.toMatchObject({ code: 'internal' });
      await expect(driver.query({ sql: 'selec', args: [] })).rejects.toMatchObject({ code: 'internal' });
      expect(await ids()).toEqual([1]);
    });

    test('a read cannot write', async () => {
      await expect(driver.query(insert(1, 'a'))).rejects.toMatchObject({ code: expect.any(String) });
      expect(await ids()).toEqual([]);
    });

    test('of 200 units at once each poisoned one fails alone', async () => {
      const results = await Promise.allSettled(
        Array.from({ length: 200 }, (_, i) =>
          driver.write([insert(i, `n${i}`), ...(i % 7 === 3 ? [insert(1_000 + i, 'n0')] : [])]),
        ),
      );
      const good = results.flatMap(({ status }, i) => (status === 'fulfilled' ? [i] : []));
      expect(good).toEqual(Array.from({ length: 200 }, (_, i) => i).filter((i) => i % 7 !== 3));
      expect(await ids()).toEqual(good);
    });

    test('of 100 claims of one row at once exactly one is granted', async () => {
      await driver.write([insert(1, null)]);
      const claims = await Promise.allSettled(
        Array.from({ length: 100 }, (_, i) =>
          driver.write([
            { sql: 'update things set name = ? where id = 1 and name is null', args: [`n${i}`], expectChanges: 1 },
          ]),
        ),
      );
      expect(claims.map(({ status }) => status).filter((status) => status === 'fulfilled')).toHaveLength(1);
    });

    test('once closed refuses everything, and closing again is no error', async () => {
      const pending = driver.write([insert(1, 'a')]);
      await driver.close();
      await pending;
      await expect(driver.write([insert(2, 'b')])).rejects.toMatchObject({ code: 'unavailable' });
      await expect(driver.query({ sql: 'select 1', args: [] })).rejects.toMatchObject({ code: 'unavailable' });
      await driver.close();
    });
  });
}
