/**
 * The floor under the benchmarks: durable commits of the same rows, dispatch and result over `ws`, and nothing else. No
 * graph, no states, no timers, no checks: what any engine on this database and this socket must at least pay.
 * Usage: main.ts <fanout|chain|start|rows|round-trips> <tasks> <slots>; prints one JSON object.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Layers } from '../layers.ts';
import { dispatchOf, type Link, openLink } from './link.ts';
import { pump, upTo } from './pump.ts';
import { createReadiness } from './readiness.ts';
import { openRows, type Rows } from './rows.ts';

export interface SkeletonResult {
  readonly totalMs: number;
  /** Per task, where the measure has any. */
  readonly timesMs: readonly number[];
  /** The most that the process ever held, its worker not counted. */
  readonly peakRssBytes: number;
}

type Measured = Omit<SkeletonResult, 'peakRssBytes'>;

const BATCH = 100;

/** Many tasks that wait for nothing, some in flight. */
async function fanout(rows: Rows, link: Link, tasks: number, slots: number): Promise<Measured> {
  const from = performance.now();
  for (let n = 0; n < tasks; n += BATCH) {
    rows.commit(() => {
      for (let i = n; i < Math.min(tasks, n + BATCH); i++) rows.submitted(i);
    });
  }
  await pump(rows, link, { tasks, slots, next: upTo(tasks), dispatch: (n) => rows.dispatched(n) });
  return { totalMs: performance.now() - from, timesMs: [] };
}

/** Copies of one graph side by side, some tasks in flight; the row of a task is written when it may go. */
async function graph(rows: Rows, link: Link, layers: Layers, copies: number, slots: number): Promise<Measured> {
  const from = performance.now();
  const { tasks, first, afterEnd } = createReadiness(layers, copies);
  const ready = [...first];
  let taken = 0;
  rows.commit(() => first.forEach(rows.submitted));
  await pump(rows, link, {
    tasks,
    slots,
    next: () => (taken < ready.length ? ready[taken++] : undefined),
    dispatch: rows.dispatched,
    ended(n) {
      for (const task of afterEnd(n)) {
        rows.submitted(task);
        ready.push(task);
      }
    },
  });
  return { totalMs: performance.now() - from, timesMs: [] };
}

/** One after the other: the end of a task and the start of the next are one commit, then one round trip. */
async function chain(rows: Rows, link: Link, tasks: number): Promise<Measured> {
  const from = performance.now();
  const moments: number[] = [];
  const dispatch = (n: number) => {
    rows.submitted(n);
    rows.dispatched(n);
  };
  const sent = () => moments.push(performance.now());
  await pump(rows, link, { tasks, slots: 1, next: upTo(tasks), dispatch, sent });
  return { totalMs: performance.now() - from, timesMs: moments.slice(1).map((at, i) => at - moments[i]!) };
}

/** One commit and one round trip, until the worker says that it has started; what follows is not timed. */
async function start(rows: Rows, link: Link, tasks: number): Promise<Measured> {
  const timesMs: number[] = [];
  const begin = performance.now();
  for (let n = 0; n < tasks; n++) {
    const from = performance.now();
    await new Promise<void>((resolve) => {
      link.onReports((reports) => {
        if (reports.some(({ type }) => type === 'started')) timesMs.push(performance.now() - from);
        if (reports.some(({ type }) => type === 'result')) resolve();
      });
      rows.commit(() => {
        rows.submitted(n);
        rows.dispatched(n);
      });
      link.send([dispatchOf(n)]);
    });
    rows.commit(() => rows.ended(n));
  }
  return { totalMs: performance.now() - begin, timesMs };
}

/** The rows alone: all that a task writes, a hundred tasks a transaction. */
function rowsAlone(rows: Rows, tasks: number): Measured {
  const from = performance.now();
  for (let n = 0; n < tasks; n += BATCH) {
    rows.commit(() => {
      for (let i = n; i < Math.min(tasks, n + BATCH); i++) {
        rows.submitted(i);
        rows.dispatched(i);
        rows.ended(i);
      }
    });
  }
  return { totalMs: performance.now() - from, timesMs: [] };
}

/** The socket alone: a frame for each task, so many in flight. */
async function roundTrips(link: Link, tasks: number, slots: number): Promise<Measured> {
  const from = performance.now();
  let next = 0;
  let done = 0;
  await new Promise<void>((resolve) => {
    link.onReports((reports) => {
      for (const report of reports) {
        if (report.type !== 'result') continue;
        done += 1;
        if (next < tasks) link.send([dispatchOf(next++)]);
      }
      if (done === tasks) resolve();
    });
    while (next < Math.min(tasks, slots)) link.send([dispatchOf(next++)]);
  });
  return { totalMs: performance.now() - from, timesMs: [] };
}

async function measure(mode: string, tasks: number, slots: number, layers: string): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'vaquita-skeleton-'));
  const rows = openRows(join(folder, 'skeleton.db'));
  const link = await openLink();
  try {
    switch (mode) {
      case 'fanout':
        return await fanout(rows, link, tasks, slots);
      case 'chain':
        return await chain(rows, link, tasks);
      case 'start':
        return await start(rows, link, tasks);
      case 'graph':
        return await graph(rows, link, JSON.parse(layers) as Layers, tasks, slots);
      case 'rows':
        return rowsAlone(rows, tasks);
      case 'round-trips':
        return await roundTrips(link, tasks, slots);
      default:
        throw new Error(`there is no measure "${mode}"`);
    }
  } finally {
    await link.close();
    rows.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const [mode = '', tasks = '', slots = '1', layers = ''] = process.argv.slice(2);
// Once before the clock counts, as the real system has it: the first round pays for code that is not compiled yet.
await measure(mode, Number(tasks), Number(slots), layers);
const measured = await measure(mode, Number(tasks), Number(slots), layers);
const result: SkeletonResult = { ...measured, peakRssBytes: process.resourceUsage().maxRSS * 1024 };
console.log(JSON.stringify(result));
