/** A worker by hand: a bare WebSocket that says what a test tells it, in the words of PROTOCOL.md and with none of our code. */
import { WebSocket } from 'ws';
import { eventually } from './poll.ts';

type Message = Readonly<Record<string, unknown>> & { readonly type: string };

export interface RawWorker extends AsyncDisposable {
  readonly heard: readonly Message[];
  /** The code and reason of the close frame, once there is one. */
  readonly closed: { readonly code: number; readonly reason: string } | undefined;
  send(...messages: object[]): void;
  sendText(text: string): void;
  /** The first message of the type that fits, also one that came before. */
  hears(type: string, fits?: (message: Message) => boolean): Promise<Message>;
  isClosed(): Promise<{ readonly code: number; readonly reason: string }>;
  /** Does what it is sent: `ack`, `started`, `result`. */
  works(): void;
}

export interface RawWorkerOptions {
  readonly url: string;
  readonly token: string;
  readonly name: string;
  /** Fields of the hello in the place of the usual ones. */
  readonly hello?: object;
}

/** Resolves when the server has answered the hello, with whatever. */
export async function connectRawWorker(options: RawWorkerOptions): Promise<RawWorker> {
  const socket = new WebSocket(`${options.url.replace(/^http/, 'ws')}/api/v1/worker/socket`, 'vaquita.v1');
  const heard: Message[] = [];
  let closed: RawWorker['closed'];
  let obeys = false;
  let beat: NodeJS.Timeout | undefined;

  const send = (...messages: object[]) => socket.send(JSON.stringify(messages.length === 1 ? messages[0] : messages));
  socket.on('message', (data) => {
    for (const message of [JSON.parse(data.toString()) as Message | Message[]].flat()) {
      heard.push(message);
      if (message.type === 'welcome') beat = setInterval(() => send(heartbeat(options)), 1_000);
      if (obeys) obey(message);
    }
  });
  socket.on('close', (code, reason) => {
    closed = { code, reason: reason.toString() };
    clearInterval(beat);
  });
  socket.on('error', () => {});

  function obey({ type, dispatchId, epoch, nonce }: Message): void {
    if (type === 'echo') send(resultOf(String(nonce), 1));
    if (type !== 'dispatch') return;
    send({ type: 'ack', dispatchId }, { type: 'started', dispatchId, processId: null, at: Date.now() });
    send(resultOf(String(dispatchId), Number(epoch)));
  }

  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  send(helloOf(options));
  await eventually('an answer to the hello', () => heard.length > 0 || closed !== undefined);

  const worker: RawWorker = {
    heard,
    get closed() {
      return closed;
    },
    send,
    sendText: (text) => socket.send(text),
    hears: (type, fits = () => true) =>
      eventually(`"${type}" from the server`, () => heard.find((one) => one.type === type && fits(one)), {
        evidence: () => heard,
      }),
    isClosed: () => eventually('the server to close', () => closed, { evidence: () => heard }),
    works() {
      obeys = true;
      for (const message of heard) obey(message);
    },
    async [Symbol.asyncDispose]() {
      socket.terminate();
      await eventually('the socket to be gone', () => closed !== undefined);
    },
  };
  return worker;
}

function helloOf({ token, name, hello }: RawWorkerOptions): object {
  return {
    type: 'hello',
    versions: ['1.2', '1.1', '1.0'],
    workerId: `raw-${name}`,
    token,
    name,
    groups: ['default'],
    labels: {},
    weight: 1,
    slots: 4,
    heartbeatIntervalMs: 1_000,
    sessionTimeoutMs: 10_000,
    agentVersion: '0.0.1',
    runtime: 'by hand',
    host: 'test',
    taskTypes: ['noop', 'shell'],
    running: [],
    unsent: [],
    ...hello,
  };
}

let seq = 0;

function heartbeat({ hello }: RawWorkerOptions): object {
  const figures = { cpu: 0.5, memory: 0.25, disk: null, load: 1, loopLagMs: 0, slotsUsed: 0, running: [] };
  const at = hello !== undefined && 'at' in hello ? { at: hello.at } : {};
  return { type: 'heartbeat', seq: ++seq, ...figures, ...at };
}

export function resultOf(dispatchId: string, epoch: number): object {
  const times = { startedAt: Date.now(), endedAt: Date.now() };
  const end = { state: 'success', exitCode: 0, signal: null, outputs: {}, logBytes: 0, error: null };
  return { type: 'result', dispatchId, epoch, ...times, ...end };
}
