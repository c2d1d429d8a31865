/** What a term of leadership is given, and what can be asked of it. */
import type { Clock, CommandRow, Epoch, IdSource, Random, WorkerId } from '@vaquita/core';
import type { Wire } from '@vaquita/protocol';
import type { FileStore, Filing, LogStore, MasterStore } from '@vaquita/store';
import type { OpenNeeds } from './dispatch/task-needs.ts';
import type { CleaningCounts } from './janitor/report.ts';
import type { MendCounts } from './reconcile/findings.ts';
import type { FaultCounts } from './sessions/faults.ts';
import type { TokenVerdict } from './sessions/greeting.ts';
import type { LiveFigures } from './sessions/heartbeats.ts';
import type { Lookouts } from './sessions/lookouts.ts';
import type { Membership } from './sessions/membership.ts';
import type { Logger, MasterSettings } from './settings.ts';
import type { LostServer } from './system/cluster-alerts.ts';
import type { TermStatus } from './term-status.ts';

export interface TermDeps {
  readonly epoch: Epoch;
  readonly store: MasterStore;
  readonly logs: LogStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly ids: IdSource;
  readonly serverId: string;
  /** As people know it. */
  readonly serverName: string;
  readonly judgeToken: (token: string) => Promise<TokenVerdict>;
  readonly openNeeds: OpenNeeds;
  readonly counts: FaultCounts;
  readonly membership: Membership;
  readonly mends: MendCounts;
  readonly cleaned: CleaningCounts;
  readonly files: Pick<FileStore, 'removeRuns' | 'owners'> | null;
  readonly settings: MasterSettings;
  readonly log: Logger;
  /** Runs later, after sockets and timers had their turn. */
  readonly defer: (run: () => void) => void;
  /** A commit is durable: readers of the event record may look. */
  readonly committed: () => void;
  /** The term cannot go on: leadership is over. */
  readonly over: (why: string) => void;
}

export interface Term {
  nudge(filed?: CommandRow): void;
  start(filing: Filing): Promise<void>;
  accept(wire: Wire): void;
  status(): TermStatus;
  /** Another server of the cluster is gone; `news` null: it has said that it would leave. */
  serverLost(server: string, news: LostServer | null): void;
  /** Hint: the janitor is wanted now. */
  cleanUp(): void;
  /** Hint: a task group has changed. */
  refreshTaskGroups(): void;
  /** Hint: a worker group has changed. */
  refreshWorkerGroups(): void;
  /** The newest figures of a worker that is connected here. */
  figures(id: WorkerId): LiveFigures | undefined;
  /** Hint: something about a worker or a worker token has been decided. */
  refreshWorkers(): void;
  readonly lookouts: Lookouts;
  close(): Promise<void>;
}
