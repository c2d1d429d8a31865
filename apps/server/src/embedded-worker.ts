/** The worker that lives in the server's process. It joins over a real socket on loopback, like any other. */
import { AppError, toAppError } from '@vaquita/core';
import { type Agent, type AgentHost, type AgentLog, createNodeHost, NO_LIMITS, startAgent } from '@vaquita/worker';
import type { EmbeddedWorker, EmbeddedWorkerOptions } from './host.ts';

/** Its tasks need not wait long for it after a crash: it comes back with the server or not at all. */
const HEARTBEAT_MS = 3_000;
const SESSION_TIMEOUT_MS = 12_000;

export async function startEmbeddedWorker(options: EmbeddedWorkerOptions, log: AgentLog): Promise<EmbeddedWorker> {
  const host = await createNodeHost({ log, workDir: options.workDir });
  const agent = await start(options, host);
  void agent.ended.then((end) => {
    if (end.type === 'rejected') log.error(`The embedded worker cannot join: ${end.reject.text}`);
  });
  return { close: (graceMs) => agent.stop(graceMs) };
}

/** @throws AppError `bad_settings` in the words of who started a server, not an agent. */
function start(options: EmbeddedWorkerOptions, host: AgentHost): Promise<Agent> {
  return startAgent(
    {
      urls: [options.socketUrl],
      // Its server is this very process, and says what the servers say of themselves in their own database.
      trustedHosts: 'any',
      token: options.token,
      name: options.name,
      groups: ['default'],
      labels: {},
      weight: 1,
      slots: options.slots,
      workDir: options.workDir,
      heartbeatIntervalMs: HEARTBEAT_MS,
      sessionTimeoutMs: SESSION_TIMEOUT_MS,
      // Its server is this very process; a database restored from a copy must not lock it out.
      forgetsEpoch: true,
      // Its server is on the same machine and disk, and says itself when there is no room.
      limits: NO_LIMITS,
    },
    host,
  ).catch((cause: unknown) => {
    throw new AppError(
      'bad_settings',
      `The embedded worker cannot start: ${toAppError(cause).message} When another server uses this data folder, start this one with VAQUITA_EMBEDDED_WORKER=off.`,
      { cause },
    );
  });
}
