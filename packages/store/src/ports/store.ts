/** The whole store, as the assembly hands it out. Packages take only the port they need. */
import type { AlertQueue, AlertRecords, ListenerEngineStore } from '@vaquita/core';
import type { AlertChannelStore, AlertGroupStore, AlertReader } from './alerts.ts';
import type {
  CommandStore,
  EventStore,
  InstanceStore,
  ProjectStore,
  RequestStore,
  TaskGroupStore,
  WorkerControl,
  WorkerGroupStore,
  WorkerReader,
  WorkflowStore,
} from './api.ts';
import type { BackfillQueue, BackfillSources, BackfillStore } from './backfills.ts';
import type {
  DataSourceReader,
  DataSourceStore,
  EnvironmentReader,
  EnvironmentStore,
  SecretStore,
} from './environments.ts';
import type { ListenerStore } from './listeners.ts';
import type { DefinitionSource, MasterStore } from './master.ts';
import type { NameStore } from './names.ts';
import type { SessionStore, TokenStore, UserStore } from './people.ts';
import type { RunHistoryStore } from './run-history.ts';
import type { CalendarStore, ScheduleQueue, ScheduleStore } from './schedules.ts';
import type { TaskListStore } from './task-list.ts';
import type { FiringStore, TriggerQueue, TriggerStore } from './triggers.ts';
import type { WatchQueue, WatchReader } from './watching.ts';
import type { WorkflowFigureStore } from './workflow-figures.ts';
import type { WorkflowHistoryStore } from './workflow-history.ts';
import type { WorkflowLinkStore } from './workflow-links.ts';

export interface Store {
  readonly projects: ProjectStore;
  readonly workflows: WorkflowStore;
  readonly instances: InstanceStore;
  readonly schedules: ScheduleStore;
  readonly scheduleQueue: ScheduleQueue;
  readonly calendars: CalendarStore;
  readonly runHistory: RunHistoryStore;
  readonly workflowHistory: WorkflowHistoryStore;
  readonly workflowFigures: WorkflowFigureStore;
  readonly workflowLinks: WorkflowLinkStore;
  readonly names: NameStore;
  readonly backfills: BackfillStore;
  readonly backfillSources: BackfillSources;
  readonly backfillQueue: BackfillQueue;
  readonly environments: EnvironmentStore;
  readonly secrets: SecretStore;
  readonly environmentReader: EnvironmentReader;
  readonly dataSources: DataSourceStore;
  readonly dataSourceReader: DataSourceReader;
  readonly taskList: TaskListStore;
  readonly taskGroups: TaskGroupStore;
  readonly workerGroups: WorkerGroupStore;
  readonly alertGroups: AlertGroupStore;
  readonly alertChannels: AlertChannelStore;
  readonly alerts: AlertReader;
  readonly workers: WorkerReader & WorkerControl;
  readonly commands: CommandStore;
  readonly events: EventStore;
  readonly users: UserStore;
  readonly tokens: TokenStore;
  readonly sessions: SessionStore;
  readonly requests: RequestStore;
  readonly master: MasterStore;
  readonly alertQueue: AlertQueue & AlertRecords;
  readonly definitions: DefinitionSource;
  readonly listeners: ListenerStore;
  readonly listenerEngine: ListenerEngineStore;
  readonly triggers: TriggerStore;
  readonly firings: FiringStore;
  readonly triggerQueue: TriggerQueue;
  readonly watching: WatchReader;
  readonly watchQueue: WatchQueue;
  close(): Promise<void>;
}
