/** A worker that speaks the real protocol over a wire in memory, and does what a test tells it. */
import type { Clock, DispatchId, WorkerId } from '@vaquita/core';
import {
  createWorkerSession,
  type MasterDispatch,
  type MasterOrder,
  type WorkerHello,
  type WorkerReport,
  type WorkerSession,
} from '@vaquita/protocol';
import { sampleHello, type WirePair } from '@vaquita/protocol/testing';

export const BENCH_TOKEN = 'vqw_test';

export interface WorkerWorld {
  /** Of the server. */
  readonly clock: Clock;
  /** Of the worker. */
  readonly workerClock: Clock;
  readonly pair: WirePair;
  /** Of the leader, now. */
  epoch(): number;
  /** Lets everything that is due now happen. */
  settle(): Promise<void>;
}

export type TestWorker = ReturnType<typeof connectWorker>;

export function connectWorker(name: string, more: Partial<WorkerHello>, world: WorkerWorld) {
  const { clock, workerClock, pair } = world;
  const orders: MasterOrder[] = [];
  const dispatches: MasterDispatch[] = [];
  const news: string[] = [];
  const hello: WorkerHello = {
    ...sampleHello,
    workerId: `worker-${name}` as WorkerId,
    name,
    token: BENCH_TOKEN,
    groups: ['default'],
    slots: 4,
    taskTypes: ['noop', 'shell'],
    heartbeatIntervalMs: 10_000,
    sessionTimeoutMs: 30_000,
    running: [],
    unsent: [],
    ...more,
  };
  let mute = false;
  const session: WorkerSession = createWorkerSession(pair.worker, {
    clock: workerClock,
    hello,
    onWelcome: (welcome) => news.push(`welcome keep=${welcome.keep.length} abandon=${welcome.abandon.length}`),
    onRefused: (answer) => news.push(answer.type === 'reject' ? `reject ${answer.code}` : 'redirect'),
    onMessage(order) {
      orders.push(order);
      if (order.type === 'echo' && !mute) void echo(order.nonce);
      if (order.type !== 'dispatch') return;
      dispatches.push(order);
      if (!mute) session.send({ type: 'ack', dispatchId: order.dispatchId });
    },
    readHeartbeat: () => ({ cpu: 0, memory: 0, disk: null, load: 0, loopLagMs: 0, slotsUsed: 0, running: [] }),
    onClosed: (end) => news.push(`closed ${end.reason}`),
  });

  function echo(nonce: DispatchId): Promise<void> {
    return worker.result(nonce);
  }

  function send(report: WorkerReport): Promise<void> {
    session.send(report);
    return world.settle();
  }

  const worker = {
    name,
    news,
    orders,
    dispatches,
    pair,
    session,
    send,
    /** From now on says nothing about what it is sent, though it hears it and answers heartbeats. */
    goDeaf: () => {
      mute = true;
    },
    hearAgain: () => {
      mute = false;
    },
    /** Whatever it may be. */
    say(message: object): Promise<void> {
      pair.worker.send(JSON.stringify(message));
      return world.settle();
    },
    faults: () => orders.flatMap((order) => (order.type === 'fault' ? order.code : [])),
    dispatchOf: (task: string) => dispatches.findLast((dispatch) => dispatch.taskName === task)?.dispatchId,
    async starts(task: string) {
      await send({ type: 'started', dispatchId: worker.dispatchOf(task)!, processId: 1, at: clock.now() });
    },
    async ends(task: string, state: 'success' | 'failure' | 'killed' = 'success', outputs = {}) {
      await worker.result(worker.dispatchOf(task)!, state, outputs);
    },
    async result(dispatchId: DispatchId, state: 'success' | 'failure' | 'killed' = 'success', outputs = {}) {
      const exitCode = state === 'success' ? 0 : 1;
      const times = { startedAt: clock.now(), endedAt: clock.now() };
      await send({
        type: 'result',
        dispatchId,
        epoch: world.epoch(),
        state,
        exitCode,
        signal: null,
        outputs,
        ...times,
        logBytes: 0,
        error: null,
      });
    },
    /** Nothing passes any more, and nobody is told. */
    blackhole: () => pair.blackhole(),
    /** Loses its connection, as by a pulled cable. */
    vanish(): Promise<void> {
      pair.cut();
      return world.settle();
    },
    acked: () => orders.flatMap((order) => (order.type === 'resultAck' ? order.dispatchIds : [])),
  };
  return worker;
}
