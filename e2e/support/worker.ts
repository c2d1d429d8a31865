/** A real worker agent in a process of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type VaquitaClient } from '@vaquita/client';
import { cleanEnv, type Exit, startChild } from './child.ts';
import { eventually } from './poll.ts';
import { REPO } from './server.ts';

const AGENT = join(REPO, 'apps', 'worker', 'src', 'main.ts');

export interface WorkerProgram {
  readonly command?: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface TestWorkerOptions {
  readonly url: string;
  /** A worker token. */
  readonly token: string;
  readonly name: string;
  readonly group?: string;
  readonly slots?: number;
  /** With which to ask the server whether the agent has joined; left out, nothing is waited for. */
  readonly client?: VaquitaClient;
  /** What is started, before the arguments. Default: the agent. */
  readonly program?: WorkerProgram;
  /** Further arguments of the agent. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface TestWorker extends AsyncDisposable {
  /** Of the agent that was started last. */
  readonly pid: number;
  readonly name: string;
  /** Of the agents one after the other. */
  log(): string;
  isRunning(): boolean;
  /** Asks it to end and gives how it ended. */
  end(signal?: NodeJS.Signals): Promise<Exit>;
  /** Waits for it to end by itself. */
  ended(withinMs?: number): Promise<Exit>;
  kill9(): Promise<void>;
  /** Starts it again on its work folder, as a service manager does. */
  restart(): Promise<void>;
  /** SIGSTOP: alive for the system, deaf for the server. */
  freeze(): void;
  /** SIGCONT */
  thaw(): void;
  /** Ends it and removes its working folder. */
  close(): Promise<void>;
}

export async function startTestWorker(options: TestWorkerOptions): Promise<TestWorker> {
  const folder = await mkdtemp(join(tmpdir(), 'vaquita-worker-'));
  const { command, args, env } = options.program ?? { args: [AGENT] };
  const start = () =>
    startChild({
      ...(command === undefined ? {} : { command }),
      args: [...args, ...workerArgs(options), '--work-dir', folder, ...(options.args ?? [])],
      env: cleanEnv({ ...env, ...options.env }),
      cwd: folder,
    });
  let child = start();
  let before = '';
  const worker: TestWorker = {
    get pid() {
      return child.pid;
    },
    name: options.name,
    log: () => before + child.output(),
    isRunning: () => child.isRunning(),
    end: (signal = 'SIGTERM') => child.end(signal),
    async ended(withinMs = 15_000) {
      await eventually(`the worker ${options.name} to end`, () => !child.isRunning(), {
        withinMs,
        evidence: () => child.output(),
      });
      return child.exited;
    },
    async kill9() {
      await child.end('SIGKILL');
    },
    async restart() {
      before += child.output();
      child = start();
    },
    freeze: () => child.signal('SIGSTOP'),
    thaw: () => child.signal('SIGCONT'),
    async close() {
      child.signal('SIGCONT');
      await child.end('SIGTERM', 5_000);
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
    [Symbol.asyncDispose]: () => worker.close(),
  };
  const { client } = options;
  if (client === undefined) return worker;
  try {
    await waitUntilOnline(client, worker);
  } catch (thrown) {
    await worker.close();
    throw thrown;
  }
  return worker;
}

export function workerArgs(
  options: Pick<TestWorkerOptions, 'url' | 'token' | 'name' | 'group' | 'slots'>,
): readonly string[] {
  const { url, token, name, group = 'default', slots = 4 } = options;
  return ['--server', url, '--token', token, '--name', name, '--group', group, '--slots', String(slots)];
}

/** A worker token for `startTestWorker`. */
export async function makeWorkerToken(server: { readonly url: string; readonly adminToken: string }): Promise<string> {
  const client = createClient({ baseUrl: server.url, token: server.adminToken });
  return (await client.workerTokens.create({ name: 'test' })).token;
}

async function waitUntilOnline(client: VaquitaClient, worker: TestWorker): Promise<void> {
  await eventually(
    `the worker ${worker.name} to be online`,
    async () => {
      if (!worker.isRunning()) return true;
      const { items } = await client.workers.list({ limit: 500 });
      return items.some(({ name, state }) => name === worker.name && state === 'online');
    },
    { evidence: () => worker.log() },
  );
  if (!worker.isRunning()) throw new Error(`the worker ${worker.name} ended:\n${worker.log()}`);
}
