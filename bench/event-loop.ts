/**
 * What a write does to the event loop: the embedded driver in the caller's thread against the one in a thread of its
 * own. `node bench/event-loop.ts` prints one Markdown table. It does not measure the network, the engine, or a disk
 * slower than this machine's.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { migrate, openEmbeddedDriver, openThreadDriver, type SqlDriver, type SqlStatement } from '@vaquita/store';

const SCENARIO_MS = Number(process.env.BENCH_MS ?? 2_000);
const PROBE_MS = 1;

const TASK = `insert into task_instances (id, workflow_instance_id, name, type, state, attempt, retry_times, failovers,
  current, run_counter, worker_group, priority, first_submitted_at, submitted_at, outputs, inputs, log_bytes, updated_at)
  values (?, 'r', ?, 'shell', 'submitted', 1, 0, 0, 1, 1, 'default', 'medium', 1, 1, '{}', '{}', 0, 1)`;
const CHANGE = `update task_instances set state = ?, started_at = ?, updated_at = ? where id = ?`;
const EVENT = `insert into events (type, project_id, workflow_instance_id, task_instance_id, at, data)
  values ('task_instance.state', 'p', 'r', ?, ?, '{"state":"running","attempt":1,"worker":"one"}')`;
const FENCE = 'insert into fence (epoch) values (1)';
const UNITS = 2_000;

await main();

async function main(): Promise<void> {
  console.log('| driver | scenario | loop blocked p50 ms | p99 ms | max ms | unit p50 ms | p99 ms | units/s |');
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
  await measureDriver('in place', (path) => openEmbeddedDriver({ path }));
  await measureDriver('thread', (path) => openThreadDriver({ path }));
}

async function measureDriver(name: string, open: (path: string) => Promise<SqlDriver>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'vaquita-bench-'));
  const driver = await open(join(folder, 'bench.db'));
  try {
    await prepare(driver);
    for (const concurrent of [1, 64, UNITS]) console.log(await writes(driver, name, concurrent));
    for (const limit of [1, 50, 500]) console.log(await reads(driver, name, limit));
  } finally {
    await driver.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function prepare(driver: SqlDriver): Promise<void> {
  await migrate(driver);
  await driver.write([
    {
      sql: `insert into registry_clients (id, name, kind, heartbeat_interval_ms, session_timeout_ms, connection_config,
        last_heartbeat_at, expires_at, created_at) values ('c', 'n', 'server', 1, 1, '{}', 1, 1, 1)`,
      args: [],
    },
    { sql: `insert into registry_locks values ('/lock/leader', 'c', 'n', 1, 1, 1)`, args: [] },
    {
      sql: `insert into workflow_instances (id, project_id, workflow_id, workflow_name, version, state, run_counter, params,
        start_tasks, scope, failure_strategy, priority, dry_run, business_time, created_by, created_at, updated_at)
        values ('r', 'p', 'w', 'w', 1, 'running', 1, '{}', '[]', 'all', 'continue', 'medium', 0, 1, 'x', 1, 1)`,
      args: [],
    },
  ]);
  const tasks = Array.from({ length: UNITS }, (_, i) => ({ sql: TASK, args: [`t${i}`, `task ${i}`] }));
  await driver.write(tasks);
}

/** What one transition of one task writes: the guard, the task's row, two events. */
function unit(i: number, at: number): readonly SqlStatement[] {
  return [
    { sql: FENCE, args: [] },
    { sql: CHANGE, args: ['running', at, at, `t${i}`], expectChanges: 1 },
    { sql: EVENT, args: [`t${i}`, at] },
    { sql: EVENT, args: [`t${i}`, at] },
  ];
}

async function writes(driver: SqlDriver, name: string, concurrent: number): Promise<string> {
  const latencies: number[] = [];
  return await watched(`${name} | ${concurrent} unit${concurrent > 1 ? 's' : ''} at once`, latencies, async (i) => {
    await Promise.all(
      Array.from({ length: concurrent }, async (_, n) => {
        const from = performance.now();
        await driver.write(unit((i + n) % UNITS, i));
        latencies.push(performance.now() - from);
      }),
    );
  });
}

async function reads(driver: SqlDriver, name: string, limit: number): Promise<string> {
  const latencies: number[] = [];
  const sql = 'select * from task_instances where id > ? order by id limit ?';
  return await watched(`${name} | read of ${limit} row${limit > 1 ? 's' : ''}`, latencies, async (i) => {
    const from = performance.now();
    await driver.query({ sql, args: [`t${(i * 7) % 1_000}`, limit] });
    latencies.push(performance.now() - from);
    await new Promise((resolve) => setImmediate(resolve));
  });
}

/** Repeats the work for the time of a scenario while a timer notes how late it is. */
async function watched(label: string, latencies: number[], work: (round: number) => Promise<void>): Promise<string> {
  await work(0);
  latencies.length = 0;
  const late: number[] = [];
  let last = performance.now();
  const probe = setInterval(() => {
    const now = performance.now();
    late.push(Math.max(0, now - last - PROBE_MS));
    last = now;
  }, PROBE_MS);
  const from = performance.now();
  for (let round = 1; performance.now() - from < SCENARIO_MS; round++) await work(round);
  const seconds = (performance.now() - from) / 1_000;
  clearInterval(probe);
  const figures = [at(late, 0.5), at(late, 0.99), at(late, 1), at(latencies, 0.5), at(latencies, 0.99)];
  return `| ${label} | ${figures.map((ms) => ms.toFixed(2)).join(' | ')} | ${Math.round(latencies.length / seconds)} |`;
}

function at(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
