/**
 * Every example, started from the command line on a real server with a worker of its own. The figures of the reports are
 * set against figures computed here, straight from the data, by other means.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TaskInstanceView } from '@vaquita/client';
import Database from 'libsql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vaquita } from '../support/cli.ts';
import { logOf } from '../support/runs.ts';
import { createScratch, type Scratch } from '../support/scratch.ts';
import { REPO, startTestServer, type TestServer } from '../support/server.ts';
import { makeWorkerToken, startTestWorker, type TestWorker } from '../support/worker.ts';

const DATA = join(REPO, 'node_modules', 'vega-datasets', 'data');
const EXAMPLES = ['parallel-fan', 'retry-and-failure', 'stock-report', 'weather-report'];
/** Started by an example, and with no data of their own. */
const CHILDREN = ['stock-page', 'stock-share'];
/** Shown by `example-alert.test.ts`. */
const ALERTING = ['broken-import'];

let server: TestServer;
let worker: TestWorker;
let scratch: Scratch;

beforeAll(async () => {
  scratch = createScratch();
  server = await startTestServer({ examples: true });
  const token = await makeWorkerToken(server);
  worker = await startTestWorker({ url: server.url, token, name: 'example-worker', client: server.client });
});

afterAll(async () => {
  await worker?.close();
  await server?.close();
  scratch?.[Symbol.dispose]();
});

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly tasks: readonly TaskInstanceView[];
  task(name: string): TaskInstanceView;
}

async function runExample(workflow: string, params: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  const given = Object.entries({ outputDir: scratch.folder, ...params }).flatMap(([k, v]) => ['--param', `${k}=${v}`]);
  const { code, stdout } = await vaquita(['run', `examples/${workflow}`, '--follow', ...given], { server });
  const { items } = await server.client.instances.list({ project: 'examples', workflow, limit: 1 });
  const tasks = (await server.client.instances.tasks(items[0]!.id)).items;
  const task = (name: string) => {
    const found = tasks.find((one) => one.name === name && one.current);
    if (found === undefined) throw new Error(`there is no task instance of ${name}\n${stdout}`);
    return found;
  };
  return { code, stdout, tasks, task };
}

