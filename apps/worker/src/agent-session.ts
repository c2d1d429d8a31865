/**
 * What the agent says and does while it is connected: the hello, what follows a welcome, and each order of the server.
 * Between two sessions everything goes on; what is reported then is lost, and said again at the next welcome (P7).
 */
import type { DispatchId } from '@vaquita/core';
import {
  HEARTBEAT_INTERVAL_MS,
  type HeartbeatFigures,
  type MasterOrder,
  type MasterWelcome,
  SESSION_TIMEOUT_MS,
  SUPPORTED_VERSIONS,
  type WorkerHello,
  type WorkerReport,
  type WorkerSession,
} from '@vaquita/protocol';
import type { AgentOptions } from './agent.ts';
import type { DispatchJournal } from './dispatch-journal.ts';
import type { Executor } from './executor.ts';
import type { AgentLog, Machine } from './host.ts';
import type { LoadGuard } from './load-guard.ts';
import type { Looks } from './looking/looks.ts';
import type { OutputShipper } from './output-shipper.ts';
import type { ResultOutbox } from './result-outbox.ts';
import type { Standing } from './standing.ts';
import { AGENT_VERSION } from './version.ts';

export interface AgentSessionOptions {
  readonly options: AgentOptions;
  readonly identity: Pick<WorkerHello, 'workerId' | 'instance' | 'taskTypes'>;
  readonly machine: Pick<Machine, 'name' | 'runtime' | 'readFigures'>;
  readonly executor: Executor;
  readonly outbox: ResultOutbox;
  readonly output: OutputShipper;
  readonly journal: DispatchJournal;
  readonly standing: Standing;
  readonly load: Pick<LoadGuard, 'overload'>;
  readonly looks: Looks;
  readonly log: AgentLog;
  /** Proves that a task would be run. */
  echo(nonce: DispatchId): void;
}

export interface AgentSession {
  createHello(): WorkerHello;
  readHeartbeat(): HeartbeatFigures;
  /** False when this server must not be worked for. */
  onWelcome(welcome: MasterWelcome, session: WorkerSession, url: string): boolean;
  onOrder(order: MasterOrder): void;
  onLost(): void;
  report(message: WorkerReport): void;
  /** How it stands now, for whoever has asked it to drain or to change. */
  tellStanding(): void;
  /** A task has ended: who waits for it to have drained wants to know. */
  onTaskEnded(): void;
  readonly isOpen: boolean;
  readonly everWelcomed: boolean;
  /** Of the server that leads as far as this agent knows: where files are sent and fetched. */
  readonly socketUrl: string;
}

/** Between the polite and the forced end of an abandoned task. */
const ABANDON_GRACE_MS = 3_000;

export function createAgentSession(deps: AgentSessionOptions): AgentSession {
  const { options, machine, executor, outbox, output, journal, standing, load, log } = deps;
  let session: WorkerSession | null = null;
  let socketUrl = options.urls[0]!;
  let everWelcomed = false;

  function report(message: WorkerReport): void {
    if (session?.send(message) === 'too_large') log.error('A message is too large to be sent.', { type: message.type });
  }

  function tellStanding(): void {
    const running = executor.running().map(({ dispatchId }) => dispatchId);
    report({ type: 'drainStatus', ...standing.read(), running, unsent: outbox.size });
  }

  return {
    createHello: () => ({
      type: 'hello',
      versions: SUPPORTED_VERSIONS,
      ...deps.identity,
      token: options.token,
      name: options.name,
      groups: options.groups,
      labels: options.labels,
      weight: options.weight,
      slots: options.slots,
      heartbeatIntervalMs: options.heartbeatIntervalMs ?? HEARTBEAT_INTERVAL_MS,
      sessionTimeoutMs: options.sessionTimeoutMs ?? SESSION_TIMEOUT_MS,
      agentVersion: AGENT_VERSION,
      runtime: machine.runtime,
      host: machine.name,
      running: executor.running().filter(({ dispatchId }) => outbox.get(dispatchId) === undefined),
      unsent: outbox
        .list()
        .map(({ dispatchId, epoch }) => ({ dispatchId, epoch, logBytes: output.unacknowledged(dispatchId) })),
      draining: standing.stopping,
    }),

    readHeartbeat() {
      const running = executor.running().map(({ dispatchId }) => dispatchId);
      const overload = load.overload?.passed ?? null;
      return { ...machine.readFigures(), slotsUsed: running.length, running, unsent: outbox.size, overload };
    },

    onWelcome(welcome, welcomed, url) {
      if (!executor.seeEpoch(welcome.epoch)) {
        log.warn(
          'This server believes to lead but its term is over. If its database was restored or replaced, restart this worker once with --forget-epoch.',
          { serverId: welcome.serverId, epoch: welcome.epoch, seen: journal.highestEpoch },
        );
        return false;
      }
      everWelcomed = true;
      session = welcomed;
      socketUrl = url;
      standing.joined();
      output.attach(welcomed);
      for (const dispatchId of welcome.abandon) {
        executor.kill({ dispatchId, reason: 'the server no longer counts on this attempt', graceMs: ABANDON_GRACE_MS });
      }
      for (const dispatchId of welcome.keep) executor.repeat(dispatchId);
      for (const result of outbox.list()) {
        output.flush(result.dispatchId);
        welcomed.send(result);
      }
      return true;
    },

    onOrder(order) {
      switch (order.type) {
        case 'dispatch':
          executor.dispatch(order);
          return;
        case 'kill':
          executor.kill(order);
          return;
        case 'takeOver':
          executor.takeOver(order.epoch, order.dispatchIds);
          return;
        case 'echo':
          deps.echo(order.nonce);
          return;
        case 'drain':
          standing.drain(order.reason);
          tellStanding();
          return;
        case 'resume':
          standing.resume();
          tellStanding();
          return;
        case 'configure':
          standing.configure(order);
          tellStanding();
          return;
        case 'look':
          deps.looks.take(order);
          return;
        case 'fault':
          log.warn(`The server says: ${order.text}`, { code: order.code, dispatchId: order.dispatchId });
          return;
        case 'outputAck':
          output.acknowledged(order.dispatchId, order.offset);
          return;
        case 'resultAck':
          // Before the results are gone: what is neither there nor done would be taken for lost.
          journal.done(order.dispatchIds);
          for (const dispatchId of order.dispatchIds) {
            outbox.acknowledged(dispatchId);
            output.forget(dispatchId);
          }
      }
    },

    onLost() {
      session = null;
      deps.looks.forget();
      output.detach();
    },
    report,
    tellStanding,
    onTaskEnded() {
      if (standing.read().draining) tellStanding();
    },
    get isOpen() {
      return session !== null;
    },
    get everWelcomed() {
      return everWelcomed;
    },
    get socketUrl() {
      return socketUrl;
    },
  };
}
