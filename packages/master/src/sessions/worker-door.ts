/**
 * Where workers come in: answers a hello, reconciles what the worker says it has with what the rows say (P7), and
 * turns what it reports into events of the runs concerned. Sends nothing that a commit does not stand behind.
 *
 * W1 A worker id has at most one open session; a newer one takes the place of the older.
 * W2 The pool holds a worker from its welcome to the end of its session, no longer.
 */
import type { Clock, DispatchId, Epoch, IdSource, TaskOutcomeReport, WorkerId } from '@vaquita/core';
import {
  createMasterSession,
  type MasterAnswer,
  type MasterSession,
  type SessionEnd,
  type Wire,
  type WorkerHeartbeat,
  type WorkerHello,
  type WorkerReport,
  type WorkerResult,
} from '@vaquita/protocol';
import type { WorkerRow, WorkerStore } from '@vaquita/store';
import { neverRan } from '../dispatch/deliveries.ts';
import type { LiveDispatch, LiveDispatches } from '../dispatch/live-dispatches.ts';
import type { Rests } from '../dispatch/rests.ts';
import type { ConnectedWorker, WorkerPool } from '../dispatch/worker-pool.ts';
import type { Logger, MasterSettings } from '../settings.ts';
import type { AckWatch } from './ack-watch.ts';
import type { Heartbeats } from './heartbeats.ts';
import type { OutputRouter } from './output-router.ts';
import type { ResultAcks } from './result-acks.ts';

/** What a worker says of one dispatch. */
type DispatchReport = Extract<WorkerReport, { readonly dispatchId: DispatchId }>;

export interface WorkerDoorDeps {
  readonly workers: WorkerStore;
  readonly isWorkerToken: (token: string) => Promise<boolean>;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly epoch: Epoch;
  readonly serverId: string;
  readonly settings: MasterSettings;
  readonly live: LiveDispatches;
  readonly pool: WorkerPool;
  readonly acks: AckWatch;
  readonly outputs: OutputRouter;
  readonly heartbeats: Heartbeats;
  readonly resultAcks: ResultAcks;
  readonly log: Logger;
  /** Resolves when open runs can be taken over. They may not all be in memory yet. */
  readonly open: Promise<void>;
  readonly rests: Rests;
  /** Whether the rows say that the worker holds the dispatch, though memory does not know it. Brings its run into memory. */
  readonly isHeld: (dispatchId: DispatchId, worker: WorkerId) => Promise<boolean>;
  /** A worker has joined: sends what it is still owed. */
  readonly joined: (worker: ConnectedWorker, hello: WorkerHello) => void;
  /** Its session ended; `gone` when it will not be back, so that its tasks need not wait for it. */
  readonly left: (worker: ConnectedWorker, gone: boolean, text: string) => void;
  /** An event may have been written. */
  readonly told: () => void;
  /** A result for a dispatch that is not live. */
  readonly lateResult: (result: WorkerResult, worker: ConnectedWorker) => void;
}

export interface WorkerDoor {
  accept(wire: Wire): void;
  /** Ends every session; the workers look for the next leader. */
  close(): void;
}

