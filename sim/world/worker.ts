/**
 * A worker that does what the scenario says and speaks the real protocol: it keeps a journal, tells results until they
 * are acknowledged, and connects again for as long as it lives. It is also a witness: what it was asked to do, and what
 * it said of it, goes to the model.
 */
import type { DispatchId, Random } from '@vaquita/core';
import type {
  MasterDispatch,
  MasterKill,
  MasterOrder,
  MasterWelcome,
  RefuseReason,
  ResultState,
  Wire,
  WorkerReport,
  WorkerResult,
  WorkerSession,
} from '@vaquita/protocol';
import { sampleHello } from '@vaquita/protocol/testing';
import { openConnection } from '@vaquita/worker/connection';
import { createRedirectRule } from '@vaquita/worker/redirects';
import type { Attempt, WorkerSpec } from '../scenario/scenario.ts';
import type { SimProcess } from './process.ts';

/** What outlives the process, unless it is lost. */
export interface Journal {
  readonly dispatches: Map<DispatchId, JournalEntry>;
  highestEpoch: number;
}

interface JournalEntry {
  readonly order: MasterDispatch;
  state: 'accepted' | 'started' | 'ended' | 'forgotten';
  startedAt: number | null;
  result: WorkerResult | null;
}

export interface Witness {
  /** It begins to work on a dispatch, or will not. */
  accepted(worker: string, order: MasterDispatch): void;
  refused(worker: string, order: MasterDispatch, reason: RefuseReason): void;
  ended(worker: string, result: WorkerResult): void;
  acknowledged(worker: string, dispatchId: DispatchId): void;
  killed(worker: string, order: MasterKill): void;
  /** It has been shown an epoch. */
  saw(worker: string, epoch: number): void;
}

export interface SimWorkerDeps {
  readonly spec: WorkerSpec;
  readonly process: SimProcess;
  readonly journal: Journal;
  readonly random: Random;
  readonly witness: Witness;
  readonly attemptOf: (order: MasterDispatch) => Attempt;
  readonly urls: readonly string[];
  /** Opens a connection to a server. @throws Error when it does not answer. */
  readonly connect: (url: string) => Promise<Wire>;
  /** It begins to work whatever epoch it is sent, which it must not. */
  readonly takesOldEpochs: boolean;
}

export interface SimWorker {
  readonly connected: boolean;
  readonly running: number;
  readonly untold: number;
  /** It hears orders and does nothing about them. */
  isDeaf: boolean;
  /** It takes nothing new. */
  isFull: boolean;
  leave(): void;
}

const TOKEN = 'vqw_sim';
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

export function emptyJournal(): Journal {
  return { dispatches: new Map(), highestEpoch: 0 };
}

