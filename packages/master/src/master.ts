/**
 * The master of one server: tries for the lease, holds a term while it has it, and lets go before anybody else can
 * have it. On a follower it only tells workers where the leader is, or to come back later.
 *
 * L1 At most one term is open in a process, and only while the registry session holds the lease.
 * L2 The term is closed, and what else works only while this server leads has ended, before the lease is released or
 *    the session is given up.
 */
import {
  AppError,
  type Clock,
  type CommandRow,
  type Epoch,
  type IdSource,
  type Random,
  type TimerHandle,
  toAppError,
  type WorkerId,
} from '@vaquita/core';
import type { Wire } from '@vaquita/protocol';
import type { FileStore, Filing, LogStore, MasterStore } from '@vaquita/store';
import { type OpenNeeds, openNothing } from './dispatch/task-needs.ts';
import { createCleaningCounts, type PassReport } from './janitor/report.ts';
import { createMendCounts, type MendCounts } from './reconcile/findings.ts';
import { createFaultCounts, type WorkerFaultReport } from './sessions/faults.ts';
import { refuseForNow } from './sessions/follower-door.ts';
import type { TokenVerdict } from './sessions/greeting.ts';
import type { LiveFigures } from './sessions/heartbeats.ts';
import type { Lookouts } from './sessions/lookouts.ts';
import { type Membership, NO_MEMBERSHIP } from './sessions/membership.ts';
import { type Logger, MASTER_DEFAULTS, type MasterSettings } from './settings.ts';
import type { LostServer } from './system/cluster-alerts.ts';
import { rememberLosses } from './system/lost-servers.ts';
import { openTerm } from './term.ts';
import type { Term } from './term-port.ts';
import type { TermStatus } from './term-status.ts';

/** The lease, as the registry session of this server gives it. */
export interface Lease {
  /** The epoch of the new term, or null while somebody else leads. */
  acquire(): Promise<{ readonly epoch: number } | null>;
  release(): Promise<void>;
  /** Calls back when the lease must be given up, before anybody else can take it. */
  onLost(lost: (why: string) => void): void;
}

/** What else works in this process for as long as this server leads, apart from the engine. */
export interface LeaderDuty {
  /** Must not throw. What it writes names this epoch. */
  begin(epoch: Epoch): void;
  /**
   * Stops at once, and resolves when nothing of it goes on any more; the lease is held until then, if it is not lost
   * already. Never rejects.
   */
  end(): Promise<void>;
}

export interface MasterDeps {
  readonly lease: Lease;
  readonly store: MasterStore;
  readonly logs: LogStore;
  /** Where files of runs are: they go with their runs. */
  readonly files?: Pick<FileStore, 'removeRuns' | 'owners'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly ids: IdSource;
  readonly serverId: string;
  /** As people know it; its id unless told. */
  readonly serverName?: string;
  /** The worker socket of the server that leads, as far as is known: that is where workers are sent which come here instead. */
  readonly leaderSocket?: () => string | null;
  /** Whether a worker may join with this token, and why not. */
  readonly judgeToken: (token: string) => Promise<TokenVerdict>;
  /** What tasks get by the names of environments and data sources; left out: there are none. */
  readonly openNeeds?: OpenNeeds;
  readonly log: Logger;
  readonly defer: (run: () => void) => void;
  readonly committed?: () => void;
  /** Where others see which workers are connected here. */
  readonly membership?: Membership;
  readonly duties?: readonly LeaderDuty[];
  readonly settings?: Partial<MasterSettings>;
}

export interface Master {
  /** Resolves when the first attempt at the lease is over; the master goes on by itself. */
  start(): Promise<void>;
  /**
   * Files a run and starts it in one unit, when this server leads. Resolves when that is durable.
   * @throws AppError when the run is not filed, as far as is known: file it, and whoever leads will take it.
   */
  begin(filing: Filing): Promise<void>;
  /** Hint: a command has been filed. */
  nudge(filed?: CommandRow): void;
  /** Hint: who led may lead no longer, or somebody else does now. */
  leaseChanged(): void;
  /** Takes over a worker's socket. */
  accept(wire: Wire): void;
  /** Another server of the cluster is gone: whoever leads takes over what it had. `news` null: it has said that it would leave. */
  serverLost(server: string, news?: LostServer | null): void;
  /** Hint: the janitor is wanted now. */
  cleanUp(): void;
  /** Hint: a task group has been made, changed or removed. */
  refreshTaskGroups(): void;
  /** Hint: a worker group has been declared, changed or removed. */
  refreshWorkerGroups(): void;
  /** The newest figures of a worker that is connected here; undefined on a follower. */
  figures(id: WorkerId): LiveFigures | undefined;
  /** Hint: something about a worker or a worker token has been decided. */
  refreshWorkers(): void;
  /** Over all terms; nobody is there to look while this server does not lead. */
  readonly lookouts: Lookouts;
  /** Undefined on a follower. */
  status(): TermStatus | undefined;
  /** What workers did wrong at this server, over all its terms. */
  workerFaults(): WorkerFaultReport;
  /** What the reconciler has mended, and given up, since this process began. */
  mends(): ReturnType<MendCounts['report']>;
  /** What the janitor has removed since this process began. */
  cleaned(): PassReport;
  close(): Promise<void>;
}