describe('the examples', () => {
  it('are loaded on the first start, online and with places of this machine', async () => {
    const { items } = await server.client.workflows.list('examples', { limit: 100 });
    expect(items.map(({ name }) => name).sort()).toEqual([...EXAMPLES, ...CHILDREN, ...ALERTING].sort());
    expect(items.every(({ online }) => online)).toBe(true);
    for (const name of EXAMPLES) {
      const { definition } = await server.client.workflows.get('examples', name);
      const params = definition.params as readonly { readonly name: string; readonly value: string }[];
      expect(params.find((one) => one.name === 'dataDir')?.value).toBe(DATA);
      expect(params.find((one) => one.name === 'outputDir')?.value).toMatch(/^\//);
    }
  });
});

interface CityFigures {
  readonly days: number;
  readonly meanHigh: number;
  readonly precipitation: number;
  readonly wettestMonth: string;
  readonly wettestMonthRain: number;
}

/** Straight from the file, with no step in between. */
function weatherOf(city: string): CityFigures {
  const rows = readFileSync(join(DATA, 'weather.csv'), 'utf8')
    .split('\n')
    .slice(1)
    .map((line) => line.split(','))
    .filter(([location]) => location === city);
  const rainOfMonth: Record<string, number> = {};
  let highs = 0;
  let rain = 0;
  for (const [, date, precipitation, high] of rows) {
    highs += Number(high);
    rain += Number(precipitation);
    const month = date!.slice(0, 7);
    rainOfMonth[month] = (rainOfMonth[month] ?? 0) + Number(precipitation);
  }
  const [wettestMonth, wettest] = Object.entries(rainOfMonth).sort((a, b) => b[1] - a[1])[0]!;
  return {
    days: rows.length,
    meanHigh: highs / rows.length,
    precipitation: rain,
    wettestMonth,
    wettestMonthRain: wettest,
  };
}

const CITIES = { seattle: 'Seattle', new_york: 'New York' } as const;

function expectFigures(outputs: Readonly<Record<string, string>>): void {
  for (const [key, city] of Object.entries(CITIES)) {
    const own = weatherOf(city);
    expect(Number(outputs[`${key}_days`])).toBe(own.days);
    expect(Number(outputs[`${key}_mean_high`])).toBeCloseTo(own.meanHigh, 2);
    expect(Number(outputs[`${key}_precipitation`])).toBeCloseTo(own.precipitation, 6);
    expect(outputs[`${key}_wettest_month`]).toBe(own.wettestMonth);
  }
}

describe('weather-report', () => {
  it('gives the right figures as outputs, in the log, in the page and in the database, however often it runs', async () => {
    for (const time of [1, 2]) {
      const { code, stdout, task } = await runExample('weather-report');
      expect(code, stdout).toBe(0);
      expect(stdout).toMatch(/weather-report#\d+ {2}success after /);
      expect(task('clean').outputs).toEqual({ days: '2922', dropped: '0' });
      expect(task('find-gaps').outputs).toEqual({ gaps: '0' });
      expectFigures(task('figures').outputs);

      const log = await logOf(server.client, task('figures'));
      const page = readFileSync(join(scratch.folder, 'weather-report', 'report.html'), 'utf8');
      for (const city of Object.values(CITIES)) {
        const { days, meanHigh, precipitation, wettestMonth, wettestMonthRain } = weatherOf(city);
        expect(log).toContain(`${city}: ${days} days`);
        expect(log).toContain(`mean daily high   ${meanHigh.toFixed(2)} °C`);
        expect(log).toContain(`precipitation     ${precipitation.toFixed(1)} mm`);
        expect(log).toContain(`wettest month     ${wettestMonth} with ${wettestMonthRain.toFixed(1)} mm`);
        expect(page).toContain(`${meanHigh.toFixed(2)} °C`);
        expect(page).toContain(
          `${precipitation.toLocaleString('en-GB', { minimumFractionDigits: 1, maximumFractionDigits: 1 })} mm`,
        );
      }
      // Self-contained: nothing is fetched from elsewhere, and the charts are in it.
      expect(page).not.toMatch(/<(link|script|img|iframe)|https?:\/\//);
      expect(page.match(/<svg /g)).toHaveLength(2);

      const db = new Database(join(scratch.folder, 'weather-report', 'weather.db'));
      const [{ months, days }] = db.prepare('select count(*) as months, sum(days) as days from months').all() as [
        { months: number; days: number },
      ];
      db.close();
      expect({ time, months, days }).toEqual({ time, months: 2 * 48, days: 2 * 1461 });
    }
  });

  it('drops and counts what is no day of weather, and the figures stay right', async () => {
    const [header, ...lines] = readFileSync(join(DATA, 'weather.csv'), 'utf8').trimEnd().split('\n');
    const dirty = [
      header,
      ...lines.slice(0, 100),
      'Seattle,2012-13-45x,0.0,1.0,0.0,1.0,sun',
      'Seattle,2016-01-01,wet,1.0,0.0,1.0,sun',
      'Seattle,2016-01-02,-3.0,1.0,0.0,1.0,sun',
      'Seattle,2016-01-03,0.0,1.0,2.0,1.0,sun',
      'Seattle,2016-01-04,0.0',
      ',2016-01-05,0.0,1.0,0.0,1.0,sun',
      lines[0],
      ...lines.slice(100),
    ];
    mkdirSync(scratch.path('dirty'));
    scratch.write('dirty/weather.csv', `${dirty.join('\r\n')}\r\n`);
    const params = { dataDir: scratch.path('dirty'), outputDir: scratch.path('dirty-out') };
    const { code, stdout, task } = await runExample('weather-report', params);
    expect(code, stdout).toBe(0);
    expect(task('clean').outputs).toEqual({ days: '2922', dropped: '7' });
    expectFigures(task('figures').outputs);
    expect(await logOf(server.client, task('clean'))).toContain('dropped line 103, a measure is not a number');
  });

  it('says what to do when the data is not there', async () => {
    const { code, stdout, tasks } = await runExample('weather-report', { dataDir: scratch.path('nowhere') });
    expect(code).toBe(1);
    expect(stdout).toContain('Set the parameter dataDir to the full path of the folder that holds weather.csv.');
    expect(tasks.map(({ name, state }) => ({ name, state }))).toEqual([{ name: 'clean', state: 'failure' }]);
  });
});

interface Movie {
  readonly 'Major Genre': string | null;
  readonly 'Worldwide Gross': number | null;
  readonly 'IMDB Rating': number | null;
  readonly 'Release Date': string | null;
}

const MOVIES = JSON.parse(readFileSync(join(DATA, 'movies.json'), 'utf8')) as readonly Movie[];

describe('retry-and-failure', () => {
  it('retries the flaky step, fails at the check, and ends the other branch', async () => {
    const { code, stdout, tasks, task } = await runExample('retry-and-failure');
    expect(code, stdout).toBe(1);

    const attempts = tasks.filter(({ name }) => name === 'fetch');
    expect(
      attempts.map(({ attempt, retryTimes, state, exitCode, current }) => [
        attempt,
        retryTimes,
        state,
        exitCode,
        current,
      ]),
    ).toEqual([
      [1, 0, 'failure', 75, false],
      [2, 1, 'failure', 75, false],
      [3, 2, 'success', 0, true],
    ]);
    const waits = attempts.slice(1).map((next, i) => Date.parse(next.startedAt!) - Date.parse(attempts[i]!.endedAt!));
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(500);

    expect(task('check-years')).toMatchObject({ state: 'failure', exitCode: 1 });
    const tooNew = MOVIES.filter((movie) => Number(movie['Release Date']?.slice(-4)) > 2012).length;
    expect(await logOf(server.client, task('check-years'))).toContain(
      `${tooNew} of ${MOVIES.length} movies are newer than 2012`,
    );
    expect(stdout).toContain(`${tooNew} of ${MOVIES.length} movies are newer than 2012`);

    // Not started: what stands behind the failure, and what is switched off.
    expect(new Set(tasks.map(({ name }) => name))).toEqual(
      new Set(['fetch', 'check-years', 'wait-a-little', 'count-genres']),
    );

    const delayed = task('wait-a-little');
    expect(Date.parse(delayed.startedAt!) - Date.parse(delayed.firstSubmittedAt)).toBeGreaterThanOrEqual(2_000);
    const genres = new Set(MOVIES.map((movie) => movie['Major Genre']).filter((genre) => genre !== null));
    expect(task('count-genres').outputs).toEqual({ movies: String(MOVIES.length), genres: String(genres.size) });
  });

  it('passes when the rule allows what the data has', async () => {
    const { code, stdout, task } = await runExample('retry-and-failure', { lastYear: '2046' });
    expect(code, stdout).toBe(0);
    expect(task('publish').state).toBe('success');
    expect(JSON.parse(readFileSync(join(scratch.folder, 'retry-and-failure', 'published.json'), 'utf8'))).toEqual(
      MOVIES,
    );
  });
});

describe('parallel-fan', () => {
  it('adds up every genre beside the others and joins them all', async () => {
    const { code, stdout, tasks, task } = await runExample('parallel-fan');
    expect(code, stdout).toBe(0);

    const byGenre = Map.groupBy(MOVIES, (movie) => movie['Major Genre']);
    byGenre.delete(null);
    const expected = [...byGenre].map(([genre, movies]) => {
      const ratings = movies.map((movie) => movie['IMDB Rating']).filter((rating) => rating !== null);
      const gross = movies.reduce((sum, movie) => sum + (movie['Worldwide Gross'] ?? 0), 0);
      const rating = ratings.reduce((sum, one) => sum + one, 0) / ratings.length;
      return { genre, movies: movies.length, gross, rating: expect.closeTo(rating, 2) };
    });
    expected.sort((a, b) => b.gross - a.gross);
    const written = JSON.parse(readFileSync(join(scratch.folder, 'parallel-fan', 'genres.json'), 'utf8'));
    expect(written).toEqual(expected);
    expect(task('join').outputs).toEqual({
      counted: String(MOVIES.length),
      top_genre: expected[0]!.genre,
      gross: String(expected.reduce((sum, { gross }) => sum + gross, 0)),
    });

    const fan = tasks.filter(({ name }) => name !== 'split' && name !== 'join');
    expect(fan).toHaveLength(byGenre.size);
    // Four slots: at some moment more than one ran.
    const overlaps = fan.some((a) =>
      fan.some((b) => a !== b && a.startedAt! < b.endedAt! && b.startedAt! < a.endedAt!),
    );
    expect(overlaps).toBe(true);
    expect(fan.every(({ startedAt }) => startedAt! >= task('split').endedAt!)).toBe(true);
    expect(fan.every(({ endedAt }) => endedAt! <= task('join').startedAt!)).toBe(true);
  });
});

interface Share {
  readonly symbol: string;
  readonly growth: number;
}

/** Straight from the file: by what each share but one has grown, the best first. */
function growthOfShares(): readonly Share[] {
  const rows = readFileSync(join(DATA, 'stocks.csv'), 'utf8').trim().split('\n').slice(1);
  const prices = Map.groupBy(
    rows.map((row) => row.split(',')),
    ([symbol]) => symbol!,
  );
  prices.delete('IBM');
  const shares = [...prices].map(([symbol, own]) => ({
    symbol,
    growth: Number(own.at(-1)![2]) / Number(own[0]![2]),
  }));
  return shares.sort((a, b) => b.growth - a.growth);
}

const lineOf = ({ symbol, growth }: Share): string => `${symbol}: ${growth.toFixed(2)} times the first price`;

describe('stock-report', () => {
  it('runs a workflow for each share, catches the failed check and hands the lines to another workflow', async () => {
    const { code, stdout, tasks, task } = await runExample('stock-report');
    expect(code, stdout).toBe(0);

    const shares = growthOfShares();
    const page = readFileSync(join(scratch.folder, 'stock-report', 'report.txt'), 'utf8');
    expect(page).toBe(`${shares.map(lineOf).join('\n')}\n\nNot every share has a price for every month.\n`);
    expect(task('page').outputs).toEqual({ page: join(scratch.folder, 'stock-report', 'report.txt') });
    expect(await logOf(server.client, task('done'))).toContain(lineOf(shares[0]!));

    expect(task('check-months').state).toBe('failure');
    expect(task('complete').state).toBe('success');
    const names = tasks.map(({ name }) => name);
    expect(names).toContain('full');
    expect(names).not.toContain('brief');
    expect(names).not.toContain('note-complete');

    const wait = task('settle');
    expect(Date.parse(wait.endedAt!) - Date.parse(wait.startedAt!)).toBeGreaterThanOrEqual(1_000);
    const runs = await server.client.instances.list({ project: 'examples', workflow: 'stock-share', limit: 10 });
    expect(runs.items.map(({ state }) => state)).toEqual(shares.map(() => 'success'));
  });

  it('takes the other branch when there are too few prices', async () => {
    const { code, stdout, tasks } = await runExample('stock-report', { fullFrom: '1000' });
    expect(code, stdout).toBe(0);
    expect(tasks.map(({ name }) => name)).not.toContain('full');
    const page = readFileSync(join(scratch.folder, 'stock-report', 'report.txt'), 'utf8');
    expect(page.split('\n')[0]).toBe(lineOf(growthOfShares()[0]!));
    expect(page.split('\n')[1]).toBe('');
  });
});
