/**
 * What one server process is made of, put together in the order of the real assembly: the server part of the registry and
 * its client, the lease, the master, the door for workers, and as much of the API as files runs and orders. Some errands
 * in the registry come with it, of the kind that its users have: a member that goes with the server, a term written
 * under the leader's lock, a lock to wait for and to write under, also when it is gone, somebody who follows all changes.
 */
import { type Clock, type CommandRow, createIdSource, type Epoch, MACHINE_DEFAULTS, type Random } from '@vaquita/core';
import { createMaster, type Lease, type Logger, type Master } from '@vaquita/master';
import { socketUrl, type Wire } from '@vaquita/protocol';
import {
  type ClientId,
  createRegistryServer,
  formatServerNode,
  LEADER_LOCK,
  type RegistryClient,
  type RegistryServer,
  type RegistryStore,
  serverNodeKey,
} from '@vaquita/registry';
import { createLeaderLease } from '@vaquita/server/lease';
import { watchServers } from '@vaquita/server/server-watch';
import { createWorkerMembership } from '@vaquita/server/worker-membership';
import type { CommandStore, Filing, InstanceStore, LogStore, MasterStore } from '@vaquita/store';
import type { Breakage } from '../breaks/breakage.ts';
import type { RegistryModel } from '../model/registry.ts';
import { addressOf } from './addresses.ts';
import type { Database } from './database.ts';
import { createDuties, type DutiesDeps } from './duties.ts';
import type { Hint } from './hints.ts';
import { createHookDoor, type HookStore, type SentDelivery } from './hooks.ts';
import { followAll, overheard } from './listening.ts';
import type { SimProcess } from './process.ts';

export interface AssemblyDeps extends Omit<DutiesDeps, 'breakage'> {
  readonly process: SimProcess;
  /** The same in each life of the server. */
  readonly server: string;
  /** Under which id its life before this one was in the registry. */
  readonly predecessor: ClientId | null;
  readonly random: Random;
  readonly database: Database;
  readonly registry: RegistryStore;
  /** The verbs; what is written is witnessed in the name of the process. */
  readonly master: MasterStore;
  readonly instances: Pick<InstanceStore, 'start' | 'find'>;
  readonly commands: Pick<CommandStore, 'fileAll'>;
  readonly hooks: HookStore;
  readonly logs: LogStore;
  readonly model: RegistryModel;
  readonly breakage: Breakage | undefined;
  readonly guard: (run: () => void) => void;
  readonly say: (line: string) => void;
  /** To all other servers. */
  readonly tell: (hint: Hint) => void;
  /** It has begun a session in the registry, under this id. */
  readonly joined: (client: ClientId) => void;
}

export interface Assembly {
  readonly leads: boolean;
  accept(wire: Wire): void;
  nudge(): void;
  /** Of another server. */
  heard(hint: Hint): void;
  /** As the API starts a run: files it, and has it begun at once where the leader is asked. */
  start(filing: Filing): Promise<void>;
  order(commands: readonly CommandRow[]): Promise<void>;
  deliver(sent: SentDelivery): Promise<string>;
  /** In order: what it holds is handed over. */
  close(): Promise<void>;
}

const TOKEN = 'vqw_sim';
const AGAIN_MS = 1_000;
const SESSION = { heartbeatIntervalMs: 2_000, sessionTimeoutMs: 8_000 };
/** Of somebody who follows all changes, from one life of the server to the next. */
const FOLLOWER = { heartbeatIntervalMs: 5_000, sessionTimeoutMs: 20_000 };
/** Idle servers look around less often than real ones, so that more worlds can be looked at. */
const UNHURRIED = { fastLookMs: 2_000, eventPollMs: 3_000 };
const ELECTION_MS = 2_000;
/** Hurried: whatever there is to find in a world, or to mistake for a finding, is looked at many times. */
const RECONCILER = { roundMs: 3_000, stepMs: 300, page: 3, patienceMs: 1_500, commandPatienceMs: 20_000 };
const ERRAND_LOCK = '/lock/errand';
const ERRAND_MS = 3_000;
const LEADER_TERM = '/leader/term';
const ERRAND_TERM = '/errand/term';

