/**
 * The agent put together: settles what an earlier one left, then joins, runs what it is given, and delivers what came
 * of it. Runs the same as a program of its own and inside the server's process.
 */
import { sha256Hex } from '@vaquita/core';
import {
  HEARTBEAT_INTERVAL_MS,
  type MasterOrder,
  type MasterReject,
  type MasterWelcome,
  SESSION_TIMEOUT_MS,
  SUPPORTED_VERSIONS,
  type WorkerHello,
  type WorkerSession,
} from '@vaquita/protocol';
import { availableTaskTypes } from '@vaquita/tasks';
import { resultOf } from './attempt.ts';
import { openConnection } from './connection.ts';
import { openDispatchJournal } from './dispatch-journal.ts';
import { createExecutor } from './executor.ts';
import { createFileTransfer } from './file-transfer.ts';
import type { AgentHost } from './host.ts';
import { readWorkerId } from './identity.ts';
import { createOutputShipper } from './output-shipper.ts';
import { createRedirectRule, type TrustedHosts } from './redirects.ts';
import { openResultOutbox } from './result-outbox.ts';
import { takeOverAttempts } from './take-over.ts';
import { AGENT_VERSION } from './version.ts';

export interface AgentOptions {
  /** Addresses of worker sockets, in the order they are tried. */
  readonly urls: readonly string[];
  readonly token: string;
  readonly name: string;
  readonly groups: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly weight: number;
  readonly slots: number;
  readonly workDir: string;
  /** Further hosts to which a server may send this worker; see `redirects.ts`. */
  readonly trustedHosts?: TrustedHosts;
  readonly heartbeatIntervalMs?: number;
  readonly sessionTimeoutMs?: number;
  /** Works for a server whose epoch is lower than one it has seen before it was started: its database was restored. */
  readonly forgetsEpoch?: boolean;
}

/** `rejected`: no server will take this worker as it is, and nothing is left to deliver. */
export type AgentEnd = { readonly type: 'stopped' } | { readonly type: 'rejected'; readonly reject: MasterReject };

export interface Agent {
  readonly workerId: string;
  readonly ended: Promise<AgentEnd>;
  /** Takes nothing new, lets what runs end within the grace, then ends it, delivers the results, says goodbye. */
  stop(graceMs: number): Promise<void>;
}

/** Between the polite and the forced end of a task when the agent's own grace is over, and of an abandoned one. */
const KILL_GRACE_MS = 3_000;
/** How long results may take to be acknowledged when the agent stops; what is left waits on disk. */
const DELIVERY_MS = 3_000;
const DELIVERY_POLL_MS = 20;

