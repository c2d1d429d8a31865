/** A master for tests: a real socket on loopback, the real session, and no rules of its own but those a test gives it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DispatchId, TaskInstanceId } from '@vaquita/core';
import {
  createMasterSession,
  type MasterAnswer,
  type MasterDispatch,
  type MasterSession,
  SOCKET_PATH,
  type Wire,
  type WorkerHeartbeat,
  type WorkerHello,
  type WorkerReport,
  type WorkerResult,
} from '@vaquita/protocol';
import { createWorkerSockets, systemClock } from '@vaquita/runtime/node/server';

export interface TestMaster extends AsyncDisposable {
  readonly url: string;
  readonly hellos: WorkerHello[];
  readonly heartbeats: WorkerHeartbeat[];
  /** Everything workers reported, over all sessions, in order. */
  readonly reports: WorkerReport[];
  epoch: number;
  /** Whether results and output are acknowledged. */
  acknowledges: boolean;
  /** How the next hellos are answered, when not with a welcome. */
  answer: ((hello: WorkerHello) => MasterAnswer) | null;
  /** Of what a worker reports running: what it is to kill. */
  abandons: (dispatchId: DispatchId) => boolean;
  session(): MasterSession;
  isConnected(): boolean;
  dispatch(order: Partial<Omit<MasterDispatch, 'dispatchId'>> & { readonly dispatchId: string }): void;
  kill(dispatchId: string, graceMs: number): void;
  /** Drops the connection without a close frame. */
  cut(): void;
  /** Resolves with the first report that fits, also one that came before. */
  report<Type extends WorkerReport['type']>(
    type: Type,
    dispatchId?: string,
  ): Promise<Extract<WorkerReport, { type: Type }>>;
  until(holds: () => boolean): Promise<void>;
  result(dispatchId: string): Promise<WorkerResult>;
  /** Dispatches whose result came and was never acknowledged. */
  unacknowledged(): ReadonlySet<DispatchId>;
  /** The log of a dispatch, put together by offsets. */
  log(dispatchId: string): string;
}

export async function startTestMaster(port = 0): Promise<TestMaster> {
  const reports: WorkerReport[] = [];
  const hellos: WorkerHello[] = [];
  const heartbeats: WorkerHeartbeat[] = [];
  const watchers = new Set<() => void>();
  const acknowledged = new Set<DispatchId>();
  let current: { readonly session: MasterSession; readonly wire: Wire } | null = null;

  function changed(): void {
    for (const watcher of watchers) watcher();
  }

  const sockets = createWorkerSockets((wire) => {
    const session = createMasterSession(wire, {
      clock: systemClock,
      async onHello(hello, version) {
        hellos.push(hello);
        const running = hello.running.map(({ dispatchId }) => dispatchId);
        return (
          master.answer?.(hello) ?? {
            type: 'welcome',
            sessionId: `session-${hellos.length}`,
            epoch: master.epoch,
            serverId: 'test-master',
            version,
            maxFrameBytes: 1_048_576,
            ackTimeoutMs: 5_000,
            keep: running.filter((id) => !master.abandons(id)),
            abandon: running.filter((id) => master.abandons(id)),
          }
        );
      },
      onOpen() {
        current = { session, wire };
        changed();
      },
      onMessage(message) {
        reports.push(message);
        if (master.acknowledges && message.type === 'result') {
          session.send({ type: 'resultAck', dispatchIds: [message.dispatchId] });
          acknowledged.add(message.dispatchId);
        }
        if (master.acknowledges && message.type === 'output') {
          const offset = message.offset + Buffer.byteLength(message.text);
          session.send({ type: 'outputAck', dispatchId: message.dispatchId, offset });
        }
        changed();
      },
      onHeartbeat(heartbeat) {
        heartbeats.push(heartbeat);
        changed();
      },
      onClosed() {
        if (current?.session === session) current = null;
        changed();
      },
    });
  });
  const server = createServer();
  server.on('upgrade', sockets.upgrade);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address() as AddressInfo;

  const master: TestMaster = {
    url: `ws://127.0.0.1:${address.port}${SOCKET_PATH}`,
    hellos,
    heartbeats,
    reports,
    epoch: 1,
    acknowledges: true,
    answer: null,
    abandons: () => false,
    session() {
      if (current === null) throw new Error('no worker is connected');
      return current.session;
    },
    isConnected: () => current !== null,
    dispatch(order) {
      master.session().send({ ...SAMPLE, epoch: master.epoch, ...order } as MasterDispatch);
    },
    kill(dispatchId, graceMs) {
      master.session().send({ type: 'kill', dispatchId: dispatchId as DispatchId, reason: 'a test says so', graceMs });
    },
    cut() {
      current?.wire.terminate();
      current = null;
    },
    until(holds) {
      return new Promise((resolve) => {
        const watcher = () => {
          if (!holds()) return;
          watchers.delete(watcher);
          resolve();
        };
        watchers.add(watcher);
        watcher();
      });
    },
    async report(type, dispatchId) {
      const find = () =>
        reports.find(
          (one) =>
            one.type === type && (dispatchId === undefined || ('dispatchId' in one && one.dispatchId === dispatchId)),
        );
      await master.until(() => find() !== undefined);
      return find() as Extract<WorkerReport, { type: typeof type }>;
    },
    result: (dispatchId) => master.report('result', dispatchId),
    unacknowledged() {
      const results = reports.filter((one) => one.type === 'result').map(({ dispatchId }) => dispatchId);
      return new Set(results.filter((dispatchId) => !acknowledged.has(dispatchId)));
    },
    log(dispatchId) {
      let log = Buffer.alloc(0);
      for (const one of reports) {
        if (one.type !== 'output' || one.dispatchId !== dispatchId) continue;
        if (one.offset > log.length) throw new Error(`a hole in the log at ${log.length}`);
        // What comes again takes nothing away that came after it, as in the store of logs.
        const beyond = Buffer.from(one.text).subarray(Math.max(0, log.length - one.offset));
        log = Buffer.concat([log, beyond]);
      }
      return log.toString();
    },
    async [Symbol.asyncDispose]() {
      sockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return master;
}

const SAMPLE = {
  type: 'dispatch',
  taskInstanceId: 'task-instance-1' as TaskInstanceId,
  attempt: 1,
  taskName: 'sample',
  taskType: 'shell',
  params: {},
  config: { script: 'echo hello' },
  environment: {},
  outputs: [],
  businessTime: 0,
  timezone: 'UTC',
  timeoutMs: null,
} as const;