export async function assemble(deps: AssemblyDeps): Promise<Assembly> {
  const { process, server, database, random, breakage, say } = deps;
  const clock = breakage?.clock?.(process.clock) ?? process.clock;
  const ids = createIdSource(clock, random);
  const log = logTo(process.name, say);
  const witness = { ...deps, process: process.name };

  const tables = database.seenFrom(process, deps.registry);
  const registry = createRegistryServer({
    store: breakage?.registryPort?.(tables) ?? tables,
    ...{ clock, ids, log, settings: UNHURRIED },
  });
  await untilDone(clock, () => registry.start());
  const { predecessor } = deps;
  const who = { name: process.name, kind: 'server' as const, ...SESSION, predecessor };
  const self = await untilDone(clock, () => registry.connect(who));
  deps.joined(self.id);
  const node = { name: server, url: addressOf(server), version: '0', startedAt: new Date(clock.now()).toISOString() };
  await untilDone(clock, () => self.put(serverNodeKey(self.id), formatServerNode(node), { ephemeral: true }));
  const membership = createWorkerMembership({ registry, serverId: self.id, log });
  void runErrands(self, registry, { ...deps, clock });

  const lease = createLeaderLease(self, async () => deps.tell('lease'));
  const store = database.seenFrom(process, deps.master);
  const duties = createDuties(deps, {
    ...{ clock, random, ids, log, claimer: self.id, others: store.others },
    waitingForRoom: () => master.status()?.room.waitingForAdmission ?? 0,
    commanded(commands) {
      for (const command of commands) master.nudge(command);
    },
  });
  const master = createMaster({
    lease: recorded(breakage?.lease?.(lease) ?? lease, self),
    store: telling(breakage?.port?.(store, process) ?? store, duties.filed),
    logs: deps.logs,
    clock,
    random,
    ids,
    serverId: self.id,
    membership,
    leaderSocket() {
      const { leaderUrl } = lease.leadership();
      return leaderUrl === null ? null : (socketUrl(leaderUrl) ?? null);
    },
    judgeToken: async (token) => (token === TOKEN ? 'valid' : 'unknown'),
    log,
    duties: duties.all,
    committed: duties.happened,
    defer: (run) => void clock.setTimeout(run, 0),
    // Few tasks a commit, so that the graphs of a world, which are small, are started in several steps.
    settings: {
      machine: { ...MACHINE_DEFAULTS, maxNewTasks: 3 },
      electionIntervalMs: ELECTION_MS,
      reconciler: RECONCILER,
      janitor: null,
      ...breakage?.settings,
    },
  });
  await untilDone(clock, () =>
    watchServers(overheard(self, witness), {
      changed() {},
      lost: (id, news) => master.serverLost(id, news && { ...news, led: lease.otherLeader() === id }),
    }),
  );
  const filed = (command?: CommandRow) => {
    if (master.status() === undefined) deps.tell('commands');
    else master.nudge(command);
  };
  const api = fileThrough(master, {
    instances: database.seenFrom(process, deps.instances),
    commands: database.seenFrom(process, deps.commands),
    filed,
  });
  const hooks = createHookDoor({ store: database.seenFrom(process, deps.hooks), clock, ids, filed });
  // As in the real assembly it hears workers before it has tried for the lead.
  const started = master.start();
  void started;

  return {
    ...api,
    deliver: hooks.deliver,
    get leads() {
      return master.status() !== undefined;
    },
    accept(wire) {
      master.accept(breakage?.wire?.(wire) ?? wire);
    },
    nudge: () => master.nudge(),
    heard(hint) {
      if (hint === 'lease') master.leaseChanged();
      else master.nudge();
    },
    async close() {
      await master.close();
      await membership.settled();
      await registry.close();
    },
  };
}

/** Each term is written down under its lock. */
function recorded(lease: Lease, self: RegistryClient): Lease {
  return {
    ...lease,
    async acquire() {
      const won = await lease.acquire();
      if (won) void writeTerm(self, LEADER_TERM, { key: LEADER_LOCK, epoch: won.epoch });
      return won;
    },
  };
}

/** Who sends alerts is told that some were filed. */
function telling(store: MasterStore, filed: () => void): MasterStore {
  return {
    ...store,
    async commit(epoch, unit) {
      const done = await store.commit(epoch, unit);
      if (unit.newAlerts.length > 0) filed();
      return done;
    },
  };
}

/** Refused when the lock is another's by then. */
async function writeTerm(
  self: RegistryClient,
  key: string,
  lock: { readonly key: string; readonly epoch: Epoch },
): Promise<void> {
  await self.put(key, String(lock.epoch), { fence: lock }).catch(() => {});
}

interface FilingDeps extends Pick<AssemblyDeps, 'instances' | 'commands'> {
  /** Has whoever leads look. */
  readonly filed: (command?: CommandRow) => void;
}

function fileThrough(master: Master, { instances, commands, filed }: FilingDeps): Pick<Assembly, 'start' | 'order'> {
  return {
    async start(filing) {
      const { instance, command, event } = filing;
      try {
        await master.begin(filing);
        return;
      } catch {
        // Filed as rows, for whoever leads.
      }
      try {
        await instances.start(instance, command, event);
      } catch (error) {
        if ((await instances.find(instance.id)) === undefined) throw error;
      }
      filed(command);
    },
    async order(rows) {
      await commands.fileAll(rows);
      filed();
    },
  };
}

interface ErrandDeps extends AssemblyDeps {
  readonly clock: Clock;
}

async function runErrands(self: RegistryClient, registry: RegistryServer, deps: ErrandDeps): Promise<void> {
  const { clock, server } = deps;
  const follower = { id: `follower-${server}` as ClientId, name: `follower of ${server}`, ...FOLLOWER };
  const client = await untilDone(clock, () => registry.connect({ ...follower, kind: 'server', resume: true }));
  await untilDone(clock, () => followAll(overheard(client, { ...deps, process: deps.process.name }), deps));
  const lock = await untilDone(clock, () => self.acquireLock(ERRAND_LOCK, { waitMs: 10 * ERRAND_MS }));
  if (!lock) return;
  const pause = () => new Promise<void>((resolve) => clock.setTimeout(resolve, deps.random.next() * ERRAND_MS));
  const write = () => writeTerm(self, ERRAND_TERM, { key: ERRAND_LOCK, epoch: lock.epoch });
  await write();
  await pause();
  if (!lock.signal.aborted) await lock.release().catch(() => {});
  // A part of the process that has not heard of that.
  await pause();
  await write();
}

function logTo(name: string, say: (line: string) => void): Logger {
  const tell = (level: string) => (message: string, fields?: object) =>
    say(`${name} ${level} ${message} ${fields ? JSON.stringify(fields) : ''}`);
  return { info: tell('info'), warn: tell('warn'), error: tell('error') };
}

/** Tries for as long as it fails. */
async function untilDone<T>(clock: Pick<Clock, 'setTimeout'>, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch {
      await new Promise<void>((resolve) => clock.setTimeout(resolve, AGAIN_MS));
    }
  }
}
