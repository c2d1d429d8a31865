/** Puts every port of the store on one driver. */
import type { Clock } from '@vaquita/core';
import type { SqlDriver } from './ports/driver.ts';
import type { Store } from './ports/store.ts';
import { createAlertReaderVerbs } from './verbs/alert-lists.ts';
import { createAlertQueueVerbs } from './verbs/alert-queue.ts';
import { createAlertChannelVerbs, createAlertGroupVerbs } from './verbs/alert-targets.ts';
import { createBackfillVerbs } from './verbs/backfills/people.ts';
import { createBackfillQueueVerbs } from './verbs/backfills/queue.ts';
import { createBackfillSources } from './verbs/backfills/sources.ts';
import { createCommandVerbs, createEventVerbs } from './verbs/commands.ts';
import { createDocumentCache } from './verbs/document-cache.ts';
import { createDataSourceReader, createDataSourceVerbs } from './verbs/environments/data-sources.ts';
import { createEnvironmentVerbs } from './verbs/environments/environments.ts';
import { createEnvironmentReader, createSecretVerbs } from './verbs/environments/secrets.ts';
import { createInstanceVerbs } from './verbs/instances.ts';
import { createListenerEngineStore } from './verbs/listeners/engine.ts';
import { createListenerInstanceVerbs } from './verbs/listeners/instances.ts';
import { createListenerPluginVerbs } from './verbs/listeners/plugins.ts';
import { createMasterVerbs } from './verbs/master.ts';
import { createNameVerbs } from './verbs/names.ts';
import { createProjectVerbs } from './verbs/projects.ts';
import { createRequestVerbs } from './verbs/requests.ts';
import { createRunHistoryVerbs } from './verbs/run-history.ts';
import { createCalendarVerbs } from './verbs/schedules/calendars.ts';
import { createScheduleVerbs } from './verbs/schedules/people.ts';
import { createScheduleQueueVerbs } from './verbs/schedules/queue.ts';
import { createTaskGroupVerbs } from './verbs/task-groups.ts';
import { createTaskListVerbs } from './verbs/task-list.ts';
import { createFiringVerbs, createTriggerQueueVerbs } from './verbs/triggers/firings.ts';
import { createTriggerVerbs } from './verbs/triggers/triggers.ts';
import { createWatchQueueVerbs, createWatchReader } from './verbs/triggers/watching.ts';
import { createSessionVerbs, createTokenVerbs, createUserVerbs } from './verbs/users.ts';
import { createWorkerGroupVerbs } from './verbs/worker-groups.ts';
import { createWorkerVerbs } from './verbs/workers.ts';
import { createWorkflowFigureVerbs } from './verbs/workflow-figures.ts';
import { createWorkflowHistoryVerbs } from './verbs/workflow-history.ts';
import { createWorkflowLinkVerbs } from './verbs/workflow-links.ts';
import { createWorkflowVerbs } from './verbs/workflows.ts';

export interface StoreOptions {
  /** Gives the moment a command ended. */
  readonly clock: Pick<Clock, 'now'>;
}

/** The database must have been migrated. Closing the store closes the driver. */
export function openStore(driver: SqlDriver, options: StoreOptions): Store {
  const documents = createDocumentCache();
  const workflows = createWorkflowVerbs(driver, documents);
  return {
    projects: createProjectVerbs(driver),
    workflows,
    definitions: workflows,
    instances: createInstanceVerbs(driver),
    schedules: createScheduleVerbs(driver),
    scheduleQueue: createScheduleQueueVerbs(driver, documents),
    calendars: createCalendarVerbs(driver),
    runHistory: createRunHistoryVerbs(driver),
    workflowHistory: createWorkflowHistoryVerbs(driver),
    taskList: createTaskListVerbs(driver),
    workflowFigures: createWorkflowFigureVerbs(driver),
    workflowLinks: createWorkflowLinkVerbs(driver),
    names: createNameVerbs(driver),
    backfills: createBackfillVerbs(driver),
    backfillSources: createBackfillSources(driver),
    backfillQueue: createBackfillQueueVerbs(driver),
    environments: createEnvironmentVerbs(driver),
    secrets: createSecretVerbs(driver),
    environmentReader: createEnvironmentReader(driver),
    dataSources: createDataSourceVerbs(driver),
    dataSourceReader: createDataSourceReader(driver),
    taskGroups: createTaskGroupVerbs(driver),
    workerGroups: createWorkerGroupVerbs(driver),
    alertGroups: createAlertGroupVerbs(driver),
    alertChannels: createAlertChannelVerbs(driver),
    alerts: createAlertReaderVerbs(driver),
    workers: createWorkerVerbs(driver),
    commands: createCommandVerbs(driver),
    events: createEventVerbs(driver),
    users: createUserVerbs(driver),
    tokens: createTokenVerbs(driver),
    sessions: createSessionVerbs(driver),
    requests: createRequestVerbs(driver),
    master: createMasterVerbs(driver, { clock: options.clock, documents }),
    alertQueue: createAlertQueueVerbs(driver),
    listeners: { plugins: createListenerPluginVerbs(driver), instances: createListenerInstanceVerbs(driver) },
    listenerEngine: createListenerEngineStore(driver),
    triggers: createTriggerVerbs(driver),
    firings: createFiringVerbs(driver),
    triggerQueue: createTriggerQueueVerbs(driver),
    watching: createWatchReader(driver),
    watchQueue: createWatchQueueVerbs(driver),
    close: () => driver.close(),
  };
}