export async function startAgent(options: AgentOptions, host: AgentHost): Promise<Agent> {
  const { clock, log, machine } = host;
  const folder = await host.openWorkFolder(options.workDir);
  try {
    return await join();
  } catch (error) {
    await folder.close();
    throw error;
  }

  async function join(): Promise<Agent> {
    const workerId = await readWorkerId(folder, host);
    const output = createOutputShipper(clock, log);
    const outbox = await openResultOutbox({ records: folder.results, log, restoreOutput: output.restore });
    const journal = openDispatchJournal({
      file: folder.dispatches,
      realm: (await sha256Hex(options.token)).slice(0, 16),
      forgetsEpoch: options.forgetsEpoch ?? false,
      log,
    });
    const types = availableTaskTypes(host.taskPorts);
    let session: WorkerSession | null = null;
    /** Of the server that leads as far as this agent knows: where files are sent and fetched. */
    let socketUrl = options.urls[0]!;
    let everWelcomed = false;
    let rejected: MasterReject | null = null;

    const executor = createExecutor({
      slots: options.slots,
      types,
      attempts: {
        tasks: host.taskPorts,
        kept: host.kept,
        env: machine.env,
        folder,
        clock,
        output,
        log,
        transfer: (dispatchId, taskFolder) =>
          createFileTransfer({
            dispatchId,
            folder: taskFolder,
            token: options.token,
            socketUrl: () => socketUrl,
            fetch: host.taskPorts.fetch,
            disk: host.passedFiles,
            clock,
            random: host.random,
            log,
          }),
      },
      clock,
      outbox,
      journal,
      output,
      log,
      report(message) {
        if (session?.send(message) === 'too_large')
          log.error('A message is too large to be sent.', { type: message.type });
      },
    });

    await takeOverAttempts({
      folder,
      kept: host.kept,
      outbox,
      output,
      machine,
      clock,
      log,
      goOn: ({ order }, left) => executor.goOn(order, left),
    });

    await reportForgotten();

    /** E6 */
    async function reportForgotten(): Promise<void> {
      const running = new Set(executor.running().map(({ dispatchId }) => dispatchId));
      for (const one of journal.pending()) {
        if (running.has(one.dispatchId) || outbox.get(one.dispatchId) !== undefined) continue;
        const error = 'the agent ended while it ran the task, which is of a type that ends with it';
        await outbox.put(resultOf(one, { state: 'lost', endedAt: clock.now(), error }));
      }
    }

    function createHello(): WorkerHello {
      return {
        type: 'hello',
        versions: SUPPORTED_VERSIONS,
        workerId,
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
        taskTypes: [...types.keys()],
        running: executor.running().filter(({ dispatchId }) => outbox.get(dispatchId) === undefined),
        unsent: outbox.list().map(({ dispatchId, epoch }) => ({ dispatchId, epoch })),
      };
    }

    /** P7: the past is settled before anything new comes. */
    function onWelcome(welcome: MasterWelcome, welcomed: WorkerSession, url: string): boolean {
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
      output.attach(welcomed);
      for (const dispatchId of welcome.abandon) {
        executor.kill({ dispatchId, reason: 'the server no longer counts on this attempt', graceMs: KILL_GRACE_MS });
      }
      for (const dispatchId of welcome.keep) executor.repeat(dispatchId);
      for (const result of outbox.list()) {
        output.flush(result.dispatchId);
        welcomed.send(result);
      }
      return true;
    }

    function onOrder(order: MasterOrder): void {
      switch (order.type) {
        case 'dispatch':
          executor.dispatch(order);
          return;
        case 'kill':
          executor.kill(order);
          return;
        case 'echo':
          executor.echo(order.nonce);
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
    }

    const connection = openConnection({
      urls: options.urls,
      mayFollow: createRedirectRule(options.urls, options.trustedHosts ?? []),
      clock,
      random: host.random,
      log,
      connect: host.connect,
      createHello,
      readHeartbeat() {
        const running = executor.running();
        return { ...machine.readFigures(), slotsUsed: running.length, running: running.map((one) => one.dispatchId) };
      },
      onWelcome,
      onLost() {
        session = null;
        output.detach();
      },
      onOrder,
      onRejected(reject) {
        // A worker that has been at work before keeps trying while there is something to end or to deliver.
        if (everWelcomed && (executor.running().length > 0 || outbox.size > 0)) return false;
        rejected = reject;
        return true;
      },
    });

    let stopping: Promise<void> | null = null;

    async function stop(graceMs: number): Promise<void> {
      executor.drain();
      if (!(await within(graceMs, executor.idle()))) {
        executor.stopAll({ state: 'interrupted', text: 'the worker is stopping', graceMs: KILL_GRACE_MS });
        await executor.quiet();
      }
      const isDelivered = () => executor.running().length === 0 && outbox.size === 0;
      for (let waited = 0; waited < DELIVERY_MS && session !== null && !isDelivered(); waited += DELIVERY_POLL_MS) {
        await new Promise<void>((resolve) => clock.setTimeout(resolve, DELIVERY_POLL_MS));
      }
      await connection.close('the worker is stopping');
    }

    function within(ms: number, done: Promise<void>): Promise<boolean> {
      return new Promise((resolve) => {
        const timer = clock.setTimeout(() => resolve(false), ms);
        void done.then(() => {
          clock.clearTimeout(timer);
          resolve(true);
        });
      });
    }

    const ended = connection.ended.then(async (): Promise<AgentEnd> => {
      output.detach();
      executor.leave();
      host.kept?.close();
      journal.close();
      await outbox.settled();
      machine.close();
      await folder.close();
      return rejected === null ? { type: 'stopped' } : { type: 'rejected', reject: rejected };
    });

    return {
      workerId,
      ended,
      async stop(graceMs) {
        stopping ??= stop(graceMs);
        // A second call is somebody in a hurry.
        if (graceMs === 0) executor.stopAll({ state: 'interrupted', text: 'the worker is stopping', graceMs: 0 });
        await stopping;
        await ended;
      },
    };
  }
}
