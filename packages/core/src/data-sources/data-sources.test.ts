import { describe, expect, it, test } from 'vitest';
import { createSealer } from '../sealing/sealer.ts';
import { createSeededRandom } from '../testing/seeded-random.ts';
import { type AppliedDataSource, applyDataSource } from './apply-data-source.ts';
import { checkDataSource } from './check-data-source.ts';
import { DATA_SOURCE_KINDS, dataSourceJsonSchema } from './kinds.ts';
import { type OpenedDataSource, openDataSource } from './open-data-source.ts';
import { probeOf } from './probe.ts';
import type { DataSourceRow } from './rows.ts';

const database = (settings: object, secrets = {}) => ({ kind: 'libsql', settings: { ...settings }, secrets });
const service = (settings: object, secrets = {}) => ({
  kind: 'http',
  settings: { address: 'https://api.example/v1', ...settings },
  secrets,
});

function problemsOf(wanted: Parameters<typeof checkDataSource>[0]) {
  const checked = checkDataSource(wanted);
  return 'problems' in checked ? checked.problems.map(({ path, message }) => `${path}: ${message}`) : [];
}

describe('checkDataSource', () => {
  it.each([
    database({ address: '/srv/data.db' }),
    database({ address: 'file:/srv/data.db' }),
    database({ address: 'file:///srv/data.db' }),
    database({ address: 'C:\\data\\a.db' }),
    database({ address: 'libsql://db.example' }, { token: 'db token' }),
    service({}),
    service({ headers: { accept: 'application/json' }, testPath: '/health' }, { token: 't' }),
    service({ user: 'loader' }),
    service({ user: 'loader', tokenHeader: 'X-Api-Key' }, { password: 'p', token: 't' }),
  ])('takes %j', (wanted) => {
    expect(problemsOf(wanted)).toEqual([]);
  });

  it.each([
    [{ ...service({}), kind: 'htp' }, 'kind: There is no kind “htp” of data sources. Did you mean "http"?'],
    [database({ address: 'data.db' }), 'settings.address: Must be a whole path'],
    [database({ address: 'file:./data.db' }), 'settings.address: Must be a whole path'],
    [database({ address: 'postgres://db.example/x' }), 'settings.address: Must be a path or a file:'],
    [
      database({ address: 'libsql://db.example?authToken=x' }),
      'settings.address: Must hold no name, password or token',
    ],
    [database({ address: 'https://ann:pw@db.example' }), 'settings.address: Must hold no name, password or token'],
    [database({ address: '/srv/${day}.db' }), 'settings.address: Must be the address itself'],
    [database({ address: '/srv/a.db' }, { token: 't' }), 'secrets.token: A file takes no token'],
    [
      database({ address: 'libsql://a' }, { password: 't' }),
      'secrets.password: This kind needs no secret for “password”',
    ],
    [database({}), 'settings.address: This key is missing'],
    [database({ address: '/a', pasword: '1' }), 'settings.pasword: There is no key "pasword" here.'],
    [service({ address: 'api.example' }), 'settings.address: Must begin with http://'],
    [service({ address: 'https://api.example?x=1' }), 'settings.address: Must end with a path'],
    [service({ headers: { 'a b': 'x' } }), 'settings.headers.a b: This key is not a header name.'],
    [service({ headers: { a: 'x\ny' } }), 'settings.headers.a: Must be one line.'],
    [service({ testPath: 'health' }), 'settings.testPath: Must begin with “/” or “?”.'],
    [service({}, { password: 'p' }), 'settings.user: Whose password it is'],
    [service({ user: 'a' }, { token: 't' }), 'secrets.token: User and token cannot both be'],
    [service({ tokenHeader: 'X-Key' }), 'secrets.token: There is a header for a token, and no token.'],
  ])('refuses %j', (wanted, problem) => {
    expect(problemsOf(wanted)).toEqual([expect.stringContaining(problem)]);
  });
});

test.each(Object.entries(DATA_SOURCE_KINDS))('the kind %s has a schema for forms', (_, kind) => {
  const schema = dataSourceJsonSchema(kind);
  expect(schema).toMatchObject({ type: 'object', additionalProperties: false, required: ['address'] });
  for (const field of Object.values(schema.properties as Record<string, object>)) {
    expect(field).toMatchObject({ title: expect.any(String), description: expect.stringMatching(/\.$/) });
  }
});

const opened = (more: Partial<OpenedDataSource>): OpenedDataSource => ({
  ...{ name: 'x', kind: 'http', settings: { address: 'https://api.example/v1/' }, secrets: {} },
  ...more,
});

function applied(task: { type: string; config: Record<string, unknown> }, source: OpenedDataSource): AppliedDataSource {
  const answer = applyDataSource(task, source);
  if ('problem' in answer) throw new Error(answer.problem);
  return answer;
}

