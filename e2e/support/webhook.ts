/** A web server of the test that takes what is posted to it, and answers as it is told. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TestWebhook extends AsyncDisposable {
  readonly url: string;
  /** The bodies, in the order in which they came. */
  readonly received: readonly string[];
  /** What every request is answered from now on. 200 and `ok` at first. */
  answer(status: number, text: string): void;
}

export async function startWebhook(): Promise<TestWebhook> {
  const received: string[] = [];
  let [status, text] = [200, 'ok'];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      received.push(Buffer.concat(parts).toString('utf8'));
      response.writeHead(status, { 'content-type': 'text/plain' }).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    answer(nextStatus, nextText) {
      [status, text] = [nextStatus, nextText];
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
