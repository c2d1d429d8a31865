/** A receiver of alerts on this machine that takes its time, and knows each delivery by its key. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SlowReceiver extends AsyncDisposable {
  readonly port: number;
  /** How often each delivery has arrived, by its key. */
  readonly seen: ReadonlyMap<string, number>;
  /** When each request has arrived, in order: epoch milliseconds. */
  readonly arrivals: readonly number[];
  /** Requests that have no answer yet. */
  readonly held: number;
  /** Answers so long after a request from now on; null: never. What is held is answered when this is not null. */
  answerAfter(ms: number | null): void;
}

export async function startSlowReceiver(answerMs: number | null): Promise<SlowReceiver> {
  const seen = new Map<string, number>();
  const arrivals: number[] = [];
  const held = new Set<ServerResponse>();
  let delayMs = answerMs;
  const answer = (response: ServerResponse) => {
    held.delete(response);
    response.writeHead(200).end('taken');
  };
  const server = createServer((request, response) => {
    const key = String(request.headers['idempotency-key']);
    seen.set(key, (seen.get(key) ?? 0) + 1);
    arrivals.push(Date.now());
    held.add(response);
    response.once('close', () => held.delete(response));
    request.resume();
    if (delayMs !== null) setTimeout(answer, delayMs, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    arrivals,
    get held() {
      return held.size;
    },
    answerAfter(ms) {
      delayMs = ms;
      if (ms !== null) for (const response of [...held]) answer(response);
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