describe('applyDataSource', () => {
  it('gives a task the address of a database, and its token apart', () => {
    const task = { type: 'sql', config: { dataSource: 'x', script: 'select 1' } };
    const settings = { address: 'libsql://db.example' };
    expect(applied(task, opened({ kind: 'libsql', settings }))).toEqual({
      config: { script: 'select 1', database: 'libsql://db.example' },
      secrets: {},
    });
    expect(applied(task, opened({ kind: 'libsql', settings, secrets: { token: 'sesame' } }))).toEqual({
      config: { script: 'select 1', database: 'libsql://db.example', authToken: '${dataSource.token}' },
      secrets: { 'dataSource.token': 'sesame' },
    });
  });

  it.each([
    ['/orders/${id}', 'https://api.example/v1/orders/${id}'],
    ['?since=${day}', 'https://api.example/v1/?since=${day}'],
    ['//evil.example/', 'https://api.example/v1//evil.example/'],
    ['/@evil.example', 'https://api.example/v1/@evil.example'],
  ])('puts the path %s below the base address', (url, whole) => {
    const { config } = applied({ type: 'http', config: { dataSource: 'x', url } }, opened({}));
    expect(config).toEqual({ url: whole, headers: {} });
    expect(new URL(String(config.url)).host).toBe('api.example');
  });

  it('sends the headers of the source before those of the task, whatever their capitals', () => {
    const source = opened({
      settings: { address: 'https://a', headers: { Accept: 'text/plain', 'X-Team': 'etl' } },
      secrets: { token: 'sesame' },
    });
    const config = { dataSource: 'x', url: '/', headers: { accept: 'application/json' } };
    expect(applied({ type: 'http', config }, source)).toEqual({
      config: {
        url: 'https://a/',
        headers: { accept: 'application/json', 'X-Team': 'etl', Authorization: 'Bearer ${dataSource.token}' },
      },
      secrets: { 'dataSource.token': 'sesame' },
    });
  });

  it('signs in by name and password, and hides both forms of the password', () => {
    const source = opened({
      settings: { address: 'https://a', user: 'änn', tokenHeader: 'X-Key' },
      secrets: { password: 'sesame', token: 'key' },
    });
    const { config, secrets } = applied({ type: 'http', config: { dataSource: 'x', url: '/' } }, source);
    expect(config.headers).toEqual({ Authorization: 'Basic ${dataSource.login}', 'X-Key': '${dataSource.token}' });
    expect(secrets).toEqual({
      'dataSource.login': Buffer.from('änn:sesame').toString('base64'),
      'dataSource.password': 'sesame',
      'dataSource.token': 'key',
    });
  });

  it.each([
    ['sql', 'http', 'takes one of the kind “libSQL or SQLite”'],
    ['http', 'libsql', 'takes one of the kind “HTTP service”'],
    ['http', 'gone', 'is of the kind “gone”'],
  ])('refuses a task of the type %s one of the kind %s', (type, kind, problem) => {
    expect(applyDataSource({ type, config: { url: '/' } }, opened({ kind }))).toEqual({
      problem: expect.stringContaining(problem),
    });
  });
});

describe('openDataSource', () => {
  const sealer = createSealer(new Uint8Array(32), createSeededRandom(1));
  const row = { ...service({}, { token: 'api token' }), name: 'api' } as unknown as DataSourceRow;

  async function open(value: string, more: Partial<DataSourceRow> = {}) {
    const secrets = new Map([['api token', { id: 's1' as never, sealed: await sealer.seal('s1', value) }]]);
    return openDataSource('api', { dataSource: { ...row, ...more }, secrets }, sealer);
  }

  it('has the values of its secrets', async () => {
    expect(await open('sesame')).toEqual({ ...service({}), name: 'api', secrets: { token: 'sesame' } });
  });

  it.each([
    ['sesame\n', {}, /^The secret "api token" of the data source "api" has a line break/],
    [
      'sesame',
      { secrets: { token: 'gone' } },
      /^The data source "api" names the secret "gone" for token, and there is/,
    ],
  ])('is refused with %j and %j, without the value', async (value, more, problem) => {
    const answer = await open(value, more);
    expect(answer).toEqual({ problem: expect.stringMatching(problem) });
    expect(JSON.stringify(answer)).not.toContain('sesame');
  });

  it('says what to do where there is none', async () => {
    expect(await openDataSource('gone', undefined, sealer)).toEqual({
      problem: 'There is no data source "gone" for this project. Make it, or let the task name another.',
    });
  });
});

describe('probeOf', () => {
  it.each([
    ['libsql://db.example', 'https://db.example/v2/pipeline'],
    ['wss://db.example/x/', 'https://db.example/x/v2/pipeline'],
    ['http://db.example:443', 'http://db.example:443/v2/pipeline'],
    ['libsql://db.example:8080?tls=0', 'http://db.example:8080/v2/pipeline'],
  ])('asks the server %s for one row', (address, url) => {
    const probe = probeOf(opened({ kind: 'libsql', settings: { address }, secrets: { token: 'sesame' } }));
    expect(probe).toMatchObject({ asksDatabase: true, method: 'POST', url });
    expect(probe).toMatchObject({ headers: { Authorization: 'Bearer sesame' } });
  });

  it('looks for a file', () => {
    for (const address of ['/srv/a.db', 'file:/srv/a.db', 'file:///srv/a.db']) {
      expect(probeOf(opened({ kind: 'libsql', settings: { address } }))).toEqual({ type: 'file', path: '/srv/a.db' });
    }
  });

  it('asks a service for the path of the test', () => {
    expect(probeOf(opened({}))).toMatchObject({ method: 'GET', url: 'https://api.example/v1/' });
    const settings = { address: 'https://a', testPath: '/health', headers: { accept: 'a' } };
    expect(probeOf(opened({ settings }))).toMatchObject({ url: 'https://a/health', headers: { accept: 'a' } });
  });
});
