/** A server, its workers and a folder: for the tests of a file together, or for each of them anew. */
import type { VaquitaClient } from '@vaquita/client';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { createScratch, type Scratch } from './scratch.ts';
import { startTestServer, type TestServer } from './server.ts';
import { makeWorkerToken, startTestWorker, type TestWorker, type TestWorkerOptions } from './worker.ts';

/** `url`: another address than that of the server itself, such as that of a proxy. */
export type StageWorker = Partial<Pick<TestWorkerOptions, 'url' | 'slots' | 'group' | 'args' | 'program'>>;

export interface StageOptions {
  /** For each test anew. Default: made before the first test and gone after the last. */
  readonly each?: boolean;
  /** Further settings of the server. */
  readonly env?: Readonly<Record<string, string>>;
  /** By name. */
  readonly workers?: Readonly<Record<string, StageWorker>>;
}

export interface Stage {
  readonly server: TestServer;
  readonly client: VaquitaClient;
  readonly scratch: Scratch;
  /** Lets workers join. */
  readonly token: string;
  worker(name: string): TestWorker;
  /** A further worker, or one in the place of an earlier one of the name. */
  join(name: string, options?: StageWorker): Promise<TestWorker>;
}

/** Call it once, at the top of a file or of a group of tests. At the end, what waits at the gate `gate` is let go on. */
export function useStage({ each = false, env = {}, workers = {} }: StageOptions = {}): Stage {
  let server: TestServer | undefined;
  let scratch: Scratch | undefined;
  let token = '';
  let all: TestWorker[] = [];

  async function join(name: string, options: StageWorker = {}): Promise<TestWorker> {
    const { url, client } = server!;
    const worker = await startTestWorker({ url, token, name, client, ...options });
    all.push(worker);
    return worker;
  }

  (each ? beforeEach : beforeAll)(async () => {
    all = [];
    scratch = createScratch();
    server = await startTestServer({ env });
    token = await makeWorkerToken(server);
    for (const [name, options] of Object.entries(workers)) await join(name, options);
  });

  (each ? afterEach : afterAll)(async () => {
    scratch?.open('gate');
    for (const worker of all) await worker.close();
    await server?.close();
    scratch?.[Symbol.dispose]();
  });

  return {
    get server() {
      return server!;
    },
    get client() {
      return server!.client;
    },
    get scratch() {
      return scratch!;
    },
    get token() {
      return token;
    },
    worker: (name) => all.findLast((worker) => worker.name === name)!,
    join,
  };
}

/** Settings with which a server that was killed is replaced soon, and a worker that was killed is missed soon. */
export const SHORT_LEASE = { VAQUITA_SESSION_TIMEOUT: '2s' } as const;
/** Of a worker: it is taken for lost about two seconds after it fell silent. */
export const SHORT_HEARTBEAT = ['--heartbeat', '700ms'] as const;
