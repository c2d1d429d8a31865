/** The libSQL server that several servers share. */
import { startSqld } from '@vaquita/store/testing/sqld';

export interface ChaosDatabase {
  readonly url: string;
  kill9(): Promise<void>;
  start(): Promise<void>;
  freeze(): void;
  thaw(): void;
  close(): Promise<void>;
}

export async function startChaosDatabase(): Promise<ChaosDatabase> {
  const sqld = await startSqld();
  return {
    url: sqld.url,
    kill9: sqld.kill9,
    start: sqld.start,
    freeze: () => sqld.signal('SIGSTOP'),
    thaw: () => sqld.signal('SIGCONT'),
    async close() {
      sqld.signal('SIGCONT');
      await sqld.close();
    },
  };
}
