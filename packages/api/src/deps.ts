/** Everything the API needs from outside, handed in by the assembly. The API itself names no runtime. */
import type {
  Clock,
  CommandRow,
  IdSource,
  ListenerEventConsumer,
  ListenerHost,
  ListenerPackages,
  Random,
  Sealer,
} from '@vaquita/core';
import type { ClusterReader, RegistryInspection } from '@vaquita/registry';
import type { DispatchOrigin, FileStore, Filing, LogStore, Store, WorkerControl, WorkerReader } from '@vaquita/store';
import type { AskOutside } from './data-sources/try-data-source.ts';
import type { MetricsRegistry } from './metrics/registry.ts';
import type { Upkeep } from './resources/upkeep.ts';
import type { WorkerLooks } from './triggers/try-look.ts';

export interface Leadership {
  /** Of this process. */
  readonly role: 'leader' | 'follower';
  /** Null while nobody holds the lease. */
  readonly leaderName: string | null;
  /** Where it is reached, as it says; of another server only, and null when it does not say. */
  readonly leaderUrl: string | null;
  readonly epoch: number;
}

export interface ReadinessCheck {
  readonly name: string;
  /** Resolves with what a person should know; a rejection counts as not ready. */
  check(): Promise<{ readonly ok: boolean; readonly detail: string }>;
}

export interface ApiLog {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

export interface ApiSettings {
  /** How long a sign-in lasts. */
  readonly sessionTtlMs: number;
  readonly bodyLimitBytes: number;
  /** Of a workflow definition, which may hold thousands of tasks. */
  readonly definitionLimitBytes: number;
  /** True: /metrics answers without a token. */
  readonly metricsOpen: boolean;
  /** True behind a reverse proxy that sets X-Forwarded-For, -Proto and -Host itself. */
  readonly trustProxy: boolean;
  /** Below which browsers find the server, such as `/vaquita`; requests come without it. */
  readonly basePath: string;
  /** Runs that one backfill may be made of, and runs of all backfills that may be under way at once. */
  readonly maxBackfillItems: number;
  readonly maxBackfillRuns: number;
}

export const DEFAULT_API_SETTINGS: ApiSettings = {
  sessionTtlMs: 7 * 86_400_000,
  bodyLimitBytes: 1024 * 1024,
  definitionLimitBytes: 8 * 1024 * 1024,
  metricsOpen: false,
  trustProxy: false,
  basePath: '',
  maxBackfillItems: 10_000,
  maxBackfillRuns: 16,
};

export type ApiStore = Pick<
  Store,
  | 'projects'
  | 'workflows'
  | 'instances'
  | 'environments'
  | 'secrets'
  | 'dataSources'
  | 'dataSourceReader'
  | 'taskGroups'
  | 'workerGroups'
  | 'alertGroups'
  | 'alertChannels'
  | 'alerts'
  | 'alertQueue'
  | 'listeners'
  | 'backfills'
  | 'backfillSources'
  | 'schedules'
  | 'calendars'
  | 'runHistory'
  | 'workflowHistory'
  | 'taskList'
  | 'workflowFigures'
  | 'workflowLinks'
  | 'names'
  | 'triggers'
  | 'firings'
  | 'watching'
  | 'commands'
  | 'events'
  | 'users'
  | 'tokens'
  | 'sessions'
  | 'requests'
>;

/** Files that tasks put out, and who among workers may send and fetch them. */
export interface TaskFiles {
  readonly store: FileStore;
  /** Of one file. */
  readonly maxBytes: number;
  findDispatch(dispatchId: string): Promise<DispatchOrigin | undefined>;
  isWorkerToken(token: string): Promise<boolean>;
}

export interface ApiDeps {
  readonly store: ApiStore;
  readonly workers: WorkerReader & WorkerControl;
  readonly registry: RegistryInspection;
  readonly upkeep: Upkeep;
  readonly cluster: Pick<ClusterReader, 'servers'>;
  /** Of this process, among those. */
  readonly serverId: string;
  readonly logs: LogStore;
  readonly files: TaskFiles;
  readonly listeners: {
    readonly host: Pick<ListenerHost, 'inspect' | 'log'>;
    readonly packages: ListenerPackages;
    readonly events: ListenerEventConsumer;
    /** Events are not kept in the database of everything else. */
    readonly areElsewhere: boolean;
    /** Tells whoever leads that a plugin or an instance has changed. A hint. */
    changed(): void;
  };
  /** Has workers look for files; only where this server leads. */
  readonly lookouts: WorkerLooks;
  /** One request to an address that a person has entered. */
  readonly ask: AskOutside;
  /** For settings that hold secrets. */
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly random: Random;
  readonly ids: IdSource;
  /**
   * Has the master of this process file the run and start it in one unit.
   * @throws when it is not filed, as far as is known, for instance because another server leads.
   */
  begin(filing: Filing): Promise<void>;
  /** Tells a master in this process that a command waits. A hint: a lost one costs one poll. */
  nudge(filed?: CommandRow): void;
  /** Tells it that a task group has changed. A hint as well. */
  taskGroupsChanged(): void;
  /** And that a worker group has. */
  workerGroupsChanged(): void;
  /** And that something about a worker or a worker token has been decided. */
  workersChanged(): void;
  /** And that a schedule has, or a calendar. */
  schedulesChanged(): void;
  /** And that there is an alert to send, or that one may go another way. */
  alertsChanged(): void;
  /** That events may have been added, told and heard. A hint too: a lost one costs a reader one poll. */
  readonly changes: {
    announce(): void;
    /** Returns how to stop. */
    subscribe(onChange: () => void): () => void;
  };
  leadership(): Leadership;
  readonly readiness: readonly ReadinessCheck[];
  readonly metrics: MetricsRegistry;
  readonly log: ApiLog;
  readonly version: string;
  /** The address of the peer, for the sign-in limit; `env` is what the runtime handed to `fetch`. */
  peerAddress(env: unknown): string;
  readonly settings: ApiSettings;
}