export function createWorkerDoor(deps: WorkerDoorDeps): WorkerDoor {
  const sessions = new Set<MasterSession>();
  let closed = false;

  function accept(wire: Wire): void {
    let worker: ConnectedWorker | undefined;
    let farewell: string | undefined;
    let token = '';
    let tokenChecked = deps.clock.now();

    /** A token that is revoked ends the session of whoever came in with it; its tasks wait as for any lost connection. */
    async function checkToken(): Promise<void> {
      const now = deps.clock.now();
      if (Math.abs(now - tokenChecked) < deps.settings.tokenCheckMs) return;
      tokenChecked = now;
      try {
        if (!(await deps.isWorkerToken(token))) session.close('rejected', 'its token has been revoked or has expired');
      } catch (error) {
        deps.log.warn('The token of a worker could not be checked.', { worker: worker?.name, error: String(error) });
      }
    }

    const session = createMasterSession(wire, {
      clock: deps.clock,
      onHello: (hello, version) => answerHello(hello, version),
      onOpen(hello) {
        const before = deps.pool.get(hello.workerId);
        token = hello.token;
        worker = connected(hello, session);
        if (before) deps.pool.leave(before);
        deps.pool.join(worker);
        deps.heartbeats.heard(worker.id);
        before?.close('replaced', 'a newer connection of this worker took its place');
        deps.joined(worker, hello);
      },
      onMessage(message) {
        if (!worker) return;
        if (message.type === 'goodbye') {
          farewell = message.reason;
          deps.heartbeats.heard(worker.id);
        } else if ('dispatchId' in message) report(worker, message);
      },
      onHeartbeat(heartbeat) {
        if (!worker) return;
        deps.heartbeats.beat(worker.id, figures(heartbeat));
        deps.pool.beat(worker.id, heartbeat);
        void checkToken();
      },
      onClosed(end) {
        sessions.delete(session);
        if (worker) leave(worker, end, farewell);
      },
      onBadMessage: (bad) =>
        deps.log.warn('A worker sent a message that is not understood.', { worker: worker?.name, ...bad }),
      onFault: (error) =>
        deps.log.error('Handling a message of a worker failed.', { worker: worker?.name, error: String(error) }),
    });
    sessions.add(session);
  }

  async function answerHello(hello: WorkerHello, version: string): Promise<MasterAnswer> {
    if (!(await deps.isWorkerToken(hello.token))) {
      return {
        type: 'reject',
        code: 'bad_token',
        text: 'The token is unknown, expired or revoked. Create one with: vaquita worker-token create --name <name>',
      };
    }
    await deps.open;
    if (closed) return { type: 'redirect', url: null, retryAfterMs: deps.settings.electionIntervalMs };
    const namesake = deps.pool.byName(hello.name);
    if (namesake && namesake.id !== hello.workerId) {
      return {
        type: 'reject',
        code: 'name_in_use',
        text: `Another worker named "${hello.name}" is connected. Choose another --name.`,
      };
    }
    await deps.workers.upsert(workerRow(hello, deps.clock.now()), 'It has joined.');
    deps.told();
    const { keep, abandon } = await reconcile(hello);
    return {
      type: 'welcome',
      sessionId: deps.ids.next<'session'>(),
      epoch: deps.epoch,
      serverId: deps.serverId,
      version,
      maxFrameBytes: deps.settings.maxFrameBytes,
      ackTimeoutMs: deps.settings.ackTimeoutMs,
      keep,
      abandon,
    };
  }

  /** What the worker reports running is kept if the rows say that it holds it, and to be killed if not. */
  async function reconcile(hello: WorkerHello): Promise<{ keep: DispatchId[]; abandon: DispatchId[] }> {
    const reported = hello.running.map(({ dispatchId }) => dispatchId);
    const held = new Set<DispatchId>();
    for (const { dispatchId: id } of [...hello.running, ...hello.unsent]) {
      if (!deps.live.get(id) && (await deps.isHeld(id, hello.workerId))) held.add(id);
    }
    // From here to the welcome nothing may wait: what is live now must still be live when the worker hears of it.
    const isKept = (id: DispatchId) => deps.live.get(id)?.workerId === hello.workerId || held.has(id);
    return { keep: reported.filter(isKept), abandon: reported.filter((id) => !isKept(id)) };
  }

  function leave(worker: ConnectedWorker, end: SessionEnd, farewell: string | undefined): void {
    deps.pool.leave(worker);
    const gone = farewell !== undefined || end.reason === 'session_timeout';
    const text =
      farewell ??
      (end.reason === 'session_timeout' ? 'no heartbeat in its session timeout' : 'its connection was lost');
    deps.left(worker, gone, `Worker "${worker.name}": ${text}.`);
  }

  function report(worker: ConnectedWorker, message: DispatchReport): void {
    if (message.type === 'result') deps.resultAcks.reported(message.dispatchId, worker);
    const dispatch = deps.live.get(message.dispatchId);
    if (!dispatch || dispatch.workerId !== worker.id) {
      if (message.type === 'result') deps.lateResult(message, worker);
      return;
    }
    deps.acks.answered(dispatch.id);
    handle(worker, dispatch, message);
  }

  function handle(worker: ConnectedWorker, dispatch: LiveDispatch, message: DispatchReport): void {
    const subject = { taskInstanceId: dispatch.taskInstanceId, dispatchId: dispatch.id };
    switch (message.type) {
      case 'ack':
        deps.rests.over(worker.id);
        return;
      case 'refuse':
        // It has been sent twice, and the worker has it.
        if (message.reason === 'duplicate') return;
        if (message.reason === 'bad_dispatch') {
          dispatch.bus.post({ type: 'TaskEnded', ...subject, report: neverRan(message.text, deps.clock.now()) });
          return;
        }
        if (message.reason === 'draining') deps.rests.untilItLeaves(worker.id);
        else deps.rests.begin(worker.id);
        dispatch.bus.post({
          type: 'DispatchReturned',
          ...subject,
          cause: 'refused',
          text: `Worker "${worker.name}" refused it (${message.reason}): ${message.text}`,
        });
        return;
      case 'started':
        dispatch.bus.post({ type: 'TaskStarted', ...subject, at: message.at, processId: message.processId });
        return;
      case 'output':
        deps.outputs.accept(dispatch.taskInstanceId, message, (ack) => void worker.send(ack));
        return;
      case 'result':
        // The log is complete before the task is seen to have ended, and before the worker may forget its output.
        deps.outputs.whenDrained(dispatch.id, () => {
          dispatch.bus.post({ type: 'TaskEnded', ...subject, report: reportOf(message) });
        });
        return;
    }
  }

  return {
    accept,
    close() {
      closed = true;
      for (const session of sessions) session.close('going_away', 'this server no longer leads');
    },
  };
}