export function createSimWorker(deps: SimWorkerDeps): SimWorker {
  const { spec, process, journal, random, witness } = deps;
  const { clock } = process;
  let session: WorkerSession | undefined;

  const self = { isDeaf: false, isFull: false };
  const running = () =>
    [...journal.dispatches.values()].filter(({ state }) => state === 'accepted' || state === 'started');
  const untold = () => [...journal.dispatches.values()].filter(({ state }) => state === 'ended');

  // What ran when the process before this one died is of an unknown end.
  for (const { order } of running()) end(order.dispatchId, 'lost', 'the agent was restarted');
  const connection = openConnection({
    urls: deps.urls,
    mayFollow: createRedirectRule(deps.urls, []),
    clock,
    random,
    log: SILENT,
    connect: deps.connect,
    createHello: () => ({
      ...sampleHello,
      workerId: `worker-${spec.name}` as typeof sampleHello.workerId,
      name: spec.name,
      token: TOKEN,
      groups: [spec.group],
      labels: spec.labels,
      weight: spec.weight,
      slots: spec.slots,
      taskTypes: ['noop', 'shell'],
      heartbeatIntervalMs: Math.floor(spec.sessionTimeoutMs / 3),
      sessionTimeoutMs: spec.sessionTimeoutMs,
      running: running().map(({ order, state }) => ({
        dispatchId: order.dispatchId,
        epoch: order.epoch,
        state: state as 'accepted' | 'started',
      })),
      unsent: untold().map(({ order }) => ({ dispatchId: order.dispatchId, epoch: order.epoch })),
    }),
    readHeartbeat: () => ({
      cpu: 0,
      memory: 0,
      disk: null,
      load: 0,
      loopLagMs: 0,
      slotsUsed: running().length,
      running: running().map(({ order }) => order.dispatchId),
    }),
    onWelcome: welcomed,
    onLost() {
      session = undefined;
    },
    onOrder: obey,
    onRejected: () => false,
    onEvicted: () => endAll('the worker was sent away'),
    onDeaf: () => false,
  });

  function welcomed(welcome: MasterWelcome, opened: WorkerSession): boolean {
    // A server that leads no longer, and does not know it.
    if (welcome.epoch < journal.highestEpoch) return false;
    session = opened;
    saw(welcome.epoch);
    for (const id of welcome.abandon) end(id, 'killed', 'abandoned');
    for (const { result } of untold()) if (result) say(result);
    return true;
  }

  function endAll(why: string): void {
    for (const { order } of running()) end(order.dispatchId, 'interrupted', why);
  }

  function saw(epoch: number): void {
    journal.highestEpoch = Math.max(journal.highestEpoch, epoch);
    witness.saw(spec.name, epoch);
  }

  function say(report: WorkerReport): void {
    session?.send(report);
    const repeats = report.type === 'ack' || report.type === 'started' || report.type === 'result';
    if (spec.stutters && repeats && random.next() < 0.3) {
      clock.setTimeout(() => session?.send(report), random.next() * 3_000);
    }
  }

  function obey(order: MasterOrder): void {
    if (order.type === 'resultAck') {
      for (const id of order.dispatchIds) {
        const entry = journal.dispatches.get(id);
        if (entry?.state === 'ended') entry.state = 'forgotten';
        witness.acknowledged(spec.name, id);
      }
    }
    if (order.type === 'takeOver') saw(order.epoch);
    if (self.isDeaf) return;
    if (order.type === 'dispatch') take(order);
    if (order.type === 'kill') kill(order);
    if (order.type === 'look') {
      // No machine of a simulated world has files.
      const { lookId } = order;
      session?.send({ type: 'looked', lookId, entries: [], isEnd: true, problem: null, code: null });
    }
    // Of no dispatch of its own, and so not kept: an echo that is lost is asked for again.
    if (order.type === 'echo') {
      session?.send(result(order.nonce, 'success', { epoch: journal.highestEpoch, startedAt: null }));
    }
  }

  function refuse(order: MasterDispatch, reason: RefuseReason): void {
    if (reason !== 'duplicate') witness.refused(spec.name, order, reason);
    say({ type: 'refuse', dispatchId: order.dispatchId, reason, text: `refused: ${reason}` });
  }

  function take(order: MasterDispatch): void {
    const known = journal.dispatches.get(order.dispatchId);
    if (known) {
      tellOf(known);
      return;
    }
    if (order.epoch < journal.highestEpoch && !deps.takesOldEpochs) {
      refuse(order, 'stale_epoch');
      return;
    }
    saw(order.epoch);
    if (self.isFull) {
      refuse(order, 'overloaded');
      return;
    }
    if (running().length >= spec.slots) {
      refuse(order, 'no_slot');
      return;
    }
    journal.dispatches.set(order.dispatchId, { order, state: 'accepted', startedAt: null, result: null });
    witness.accepted(spec.name, order);
    say({ type: 'ack', dispatchId: order.dispatchId });
    work(order);
  }

  function tellOf(entry: JournalEntry): void {
    const { dispatchId } = entry.order;
    if (entry.state === 'ended' && entry.result) say(entry.result);
    else if (entry.state === 'forgotten') refuse(entry.order, 'duplicate');
    else {
      say({ type: 'ack', dispatchId });
      if (entry.startedAt !== null) say({ type: 'started', dispatchId, processId: 1, at: entry.startedAt });
    }
  }

  function work(order: MasterDispatch): void {
    const { dispatchId, timeoutMs } = order;
    const plan = deps.attemptOf(order);
    clock.setTimeout(() => {
      const entry = journal.dispatches.get(dispatchId);
      if (entry?.state !== 'accepted') return;
      entry.state = 'started';
      entry.startedAt = clock.now();
      say({ type: 'started', dispatchId, processId: 1, at: entry.startedAt });
      if (timeoutMs !== null && timeoutMs <= plan.runMs)
        clock.setTimeout(() => end(dispatchId, 'timeout', 'too long'), timeoutMs);
      else clock.setTimeout(() => end(dispatchId, plan.end, `it was to be ${plan.end}`), plan.runMs);
    }, plan.startMs);
  }

  function kill(order: MasterKill): void {
    witness.killed(spec.name, order);
    const entry = journal.dispatches.get(order.dispatchId);
    if (!entry) {
      // Never seen: from now on it is refused, should it still come.
      const unknown = result(order.dispatchId, 'killed', { epoch: journal.highestEpoch, startedAt: null });
      const never = { dispatchId: order.dispatchId, epoch: journal.highestEpoch } as MasterDispatch;
      journal.dispatches.set(order.dispatchId, { order: never, state: 'ended', startedAt: null, result: unknown });
      witness.ended(spec.name, unknown);
      say(unknown);
    } else if (entry.state === 'ended' && entry.result) say(entry.result);
    else if (entry.state === 'forgotten')
      say(result(order.dispatchId, 'killed', { epoch: entry.order.epoch, startedAt: null }));
    else {
      const { stubborn } = deps.attemptOf(entry.order);
      clock.setTimeout(
        () => end(order.dispatchId, 'killed', order.reason),
        stubborn ? order.graceMs : random.next() * 200,
      );
    }
  }

  function end(dispatchId: DispatchId, state: ResultState, why: string): void {
    const entry = journal.dispatches.get(dispatchId);
    if (entry?.state !== 'accepted' && entry?.state !== 'started') return;
    entry.state = 'ended';
    entry.result = result(dispatchId, state, { epoch: entry.order.epoch, startedAt: entry.startedAt, why });
    witness.ended(spec.name, entry.result);
    say(entry.result);
  }

  function result(
    dispatchId: DispatchId,
    state: ResultState,
    { epoch, startedAt, why }: { readonly epoch: number; readonly startedAt: number | null; readonly why?: string },
  ): WorkerResult {
    const exitCode = state === 'success' ? 0 : state === 'failure' ? 1 : null;
    const outputs: Record<string, string> = {};
    if (state === 'success')
      for (const { name } of journal.dispatches.get(dispatchId)?.order.outputs ?? []) outputs[name] = dispatchId;
    return {
      type: 'result',
      dispatchId,
      epoch,
      state,
      exitCode,
      signal: state === 'killed' ? 'SIGTERM' : null,
      outputs,
      startedAt,
      endedAt: clock.now(),
      logBytes: 0,
      error: state === 'success' ? null : (why ?? state),
    };
  }

  return {
    get connected() {
      return session?.phase === 'open';
    },
    get running() {
      return running().length;
    },
    get untold() {
      return untold().length;
    },
    get isDeaf() {
      return self.isDeaf;
    },
    set isDeaf(yes) {
      self.isDeaf = yes;
    },
    get isFull() {
      return self.isFull;
    },
    set isFull(yes) {
      self.isFull = yes;
    },
    leave() {
      endAll('the agent was told to stop');
      void connection.close('stopping', []);
    },
  };
}
