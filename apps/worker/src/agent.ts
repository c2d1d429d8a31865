/**
 * The agent put together: settles what an earlier one left, then joins, runs what it is given, and delivers what came
 * of it. Runs the same as a program of its own and inside the server's process.
 */
import { createIdSource, sha256Hex } from '@vaquita/core';
import type { MasterReject } from '@vaquita/protocol';
import { availableTaskTypes } from '@vaquita/tasks';
import { createAdmission } from './admission.ts';
import { type AgentSession, createAgentSession } from './agent-session.ts';
import { createStopping } from './agent-stop.ts';
import { type AttemptPorts, resultOf } from './attempt.ts';
import { openConnection } from './connection.ts';
import { type DispatchJournal, openDispatchJournal } from './dispatch-journal.ts';
import { createEcho } from './echo.ts';
import { createExecutor, type Executor } from './executor.ts';
import { createFileTransfer } from './file-transfer.ts';
import type { AgentHost } from './host.ts';
import { readWorkerId } from './identity.ts';
import { DEFAULT_LIMITS, type LoadLimits, openLoadGuard } from './load-guard.ts';
import { createLooks } from './looking/looks.ts';
import { createOutputShipper } from './output-shipper.ts';
import { createRedirectRule, type TrustedHosts } from './redirects.ts';
import { openResultOutbox, type ResultOutbox } from './result-outbox.ts';
import { createStanding } from './standing.ts';
import { takeOverAttempts } from './take-over.ts';

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
  /** From when on tasks are refused as `overloaded`. */
  readonly limits?: LoadLimits;
  /** Ends when servers find twice in a row that it runs nothing. Else it connects again. */
  readonly endsWhenDeaf?: boolean;
}

export type AgentEnd =
  | { readonly type: 'stopped' }
  /** No server will take this worker as it is, and nothing is left to deliver. */
  | { readonly type: 'rejected'; readonly reject: MasterReject }
  /** It was alive and ran nothing. What runs goes on, for the next agent to take over. */
  | { readonly type: 'deaf'; readonly text: string };

export interface Agent {
  readonly workerId: string;
  readonly ended: Promise<AgentEnd>;
  /** Takes nothing new, lets what runs end within the grace, then ends it, delivers the results, says goodbye. */
  stop(graceMs: number): Promise<void>;
  /** Ends at once. Processes go on, for the next agent on the work folder to take over. */
  leave(): Promise<void>;
}

/** Between the polite and the forced end of a task of a worker that was sent away. */
const EVICTED_GRACE_MS = 3_000;
/** So many echoes in a row that did not come back are no accident. */
const DEAF_AFTER = 2;

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
    const outbox = await openResultOutbox({ records: folder.results, clock, log, restoreOutput: output.restore });
    const journal = openDispatchJournal({
      file: folder.dispatches,
      realm: (await sha256Hex(options.token)).slice(0, 16),
      forgetsEpoch: options.forgetsEpoch ?? false,
      log,
    });
    const types = availableTaskTypes(host.taskPorts);
    const { slots, labels } = options;
    const standing = createStanding({ slots, labels, log, setLogLevel: host.setLogLevel });
    const limits = options.limits ?? DEFAULT_LIMITS;
    const load = await openLoadGuard({ limits, readFigures: machine.readLoad, clock, log });
    const attempts: AttemptPorts = {
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
          socketUrl: () => session.socketUrl,
          fetch: host.taskPorts.fetch,
          disk: host.passedFiles,
          clock,
          random: host.random,
          log,
        }),
    };

    const executor: Executor = createExecutor({
      admit: createAdmission({ journal, standing, types, load }),
      types,
      attempts,
      clock,
      outbox,
      journal,
      output,
      log,
      report: (message) => session.report(message),
      onEnded: () => session.onTaskEnded(),
    });
    /** Sessions in a row that a server has ended because an echo did not come back. */
    let silences = 0;
    const echo = createEcho({
      attempts,
      outbox,
      journal,
      clock,
      log,
      report: (message) => session.report(message),
      onProven() {
        silences = 0;
      },
    });
    const looks = createLooks({
      ...{ clock, log, walkFiles: host.walkFiles, fetch: host.taskPorts.fetch },
      report: (message) => session.report(message),
    });
    const instance = createIdSource(clock, host.random).next<'instance'>();
    const identity = { workerId, instance, taskTypes: [...types.keys()] };
    const session: AgentSession = createAgentSession({
      options,
      identity,
      machine,
      executor,
      outbox,
      output,
      journal,
      standing,
      load,
      looks,
      log,
      echo: (nonce) => void echo(nonce),
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
    await reportForgotten({ journal, executor, outbox, now: clock.now() });

    let end: AgentEnd = { type: 'stopped' };
    const connection = openConnection({
      urls: options.urls,
      mayFollow: createRedirectRule(options.urls, options.trustedHosts ?? []),
      clock,
      random: host.random,
      log,
      connect: host.connect,
      createHello: session.createHello,
      readHeartbeat: session.readHeartbeat,
      onWelcome: session.onWelcome,
      onLost: session.onLost,
      onOrder: session.onOrder,
      onRejected(reject) {
        // A worker that has been at work before keeps trying while there is something to end or to deliver.
        if (session.everWelcomed && (executor.running().length > 0 || outbox.size > 0)) return false;
        end = { type: 'rejected', reject };
        return true;
      },
      onEvicted: (text) => executor.stopAll({ state: 'interrupted', text, graceMs: EVICTED_GRACE_MS }),
      onDeaf(text) {
        silences += 1;
        if (options.endsWhenDeaf !== true || silences < DEAF_AFTER) return false;
        end = { type: 'deaf', text };
        return true;
      },
    });

    const ended = connection.ended.then(async (): Promise<AgentEnd> => {
      output.detach();
      executor.leave();
      host.kept?.close();
      load.close();
      journal.close();
      await outbox.settled();
      machine.close();
      await folder.close();
      return end;
    });
    const stopping = createStopping({ executor, outbox, standing, session, connection, clock });

    return {
      workerId,
      ended,
      async stop(graceMs) {
        await stopping.stop(graceMs);
        await ended;
      },
      async leave() {
        await stopping.leave();
        await ended;
      },
    };
  }
}

/** What was accepted by an agent before this one, is not gone on with, and has no result (E6). */
async function reportForgotten({
  journal,
  executor,
  outbox,
  now,
}: {
  readonly journal: DispatchJournal;
  readonly executor: Executor;
  readonly outbox: ResultOutbox;
  readonly now: number;
}): Promise<void> {
  const running = new Set(executor.running().map(({ dispatchId }) => dispatchId));
  for (const one of journal.pending()) {
    if (running.has(one.dispatchId) || outbox.get(one.dispatchId) !== undefined) continue;
    const error = 'the agent ended while it ran the task, which is of a type that ends with it';
    await outbox.put(resultOf(one, { state: 'lost', endedAt: now, error }));
  }
}
