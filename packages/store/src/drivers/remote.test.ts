import { createServer, type RequestListener } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { MIGRATIONS } from '../migrations/generated.ts';
import { migrate } from '../migrations/migrate.ts';
import type { SqlDriver } from '../ports/driver.ts';
import { describeDriverContract } from '../testing/driver-contract.ts';
import { NO_SQLD, SQLD_BINARY, type Sqld, startSqld } from '../testing/sqld.ts';
import { openRemoteDriver, type RemoteDriverOptions } from './remote.ts';

const insert = (a: number) => ({ sql: 'insert into t values (?)', args: [a] });
const codes = async (writes: readonly Promise<unknown>[]) =>
  (await Promise.allSettled(writes)).map((result) => (result.status === 'fulfilled' ? 'ok' : result.reason.code));

describe.skipIf(SQLD_BINARY === undefined)(`a libSQL server${SQLD_BINARY ? '' : ` (${NO_SQLD})`}`, () => {
  let sqld: Sqld;
  beforeAll(async () => {
    sqld = await startSqld();
  });
  afterAll(() => sqld.close());

  async function open(options: Partial<RemoteDriverOptions> = {}): Promise<SqlDriver> {
    const driver = await openRemoteDriver({ url: sqld.url, ...options });
    onTestFinished(() => driver.close());
    return driver;
  }

  describeDriverContract('libSQL server', async () => {
    const driver = await openRemoteDriver({ url: sqld.url });
    return { driver, close: () => driver.close() };
  });

  describe('what is written over a broken connection', () => {
    let plain: SqlDriver;
    beforeEach(async () => {
      plain = await open();
      await plain.write([
        { sql: 'drop table if exists t', args: [] },
        { sql: 'create table t (a)', args: [] },
      ]);
    });
    const rows = async () => (await plain.query({ sql: 'select a from t order by rowid', args: [] })).map(({ a }) => a);

    /** Real requests, and each group of writes that holds `insert into t` by the plan, one entry each. */
    function broken(plan: ('pass' | 'never arrives' | 'answer lost' | 'arrives late' | 'twice')[]) {
      const late: (() => Promise<Response>)[] = [];
      const breaking: typeof fetch = async (input, init) => {
        const isGroup = String(init?.body).includes('insert into t');
        const real = () => fetch(input, { ...init, signal: null });
        switch (isGroup ? (plan.shift() ?? 'pass') : 'pass') {
          case 'pass':
            return await real();
          case 'never arrives':
            throw new TypeError('fetch failed', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) });
          case 'answer lost':
            await (await real()).arrayBuffer();
            throw new TypeError('fetch failed', { cause: new Error('other side closed') });
          case 'arrives late':
            late.push(real);
            throw new TypeError('fetch failed', { cause: new Error('other side closed') });
          case 'twice':
            await (await real()).arrayBuffer();
            return await real();
        }
      };
      return { fetch: breaking, arriveNow: async () => Promise.all(late.splice(0).map((send) => send())) };
    }

    test('is written once when the request got lost on the way (W2)', async () => {
      const driver = await open(broken(['never arrives', 'never arrives']));
      await Promise.all([driver.write([insert(1)]), driver.write([insert(2)])]);
      expect(await rows()).toEqual([1, 2]);
    });

    test('is not written again when only the answer got lost, and nobody is told that it failed (W3)', async () => {
      const driver = await open(broken(['answer lost']));
      expect(await codes([driver.write([insert(1)])])).toEqual(['outcome_unknown']);
      expect(await rows()).toEqual([1]);
      await driver.write([insert(2)]);
      expect(await rows()).toEqual([1, 2]);
    });

    test('is not written by a request that comes when it was given up (T1, T2)', async () => {
      const { fetch, arriveNow } = broken(['arrives late']);
      const driver = await open({ fetch });
      await driver.write([insert(1)]);
      expect(await rows()).toEqual([1]);
      await arriveNow();
      await driver.write([insert(2)]);
      expect(await rows()).toEqual([1, 2]);
    });

    test('is written once when something between delivers it twice (T1)', async () => {
      const driver = await open(broken(['twice']));
      expect(await codes([driver.write([insert(1)])])).toEqual(['outcome_unknown']);
      expect(await rows()).toEqual([1]);
    });

    test('is written once through a server that dies and comes back, and reads wait for it too', async () => {
      const own = await startSqld();
      onTestFinished(() => own.close());
      const driver = await open({ url: own.url, patienceMs: 30_000 });
      await driver.write([{ sql: 'create table t (a)', args: [] }]);
      await own.kill9();
      const writes = codes(Array.from({ length: 20 }, (_, i) => driver.write([insert(i)])));
      const read = driver.query({ sql: 'select count(*) >= 0 as there from t', args: [] });
      await own.start();
      expect(await writes).toEqual(Array(20).fill('ok'));
      expect(await read).toEqual([{ there: 1 }]);
      expect(await driver.query({ sql: 'select count(*) as n from t', args: [] })).toEqual([{ n: 20 }]);
    });

    test('fails as not written when the server stays away, and goes on when it is back', async () => {
      const own = await startSqld();
      onTestFinished(() => own.close());
      const driver = await open({ url: own.url, patienceMs: 50 });
      await driver.write([{ sql: 'create table t (a)', args: [] }]);
      await own.kill9();
      expect(await codes([driver.write([insert(1)])])).toEqual(['unavailable']);
      await expect(driver.query({ sql: 'select 1 as a', args: [] })).rejects.toMatchObject({ code: 'unavailable' });
      await own.start();
      await driver.write([insert(2)]);
      expect(await driver.query({ sql: 'select a from t', args: [] })).toEqual([{ a: 2 }]);
    });

    test('is not known while a server that had it does not answer any more', async () => {
      const own = await startSqld();
      onTestFinished(() => own.close());
      const driver = await open({ url: own.url, patienceMs: 50, timeoutMs: 200 });
      await driver.write([{ sql: 'create table t (a)', args: [] }]);
      own.signal('SIGSTOP');
      // It is not stopped at once.
      let lost = 'ok';
      while (lost === 'ok') [lost] = (await codes([driver.write([insert(1)])])) as [string];
      expect(lost).toBe('outcome_unknown');
      own.signal('SIGCONT');
      // A later write decides it: whatever was on its way has landed by then or never will (T1).
      for (let code = ''; code !== 'ok'; ) [code] = (await codes([driver.write([insert(2)])])) as [string];
      const settled = await driver.query({ sql: 'select a from t where a = 1', args: [] });
      await driver.write([insert(3)]);
      expect(await driver.query({ sql: 'select a from t where a = 1', args: [] })).toEqual(settled);
    });
  });

  test('two migrators at once on one new database do the work once, and both succeed', async () => {
    const own = await startSqld();
    onTestFinished(() => own.close());
    const drivers = [await open({ url: own.url }), await open({ url: own.url }), await open({ url: own.url })];
    const applied = await Promise.all(drivers.map((driver) => migrate(driver)));
    expect(applied.flat().sort()).toEqual(
      MIGRATIONS.map(({ number, name }) => `${String(number).padStart(4, '0')}_${name}`),
    );
    expect(await migrate(drivers[0]!)).toEqual([]);
  });

  test('an answer beyond what fits one message comes whole', async () => {
    const driver = await open();
    const sql = `with recursive r(n) as (select 1 union all select n + 1 from r where n < 300)
      select n, hex(zeroblob(50000)) as z from r`;
    const [rows, one] = await Promise.all([
      driver.query({ sql, args: [] }),
      driver.query({ sql: 'select 1 as a', args: [] }),
    ]);
    expect([rows.length, rows.at(-1)!.n, String(rows[0]!.z).length, one]).toEqual([300, 300, 100_000, [{ a: 1 }]]);
  });

  test('units of many megabytes are written, in several groups', async () => {
    const driver = await open();
    await driver.write([
      { sql: 'drop table if exists large', args: [] },
      { sql: 'create table large (a text)', args: [] },
    ]);
    const text = 'ü'.repeat(200_000);
    await Promise.all(
      Array.from({ length: 40 }, () => driver.write([{ sql: 'insert into large values (?)', args: [text] }])),
    );
    const sql = 'select count(*) as n, sum(length(a)) as chars from large';
    expect(await driver.query({ sql, args: [] })).toEqual([{ n: 40, chars: 8_000_000 }]);
  });

  test('another writer that holds the lock is waited for', async () => {
    const driver = await open();
    await driver.write([{ sql: 'create table if not exists u (a)', args: [] }]);
    const hold = async (baton: string | null, ...sqls: readonly string[]) => {
      const requests = sqls.map((sql) => ({ type: 'execute', stmt: { sql } }));
      const answer = await fetch(`${sqld.url}/v3/pipeline`, {
        method: 'POST',
        body: JSON.stringify({ baton, requests }),
        headers: { 'content-type': 'application/json' },
      });
      return ((await answer.json()) as { baton: string }).baton;
    };
    const baton = await hold(null, 'BEGIN IMMEDIATE', 'insert into u values (1)');
    const late = driver.write([{ sql: 'insert into u values (2)', args: [] }]);
    await hold(baton, 'COMMIT');
    await late;
    expect(await driver.query({ sql: 'select a from u', args: [] })).toEqual([{ a: 1 }, { a: 2 }]);
  });
});