/** What the machine is told of a result. */
export function reportOf(result: WorkerResult): TaskOutcomeReport {
  const { state, exitCode, signal, outputs, startedAt, endedAt, logBytes, error } = result;
  return { state, exitCode, signal, outputs, startedAt, endedAt, logBytes, error };
}

function connected(hello: WorkerHello, session: MasterSession): ConnectedWorker {
  return {
    id: hello.workerId,
    name: hello.name,
    groups: hello.groups,
    labels: hello.labels,
    weight: hello.weight,
    slots: hello.slots,
    taskTypes: new Set(hello.taskTypes),
    sessionTimeoutMs: hello.sessionTimeoutMs,
    send: (message) => session.send(message),
    close: (reason, text) => session.close(reason, text),
  };
}

function workerRow(hello: WorkerHello, now: number): WorkerRow {
  const { workerId, name, groups, labels, slots, weight, agentVersion, runtime, host, taskTypes, sessionTimeoutMs } =
    hello;
  return {
    id: workerId as WorkerId,
    name,
    groups,
    labels,
    slots,
    weight,
    state: 'online',
    agentVersion,
    runtime,
    host,
    taskTypes,
    sessionTimeoutMs,
    connectedAt: now,
    lastHeartbeatAt: now,
    stats: {},
    updatedAt: now,
  };
}

function figures(heartbeat: WorkerHeartbeat): Record<string, number> {
  const { cpu, memory, disk, load, loopLagMs, slotsUsed } = heartbeat;
  const known: Record<string, number> = { load, loopLagMs, slotsUsed };
  if (cpu !== null) known.cpu = cpu;
  if (memory !== null) known.memory = memory;
  if (disk !== null) known.disk = disk;
  return known;
}
