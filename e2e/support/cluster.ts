/** Several real servers on one libSQL server, as a person would set them up who has only one machine. */
import { type Sqld, startSqld } from '@vaquita/store/testing/sqld';
import { eventually } from './poll.ts';
import { createScratch, type Scratch } from './scratch.ts';
import { startTestServer, type TestServer } from './server.ts';
import { makeWorkerToken, startTestWorker, type TestWorker, type TestWorkerOptions } from './worker.ts';

export interface ClusterWorker extends Pick<TestWorkerOptions, 'args' | 'slots' | 'env'> {
  /** Default: all. */
  readonly servers?: readonly TestServer[];
  /** False: it need not join. */
  readonly waits?: boolean;
}

export interface TestCluster extends AsyncDisposable {
  readonly database: Sqld;
  /** In the order in which they were started; the first led first. */
  readonly servers: readonly TestServer[];
  readonly scratch: Scratch;
  /** A worker with the addresses of servers. */
  join(name: string, options?: ClusterWorker): Promise<TestWorker>;
  /** The one of them that leads, once there is one among these; default: among all. */
  leader(among?: readonly TestServer[]): Promise<TestServer>;
  close(): Promise<void>;
}

/** `env`: further settings of every server. */
export async function startTestCluster(
  count: number,
  env: Readonly<Record<string, string>> = {},
): Promise<TestCluster> {
  const closers: (() => Promise<void> | void)[] = [];
  async function close(): Promise<void> {
    for (const one of closers.splice(0).reverse()) await one();
  }

  try {
    const scratch = createScratch();
    closers.push(() => scratch[Symbol.dispose]());
    const database = await startSqld();
    closers.push(() => database.close());
    const servers: TestServer[] = [];
    for (let nth = 0; nth < count; nth++) {
      const [first] = servers;
      // What the first has made of the database, the others share.
      const shared = first
        ? { VAQUITA_ADMIN_TOKEN: first.adminToken, VAQUITA_ADMIN_PASSWORD: first.adminPassword }
        : {};
      const server = await startTestServer({ env: { VAQUITA_DATABASE_URL: database.url, ...shared, ...env } });
      closers.push(() => server.close());
      servers.push(server);
    }
    const token = await makeWorkerToken(servers[0]!);

    return {
      database,
      servers,
      scratch,
      async join(name, { servers: known = servers, waits = true, ...options } = {}) {
        const url = known.map((server) => server.url).join(',');
        const asked = waits ? { client: known[0]!.client } : {};
        const worker = await startTestWorker({ url, token, name, ...asked, ...options });
        closers.push(() => worker.close());
        return worker;
      },
      leader: (among = servers) =>
        eventually(
          'a leader',
          async () => {
            const roles = await Promise.all(among.map(roleOf));
            return among[roles.indexOf('leader')];
          },
          { everyMs: 10, evidence: () => among.map((server) => server.log()) },
        ),
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

/** Null while it does not answer. */
async function roleOf({ client }: TestServer): Promise<'leader' | 'follower' | null> {
  return client.cluster({ signal: AbortSignal.timeout(2_000) }).then(
    ({ server }) => server.role,
    () => null,
  );
}
