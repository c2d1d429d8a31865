import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually } from '../../support/poll.ts';
import { type SilentProxy, startSilentProxy } from './silent-proxy.ts';

let server: Server;
let echoPort: number;
let proxy: SilentProxy;
let accepted: Socket[];
let clients: Peer[];

interface Peer {
  readonly socket: Socket;
  readonly news: string[];
}

function listen(socket: Socket): Peer {
  const news: string[] = [];
  socket.setEncoding('utf8');
  socket.on('data', (text) => news.push(String(text)));
  socket.on('error', () => {});
  socket.on('close', () => news.push('closed'));
  return { socket, news };
}

/** A connection through the proxy to an echo. */
function join(): Peer {
  const peer = listen(connect({ host: '127.0.0.1', port: proxy.port }));
  clients.push(peer);
  return peer;
}

const heard = (peer: Peer, text: string) => eventually(`to hear ${text}`, () => peer.news.join('').includes(text));

/** Whatever was to arrive has arrived when somebody who came later has had an answer. */
async function bystander(): Promise<void> {
  const peer = listen(connect({ host: '127.0.0.1', port: echoPort }));
  clients.push(peer);
  peer.socket.write('x');
  await heard(peer, 'x');
}

beforeEach(async () => {
  [accepted, clients] = [[], []];
  server = createServer((socket) => {
    accepted.push(socket);
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  echoPort = typeof address === 'object' && address ? address.port : 0;
  proxy = await startSilentProxy(echoPort);
});

afterEach(async () => {
  for (const { socket } of clients) socket.destroy();
  for (const socket of accepted) socket.destroy();
  await proxy.close();
  await new Promise((resolve) => server.close(resolve));
});

it('passes on what is said, and the end', async () => {
  const client = join();
  client.socket.write('hello');
  await heard(client, 'hello');
  accepted[0]!.destroy();
  await heard(client, 'closed');
});

it('held back, everything comes later: what was said, the end, and new connections (N1, N2)', async () => {
  const [client, dying] = [join(), join()];
  client.socket.write('a');
  dying.socket.write('a');
  await heard(client, 'a');
  await heard(dying, 'a');
  proxy.silence('hold');
  client.socket.write('b');
  const late = join();
  late.socket.write('c');
  accepted[1]!.destroy();
  await bystander();
  expect([client.news, dying.news, late.news]).toEqual([['a'], ['a'], []]);
  proxy.hear();
  await heard(client, 'b');
  await heard(late, 'c');
  await heard(dying, 'closed');
});

it('dropped, connections of that time stay silent, and new ones work (N2)', async () => {
  const client = join();
  client.socket.write('a');
  await heard(client, 'a');
  proxy.silence('drop');
  client.socket.write('b');
  const meanwhile = join();
  meanwhile.socket.write('c');
  await bystander();
  proxy.hear();
  client.socket.write('d');
  const fresh = join();
  fresh.socket.write('e');
  await heard(fresh, 'e');
  accepted[0]!.destroy();
  await bystander();
  expect([client.news, meanwhile.news]).toEqual([['a'], []]);
});