describe.skipIf(SQLD_BINARY === undefined)(
  `a libSQL server that asks for a token${SQLD_BINARY ? '' : ` (${NO_SQLD})`}`,
  () => {
    let sqld: Sqld;
    beforeAll(async () => {
      sqld = await startSqld({ auth: true });
    });
    afterAll(() => sqld.close());
    const open = (token: string | null) => openRemoteDriver({ url: sqld.url, readToken: async () => token });

    test('lets in who has a good one', async () => {
      const driver = await open(sqld.token('rw'));
      expect(await driver.query({ sql: 'select 1 as a', args: [] })).toEqual([{ a: 1 }]);
      await driver.close();
    });

    test.each([
      ['none', () => null],
      ['nonsense', () => 'nonsense'],
      ['one that is over', () => sqld.token('rw', -3_600_000)],
      ['one that may only read', () => sqld.token('ro')],
    ])('says so to who has %s, without showing it', async (_, token) => {
      const failure = await open(token()).catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: 'bad_settings', message: expect.stringContaining('token') });
      expect(String(failure)).not.toContain('nonsense');
    });

    test('is asked again with a token that was replaced meanwhile', async () => {
      const tokens = [sqld.token('rw', -3_600_000), sqld.token('rw')];
      const driver = await openRemoteDriver({ url: sqld.url, readToken: async () => tokens.shift()! });
      await driver.write([{ sql: 'create table if not exists t (a)', args: [] }]);
      await driver.close();
    });
  },
);

