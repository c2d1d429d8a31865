/** A server that is started again whenever it has ended, as a service manager would. */
import { isAlive } from '../../support/is-alive.ts';
import { startTestServer, type TestServer, type TestServerOptions } from '../../support/server.ts';

export interface ChaosServer {
  readonly port: number;
  readonly server: TestServer;
  /** Starts it again when it has ended and nobody has ended it. @returns what it said at last; null when nothing is wrong. */
  reviveIfGone(): string | null;
  kill9(): Promise<void>;
  /** Tries until it is ready. */
  start(): Promise<void>;
  /** Whether it leads; null when it does not say. */
  role(): Promise<'leader' | 'follower' | null>;
  freeze(): void;
  thaw(): void;
  close(): Promise<void>;
}

/** What a service manager waits between two starts. */
const RESTART_MS = 500;
/** Nothing is to happen meanwhile. */
const ROLE_WITHIN_MS = 300;

export async function startChaosServer(options: TestServerOptions): Promise<ChaosServer> {
  const server = await startTestServer(options);
  let wanted = true;
  let closed = false;

  function signal(name: NodeJS.Signals): void {
    if (isAlive(server.pid)) process.kill(server.pid, name);
  }

  async function start(): Promise<void> {
    while (!closed) {
      try {
        await server.restart();
        wanted = true;
        return;
      } catch {
        // Nothing works without its disk, for one.
        await new Promise((resolve) => setTimeout(resolve, RESTART_MS));
      }
    }
  }

  return {
    port: server.port,
    server,
    reviveIfGone() {
      if (!wanted || isAlive(server.pid)) return null;
      wanted = false;
      const last = server.log().trimEnd().split('\n').at(-1);
      void start();
      return `the server has ended by itself: ${last}`;
    },
    async kill9() {
      wanted = false;
      await server.kill9();
    },
    start,
    async role() {
      try {
        return (await server.client.cluster({ signal: AbortSignal.timeout(ROLE_WITHIN_MS) })).server.role;
      } catch {
        return null;
      }
    },
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
    async close() {
      wanted = false;
      closed = true;
      signal('SIGCONT');
      await server.close();
    },
  };
}
