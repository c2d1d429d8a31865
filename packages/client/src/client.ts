/** The typed client of the HTTP API: one group of methods per resource. Runs wherever fetch does. */
import type { ReconcilerView } from '@vaquita/api/views';
import { createSessionClient, createTokensClient, type SessionClient, type TokensClient } from './resources/access.ts';
import {
  type AlertChannelsClient,
  type AlertGroupsClient,
  type AlertsClient,
  createAlertChannelsClient,
  createAlertGroupsClient,
  createAlertsClient,
} from './resources/alerts.ts';
import { type BackfillsClient, createBackfillsClient } from './resources/backfills.ts';
import { type CalendarsClient, createCalendarsClient } from './resources/calendars.ts';
import { createDataSourcesClient, type DataSourcesClient } from './resources/data-sources.ts';
import {
  createEnvironmentsClient,
  createSecretsClient,
  type EnvironmentsClient,
  type SecretsClient,
} from './resources/environments.ts';
import { createInstancesClient, type InstancesClient } from './resources/instances.ts';
import {
  createListenerPluginsClient,
  createListenersClient,
  type ListenerPluginsClient,
  type ListenersClient,
} from './resources/listeners.ts';
import {
  type AuditClient,
  createAuditClient,
  createOperationsClient,
  createWorkersClient,
  type OperationsClient,
  type WorkersClient,
} from './resources/operations.ts';
import {
  type AccountClient,
  createAccountClient,
  createSetUpClient,
  createUsersClient,
  type SetUpClient,
  type UsersClient,
} from './resources/people.ts';
import { createProjectsClient, type ProjectsClient } from './resources/projects.ts';
import { createRegistryClient, type RegistryClient } from './resources/registry.ts';
import { createSchedulesClient, type SchedulesClient } from './resources/schedules.ts';
import { createTaskGroupsClient, type TaskGroupsClient } from './resources/task-groups.ts';
import { createTaskInstancesClient, type TaskInstancesClient } from './resources/task-instances.ts';
import { createTriggersClient, type TriggersClient } from './resources/triggers.ts';
import { createJanitorClient, type JanitorClient, readReconciler } from './resources/upkeep.ts';
import { createWorkerGroupsClient, type WorkerGroupsClient } from './resources/worker-groups.ts';
import { createWorkflowsClient, type WorkflowsClient } from './resources/workflows.ts';
import { type CallOptions, type ClientOptions, createTransport } from './transport.ts';

export interface VaquitaClient extends OperationsClient {
  readonly session: SessionClient;
  readonly projects: ProjectsClient;
  readonly workflows: WorkflowsClient;
  readonly instances: InstancesClient;
  readonly taskInstances: TaskInstancesClient;
  readonly backfills: BackfillsClient;
  readonly environments: EnvironmentsClient;
  readonly secrets: SecretsClient;
  readonly dataSources: DataSourcesClient;
  readonly taskGroups: TaskGroupsClient;
  readonly schedules: SchedulesClient;
  readonly calendars: CalendarsClient;
  readonly triggers: TriggersClient;
  readonly workers: WorkersClient;
  readonly workerGroups: WorkerGroupsClient;
  readonly alerts: AlertsClient;
  readonly alertGroups: AlertGroupsClient;
  readonly alertChannels: AlertChannelsClient;
  readonly listeners: ListenersClient;
  readonly listenerPlugins: ListenerPluginsClient;
  readonly workerTokens: TokensClient;
  readonly tokens: TokensClient;
  readonly users: UsersClient;
  readonly account: AccountClient;
  readonly setUp: SetUpClient;
  readonly audit: AuditClient;
  readonly registry: RegistryClient;
  readonly janitor: JanitorClient;
  /** What is held against the database, and what did not agree. */
  reconciler(options?: CallOptions): Promise<ReconcilerView>;
}

/** Every method throws {@link ApiError} when the call fails. */
export function createClient(options: ClientOptions): VaquitaClient {
  const transport = createTransport(options);
  return {
    ...createOperationsClient(transport),
    session: createSessionClient(transport),
    projects: createProjectsClient(transport),
    listeners: createListenersClient(transport),
    listenerPlugins: createListenerPluginsClient(transport),
    workflows: createWorkflowsClient(transport),
    instances: createInstancesClient(transport),
    taskInstances: createTaskInstancesClient(transport),
    backfills: createBackfillsClient(transport),
    environments: createEnvironmentsClient(transport),
    secrets: createSecretsClient(transport),
    dataSources: createDataSourcesClient(transport),
    taskGroups: createTaskGroupsClient(transport),
    workers: createWorkersClient(transport),
    schedules: createSchedulesClient(transport),
    calendars: createCalendarsClient(transport),
    triggers: createTriggersClient(transport),
    workerGroups: createWorkerGroupsClient(transport),
    alerts: createAlertsClient(transport),
    alertGroups: createAlertGroupsClient(transport),
    alertChannels: createAlertChannelsClient(transport),
    workerTokens: createTokensClient(transport, 'worker-tokens'),
    tokens: createTokensClient(transport, 'tokens'),
    users: createUsersClient(transport),
    account: createAccountClient(transport),
    setUp: createSetUpClient(transport),
    audit: createAuditClient(transport),
    registry: createRegistryClient(transport),
    janitor: createJanitorClient(transport),
    reconciler: (options) => readReconciler(transport, options),
  };
}