describe('an address', () => {
  async function listen(answer: RequestListener): Promise<string> {
    const server = createServer(answer);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  }
  const refusal = (url: string) =>
    openRemoteDriver({ url, patienceMs: 20 }).then(
      () => 'opened',
      (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
    );

  test('where nobody listens is named', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
    await new Promise((resolve) => server.close(resolve));
    expect(await refusal(url)).toContain(`${url} does not answer: ECONNREFUSED`);
  });

  test.each([
    ['a page', 200, 'text/html', '<html>hello</html>'],
    ['something missing', 404, 'text/plain', 'no such page'],
    ['a redirect', 301, 'text/plain', ''],
  ])('of something else, that answers with %s, is said to be no libSQL server', async (_, status, type, body) => {
    const url = await listen((_request, response) => {
      response.writeHead(status, { 'content-type': type, location: 'http://127.0.0.1:9/' }).end(body);
    });
    expect(await refusal(url)).toMatch(/^bad_settings: .*\bnot .*a libSQL server/);
  });

  test('with a secret in it is refused without repeating it', async () => {
    for (const url of ['libsql://db.example.org?authToken=hush', 'https://me:hush@db.example.org']) {
      expect(await refusal(url)).toMatch(/^bad_settings: .*carries a secret/);
      expect(await refusal(url)).not.toContain('hush');
    }
    expect(await refusal('ftp://db.example.org')).toMatch(/^bad_settings/);
    expect(await refusal('nonsense')).toMatch(/^bad_settings/);
  });
});
