/** The whole store in memory, for tests and simulations: the same ports, conflicts and guards, and no SQL. */
import type { AlertChannelId, AlertChannelRow, AlertGroupRow, Clock, Epoch } from '@vaquita/core';
import type { Store } from '../ports/store.ts';
import { createMemoryAlertQueue } from './memory/alert-queue.ts';
import { createMemoryAlertChannels, createMemoryAlertGroups, createMemoryAlerts } from './memory/alert-targets.ts';
import { createMemoryBackfillQueue, createMemoryBackfillSources, createMemoryBackfills } from './memory/backfills.ts';
import { createMemoryDataSourceReader, createMemoryDataSources } from './memory/data-sources.ts';
import { createMemoryProjects, createMemoryWorkflows } from './memory/definitions.ts';
import { createMemoryEnvironmentReader, createMemoryEnvironments, createMemorySecrets } from './memory/environments.ts';
import { createMemoryListenerEngine, createMemoryListeners } from './memory/listeners.ts';
import { createMemoryMaster, createMemoryWorkers } from './memory/master.ts';
import { createMemoryNames } from './memory/names.ts';
import { createMemoryRequests, createMemorySessions, createMemoryTokens, createMemoryUsers } from './memory/people.ts';
import { createMemoryRunHistory } from './memory/run-history.ts';
import { createMemoryCommands, createMemoryEvents, createMemoryInstances } from './memory/runs.ts';
import { createMemoryScheduleQueue } from './memory/schedule-queue.ts';
import { createMemoryCalendars, createMemorySchedules } from './memory/schedules.ts';
import { createMemory } from './memory/tables.ts';
import { createMemoryTaskGroups } from './memory/task-groups.ts';
import { createMemoryTaskList } from './memory/task-list.ts';
import { createMemoryFirings, createMemoryTriggerQueue, createMemoryTriggers } from './memory/triggers.ts';
import { createMemoryWatchQueue, createMemoryWatchReader } from './memory/watching.ts';
import { createMemoryWorkerGroups } from './memory/worker-groups.ts';
import { createMemoryWorkflowFigures } from './memory/workflow-figures.ts';
import { createMemoryWorkflowHistory } from './memory/workflow-history.ts';
import { createMemoryWorkflowLinks } from './memory/workflow-links.ts';

export interface AlertTargets {
  readonly channels?: readonly AlertChannelRow[];
  readonly groups?: readonly AlertGroupRow[];
}

export interface MemoryStore extends Store {
  /** Says who leads; in a database the registry's lock row does. */
  readonly leader: { set(epoch: Epoch | null): void };
  /** Who is told of alerts. */
  readonly alertTargets: { put(rows: AlertTargets): void; drop(channel: AlertChannelId): void };
}

export function createMemoryStore(options: { readonly clock?: Pick<Clock, 'now'> } = {}): MemoryStore {
  const memory = createMemory();
  const clock = options.clock ?? Date;
  const workflows = createMemoryWorkflows(memory);
  return {
    projects: createMemoryProjects(memory),
    workflows,
    definitions: workflows,
    instances: createMemoryInstances(memory),
    schedules: createMemorySchedules(memory),
    scheduleQueue: createMemoryScheduleQueue(memory),
    calendars: createMemoryCalendars(memory),
    runHistory: createMemoryRunHistory(memory),
    workflowHistory: createMemoryWorkflowHistory(memory),
    taskList: createMemoryTaskList(memory),
    workflowFigures: createMemoryWorkflowFigures(memory),
    workflowLinks: createMemoryWorkflowLinks(memory),
    names: createMemoryNames(memory),
    backfills: createMemoryBackfills(memory),
    backfillSources: createMemoryBackfillSources(memory),
    backfillQueue: createMemoryBackfillQueue(memory),
    environments: createMemoryEnvironments(memory),
    secrets: createMemorySecrets(memory),
    environmentReader: createMemoryEnvironmentReader(memory),
    dataSources: createMemoryDataSources(memory),
    dataSourceReader: createMemoryDataSourceReader(memory),
    taskGroups: createMemoryTaskGroups(memory),
    workerGroups: createMemoryWorkerGroups(memory),
    alertGroups: createMemoryAlertGroups(memory),
    alertChannels: createMemoryAlertChannels(memory),
    alerts: createMemoryAlerts(memory),
    workers: createMemoryWorkers(memory),
    commands: createMemoryCommands(memory),
    events: createMemoryEvents(memory),
    users: createMemoryUsers(memory),
    tokens: createMemoryTokens(memory),
    sessions: createMemorySessions(memory),
    requests: createMemoryRequests(memory),
    master: createMemoryMaster(memory, clock),
    alertQueue: createMemoryAlertQueue(memory),
    alertTargets: {
      put: ({ channels = [], groups = [] }) => {
        for (const row of channels) memory.tables.alertChannels.set(row.id, row);
        for (const row of groups) memory.tables.alertGroups.set(row.id, row);
      },
      drop: (channel) => memory.tables.alertChannels.delete(channel),
    },
    listeners: createMemoryListeners(memory),
    listenerEngine: createMemoryListenerEngine(memory),
    triggers: createMemoryTriggers(memory),
    firings: createMemoryFirings(memory),
    triggerQueue: createMemoryTriggerQueue(memory),
    watching: createMemoryWatchReader(memory),
    watchQueue: createMemoryWatchQueue(memory),
    leader: {
      set(epoch) {
        memory.leaderEpoch = epoch;
      },
    },
    async close() {},
  };
}
