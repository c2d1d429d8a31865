/** What the tests of one file share: a server, its workers and a folder. Made before the first, gone after the last. */
import type { VaquitaClient } from '@vaquita/client';
import { afterAll, beforeAll } from 'vitest';
import { createScratch, type Scratch } from './scratch.ts';
import { startTestServer, type TestServer } from './server.ts';
import { makeWorkerToken, startTestWorker, type TestWorker, type TestWorkerOptions } from './worker.ts';

export type StageWorker = Pick<TestWorkerOptions, 'slots' | 'group' | 'args'>;

export interface StageOptions {
  /** Further settings of the server. */
  readonly env?: Readonly<Record<string, string>>;
  /** By name. */
  readonly workers?: Readonly<Record<string, StageWorker>>;
}

export interface Stage {
  readonly server: TestServer;
  readonly client: VaquitaClient;
  readonly scratch: Scratch;
  worker(name: string): TestWorker;
  /** A further worker, or one in the place of an earlier one of the name. */
  join(name: string, options?: StageWorker): Promise<TestWorker>;
}

/** Call it once, at the top of a file. */
export function useStage({ env = {}, workers = {} }: StageOptions): Stage {
  let server: TestServer | undefined;
  let scratch: Scratch | undefined;
  let token = '';
  const all: TestWorker[] = [];

  async function join(name: string, options: StageWorker = {}): Promise<TestWorker> {
    const { url, client } = server!;
    const worker = await startTestWorker({ url, token, name, client, ...options });
    all.push(worker);
    return worker;
  }

  beforeAll(async () => {
    scratch = createScratch();
    server = await startTestServer({ env });
    token = await makeWorkerToken(server);
    for (const [name, options] of Object.entries(workers)) await join(name, options);
  });

  afterAll(async () => {
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
    worker: (name) => all.findLast((worker) => worker.name === name)!,
    join,
  };
}

/** Settings with which a server that was killed is replaced soon, and a worker that was killed is missed soon. */
export const SHORT_LEASE = { VAQUITA_SESSION_TIMEOUT: '2s' } as const;
/** Of a worker: it is taken for lost about two seconds after it fell silent. */
export const SHORT_HEARTBEAT = ['--heartbeat', '700ms'] as const;