export function createMaster(deps: MasterDeps): Master {
  const settings: MasterSettings = Object.freeze({ ...MASTER_DEFAULTS, ...deps.settings });
  const { clock, log, duties = [] } = deps;
  const counts = createFaultCounts();
  const mends = createMendCounts();
  const cleaned = createCleaningCounts();
  const losses = rememberLosses(clock);
  let term: Term | undefined;
  let timer: TimerHandle | undefined;
  let closed = false;
  let stepping: Promise<void> = Promise.resolve();
  /** The lease has changed while it was being asked for. */
  let changedMeanwhile = false;

  deps.lease.onLost((why) => stepDown(why));

  async function campaign(): Promise<void> {
    if (closed || term) return;
    timer = undefined;
    do {
      changedMeanwhile = false;
      await tryToLead();
    } while (changedMeanwhile && !closed && !term);
    if (!closed && !term) timer = clock.setTimeout(() => void campaign(), settings.electionIntervalMs);
  }

  async function tryToLead(): Promise<void> {
    try {
      await stepping;
      const won = await deps.lease.acquire();
      if (won && !closed) lead(won.epoch);
    } catch (error) {
      log.warn('The lease could not be asked for; trying again.', { error: toAppError(error).message });
    }
  }

  function lead(epoch: number): void {
    log.info('This server leads.', { epoch });
    term = openTerm({
      epoch,
      store: deps.store,
      logs: deps.logs,
      clock,
      random: deps.random,
      ids: deps.ids,
      serverId: deps.serverId,
      serverName: deps.serverName ?? deps.serverId,
      judgeToken: deps.judgeToken,
      openNeeds: deps.openNeeds ?? openNothing,
      counts,
      membership: deps.membership ?? NO_MEMBERSHIP,
      mends,
      cleaned,
      files: deps.files ?? null,
      settings,
      log,
      defer: deps.defer,
      committed: deps.committed ?? (() => {}),
      over: (why) => stepDown(why),
    });
    for (const loss of losses.recent()) term.serverLost(loss.id, loss);
    for (const duty of duties) duty.begin(epoch);
  }

  async function endTerm(ending: Term): Promise<void> {
    await Promise.all([ending.close(), ...duties.map((duty) => duty.end())]);
  }

  function stepDown(why: string): void {
    const ending = term;
    if (!ending) return;
    term = undefined;
    log.warn('This server no longer leads.', { why });
    stepping = endTerm(ending).then(letGo);
    if (!closed) timer ??= clock.setTimeout(() => void campaign(), settings.electionIntervalMs);
  }

  /** Who does not lead must not keep others from it (L2). A lease that is lost already needs no release. */
  async function letGo(): Promise<void> {
    try {
      await deps.lease.release();
    } catch (error) {
      log.warn('The lease could not be released; it ends by itself.', { error: toAppError(error).message });
    }
  }

  return {
    start: campaign,
    async begin(filing) {
      if (!term) throw new AppError('unavailable', 'This server does not lead.');
      await term.start(filing);
    },
    nudge: (filed) => term?.nudge(filed),
    leaseChanged() {
      changedMeanwhile = true;
      if (timer === undefined) return;
      clock.clearTimeout(timer);
      void campaign();
    },
    accept(wire) {
      if (term) term.accept(wire);
      else refuseForNow(wire, clock, settings.electionIntervalMs, deps.leaderSocket?.());
    },
    serverLost(server, news = null) {
      if (news !== null) losses.add(news);
      term?.serverLost(server, news);
    },
    cleanUp: () => term?.cleanUp(),
    refreshTaskGroups: () => term?.refreshTaskGroups(),
    refreshWorkerGroups: () => term?.refreshWorkerGroups(),
    figures: (id) => term?.figures(id),
    refreshWorkers: () => term?.refreshWorkers(),
    lookouts: {
      of: (group) => term?.lookouts.of(group) ?? [],
      look: (workerId, wanted) => term?.lookouts.look(workerId, wanted) ?? Promise.resolve(null),
    },
    status: () => term?.status(),
    workerFaults: counts.report,
    mends: mends.report,
    cleaned: cleaned.report,
    async close() {
      closed = true;
      if (timer !== undefined) clock.clearTimeout(timer);
      const ending = term;
      term = undefined;
      if (ending) await endTerm(ending);
      await stepping;
      await deps.lease.release();
    },
  };
}
