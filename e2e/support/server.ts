/** A real server in a process of its own, on a free loopback port, with a data folder that goes when it is closed. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type VaquitaClient } from '@vaquita/client';
import { type Child, cleanEnv, type Exit, startChild } from './child.ts';
import { eventually } from './poll.ts';

export const REPO = join(import.meta.dirname, '..', '..');
export const VAQUITA = join(REPO, 'apps', 'server', 'bin', 'vaquita.mjs');

const READY_WITHIN_MS = 30_000;

export interface TestServerOptions {
  /** Default: off. */
  readonly embeddedWorker?: boolean;
  /** Loads the example workflows on the first start. Default: off. */
  readonly examples?: boolean;
  /** Further settings; they win. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default: a new temporary folder, removed at the end. A given one is kept. */
  readonly dataDir?: string;
  readonly port?: number;
}

export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly adminPassword: string;
  readonly adminToken: string;
  readonly dataDir: string;
  /** Signed in as the admin. */
  readonly client: VaquitaClient;
  /** Of the newest start. */
  readonly pid: number;
  /** What it printed, over all its starts. */
  log(): string;
  /** Asks it to end and gives how it ended, without removing anything. */
  stop(signal?: NodeJS.Signals): Promise<Exit>;
  /** SIGKILL, and nothing is tidied up. */
  kill9(): Promise<void>;
  /** Starts it anew on the same data folder and port; ends it before, in order, when it still runs. */
  restart(env?: Readonly<Record<string, string>>): Promise<void>;
  /** Ends it in order and removes its data folder. */
  close(): Promise<void>;
}

export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const ownsDataDir = options.dataDir === undefined;
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'vaquita-server-')));
  const port = options.port ?? (await freePort());
  const { VAQUITA_ADMIN_PASSWORD, VAQUITA_ADMIN_TOKEN } = options.env ?? {};
  const adminPassword = VAQUITA_ADMIN_PASSWORD ?? `pass-${crypto.randomUUID()}`;
  const adminToken = VAQUITA_ADMIN_TOKEN ?? `token-${crypto.randomUUID()}-${crypto.randomUUID()}`;
  const url = `http://127.0.0.1:${port}`;
  const env = serverEnv({ ...options, dataDir, port, adminPassword, adminToken });

  let past = '';
  let child = launch(env);

  function launch(settings: Readonly<Record<string, string>>): Child {
    return startChild({ args: [VAQUITA, 'start'], env: settings, cwd: tmpdir() });
  }

  async function waitUntilReady(): Promise<void> {
    const ended = child.exited.then(({ code, signal }) => {
      throw new Error(`the server ended (${signal ?? code}) before it was ready:\n${child.output()}`);
    });
    const ready = eventually('the server to be ready', () => isReady(url), {
      withinMs: READY_WITHIN_MS,
      evidence: () => child.output(),
    });
    ready.catch(() => undefined);
    ended.catch(() => undefined);
    await Promise.race([ready, ended]);
  }

  const server: TestServer = {
    url,
    port,
    adminPassword,
    adminToken,
    dataDir,
    client: createClient({ baseUrl: url, token: adminToken }),
    get pid() {
      return child.pid;
    },
    log: () => past + child.output(),
    stop: (signal = 'SIGINT') => child.end(signal),
    async kill9() {
      await child.end('SIGKILL');
    },
    async restart(extra = {}) {
      await child.end('SIGTERM');
      past += child.output();
      child = launch({ ...env, ...extra });
      await waitUntilReady();
    },
    async close() {
      await child.end('SIGTERM');
      if (ownsDataDir) await rm(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
    [Symbol.asyncDispose]: () => server.close(),
  };

  try {
    await waitUntilReady();
  } catch (thrown) {
    await server.close();
    throw thrown;
  }
  return server;
}

/** The settings with which a server of the tests is started; also for starts that must fail. */
export function serverEnv(settings: {
  readonly dataDir: string;
  readonly port: number;
  readonly adminPassword?: string;
  readonly adminToken?: string;
  readonly embeddedWorker?: boolean;
  readonly examples?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}): Readonly<Record<string, string>> {
  return cleanEnv({
    VAQUITA_HOST: '127.0.0.1',
    VAQUITA_PORT: String(settings.port),
    VAQUITA_DATA_DIR: settings.dataDir,
    VAQUITA_EMBEDDED_WORKER: settings.embeddedWorker === true ? 'on' : 'off',
    VAQUITA_EXAMPLES: settings.examples === true ? 'on' : 'off',
    ...(settings.adminPassword === undefined ? {} : { VAQUITA_ADMIN_PASSWORD: settings.adminPassword }),
    ...(settings.adminToken === undefined ? {} : { VAQUITA_ADMIN_TOKEN: settings.adminToken }),
    ...settings.env,
  });
}

async function isReady(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(2_000) });
  await answer.arrayBuffer();
  return answer.status === 200;
}

/** A loopback port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', resolve);
  });
  const address = probe.address();
  await new Promise<void>((resolve) => probe.close(() => resolve()));
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}
