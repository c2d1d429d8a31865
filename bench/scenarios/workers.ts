/** A crowd of connected workers whose leader is restarted: how long until all are back, and how the server bears it. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Child, cleanEnv, startChild } from '../../e2e/support/child.ts';
import { eventually } from '../../e2e/support/poll.ts';
import { freePort, startTestServer } from '../../e2e/support/server.ts';
import type { CrowdNews } from '../crowd/main.ts';
import { type Figure, figure } from '../figures.ts';
import type { Scenario } from './scenario.ts';

const BENCH = join(import.meta.dirname, '..');
const WITHIN_MS = 120_000;

export const workers: Scenario = {
  name: 'workers',
  async run({ workers: count }, note) {
    const { returned, lag } = await restartServer(count);
    note(`workers: ${count} came back in ${(returned / 1_000).toFixed(2)} s`);
    const bare = await restartBare(count);
    const base = { name: 'workers', runs: 1 };
    const figures: Figure[] = [
      figure({ ...base, metric: 'all back', unit: 's', value: returned / 1_000, floor: bare / 1_000 }),
      figure({ ...base, metric: 'loop lag p99', unit: 'ms', value: lag.p99, floor: null }),
      figure({ ...base, metric: 'loop lag max', unit: 'ms', value: lag.max, floor: null }),
    ];
    return figures;
  },
};

interface LoopLag {
  readonly p99: number;
  readonly max: number;
}

async function restartServer(count: number): Promise<{ readonly returned: number; readonly lag: LoopLag }> {
  const folder = await mkdtemp(join(tmpdir(), 'vaquita-bench-'));
  const lagFile = join(folder, 'loop.json');
  const probe = pathToFileURL(join(BENCH, 'loop-probe.mjs')).href;
  try {
    await using server = await startTestServer({
      env: { VAQUITA_LOG_LEVEL: 'warn', NODE_OPTIONS: `--import ${probe}`, BENCH_LOOP_FILE: lagFile },
    });
    const { token } = await server.client.workerTokens.create({ name: 'crowd' });
    const crowd = startCrowd(server.url, count, token);
    try {
      await crowd.heard('all', 1);
      const from = now();
      await server.restart();
      const at = await crowd.heard('all', 2);
      process.kill(server.pid, 'SIGUSR2');
      const lag = await eventually('the server to tell its lag', async () => readLag(lagFile), { withinMs: 10_000 });
      return { returned: at - from, lag };
    } finally {
      await crowd.child.end('SIGKILL');
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The same crowd, and a door that only says welcome. */
async function restartBare(count: number): Promise<number> {
  const port = await freePort();
  let door = await openBareDoor(port);
  const crowd = startCrowd(`http://127.0.0.1:${port}`, count, 'any');
  try {
    await crowd.heard('all', 1);
    const from = now();
    await door.end('SIGTERM');
    door = await openBareDoor(port);
    return (await crowd.heard('all', 2)) - from;
  } finally {
    await crowd.child.end('SIGKILL');
    await door.end('SIGKILL');
  }
}

async function openBareDoor(port: number): Promise<Child> {
  const child = startChild({ args: [join(BENCH, 'crowd', 'bare-door.ts'), String(port)], env: cleanEnv() });
  await eventually('the bare door to be open', () => child.stdout().includes('ready'), { withinMs: 10_000 });
  return child;
}

function startCrowd(url: string, count: number, token: string) {
  const main = join(BENCH, 'crowd', 'main.ts');
  const child = startChild({ args: [main, url, String(count)], env: cleanEnv({ CROWD_TOKEN: token }) });

  function news(): readonly CrowdNews[] {
    const lines = child.stdout().split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as CrowdNews);
  }

  return {
    child,
    /** When it said so for the `nth` time. */
    async heard(what: CrowdNews['what'], nth: number): Promise<number> {
      const said = await eventually(
        `the crowd to say "${what}" ${nth} times`,
        () => news().filter((one) => one.what === what)[nth - 1],
        { withinMs: WITHIN_MS, evidence: () => child.output().slice(-2_000) },
      );
      return said.at;
    },
  };
}

async function readLag(file: string): Promise<LoopLag | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as LoopLag;
  } catch {
    return undefined;
  }
}

function now(): number {
  return performance.timeOrigin + performance.now();
}
