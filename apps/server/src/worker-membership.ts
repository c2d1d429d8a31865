/**
 * The workers that are connected to this server, in the registry: each a client of its own, with the heartbeat and the timeout
 * that it has chosen, at `/nodes/worker/<group>/<id>` for every group that it names. This server speaks for them.
 *
 * M1 What is told of a worker is carried out in the order in which it was told.
 * M2 What could not be written is tried again with the next heartbeat of the worker.
 * M3 A worker whose connection is lost is not taken out: its session ends by itself, or goes on where the worker goes.
 */
import { toAppError, type WorkerId } from '@vaquita/core';
import type { Membership, MemberWorker } from '@vaquita/master';
import type { RegistryClient, RegistryLog, RegistryServer } from '@vaquita/registry';
import { createTurns } from './turns.ts';

/** Workers that are registered at the same time, after a restart when all come back: the engine writes too. */
const AT_ONCE = 16;

interface Entry {
  readonly worker: MemberWorker;
  client: RegistryClient | undefined;
  /** Everything it shall have in the registry is there. */
  isComplete: boolean;
  /** It has been said that it could not be written. */
  isKnownToFail: boolean;
}

export interface WorkerMembershipDeps {
  readonly registry: Pick<RegistryServer, 'connect'>;
  /** The client of this server. */
  readonly serverId: string;
  readonly log: RegistryLog;
}

export interface WorkerMembership extends Membership {
  /** Resolves when nothing is under way. */
  settled(): Promise<void>;
}

export function createWorkerMembership({ registry, serverId, log }: WorkerMembershipDeps): WorkerMembership {
  const entries = new Map<WorkerId, Entry>();
  const turns = createTurns(AT_ONCE);
  /** M1: the last thing that is to be done about each worker, also about one that has left. */
  const doing = new Map<WorkerId, Promise<void>>();

  function then(entry: Entry, work: () => Promise<void>): void {
    const { id } = entry.worker;
    const done = (doing.get(id) ?? Promise.resolve())
      .then(() => turns.take(work))
      .catch((error) => complain(entry, error));
    doing.set(id, done);
    void done.then(() => {
      if (doing.get(id) === done) doing.delete(id);
    });
  }

  /** Once for each time that a worker comes: it is tried again often. */
  function complain(entry: Entry, error: unknown): void {
    if (entry.isKnownToFail) return;
    entry.isKnownToFail = true;
    log.warn('What is told of a worker could not be written to the registry; trying again with each heartbeat of it.', {
      worker: entry.worker.name,
      error: toAppError(error).message,
    });
  }

  async function complete(entry: Entry): Promise<void> {
    const { worker } = entry;
    if (entry.isComplete || entries.get(worker.id) !== entry) return;
    entry.client ??= await registry.connect({
      id: worker.id,
      name: worker.name,
      kind: 'worker',
      heartbeatIntervalMs: worker.heartbeatIntervalMs,
      sessionTimeoutMs: worker.sessionTimeoutMs,
      config: { proxy: serverId },
      proxied: true,
      resume: true,
    });
    await putNodes(entry.client, worker);
    entry.isComplete = true;
  }

  async function putNodes(client: RegistryClient, { id, name, groups, slots }: MemberWorker): Promise<void> {
    const keys = groups.map((group) => `/nodes/worker/${segmentOf(group)}/${id}`);
    const value = JSON.stringify({ name, slots, server: serverId });
    for (const key of client.ownKeys) if (!keys.includes(key)) await client.delete(key);
    for (const key of keys) await client.put(key, value, { ephemeral: true });
  }

  return {
    joined(worker) {
      // Also when it is here already: it may have come with other times, groups or slots.
      const entry: Entry = { worker, client: undefined, isComplete: false, isKnownToFail: false };
      entries.set(worker.id, entry);
      then(entry, () => complete(entry));
    },
    heard(id) {
      const entry = entries.get(id);
      if (!entry) return;
      entry.client?.touch();
      // M2
      if (!entry.isComplete && !doing.has(id)) then(entry, () => complete(entry));
    },
    left(id, gone) {
      const entry = entries.get(id);
      entries.delete(id);
      if (!entry) return;
      then(entry, async () => {
        if (gone) await entry.client?.close();
        else entry.client?.abandon();
      });
    },
    async settled() {
      while (doing.size > 0) await Promise.all(doing.values());
    },
  };
}

/** Groups have names of any letters; what a part of a key cannot hold is escaped as in a URL. */
function segmentOf(group: string): string {
  return group.toWellFormed().replace(/[%/\p{Cc}]/gu, encodeURIComponent);
}
