/** Every table of the store's verbs, compiled once. What a row may change after its insert is decided here. */
import type {
  AlertChannelRow,
  AlertDeliveryRow,
  AlertGroupRow,
  AlertRow,
  BackfillItemRow,
  BackfillRow,
  CalendarRow,
  CommandRow,
  DataSourceRow,
  EnvironmentRow,
  NewEvent,
  OutboxRow,
  ScheduleFireRow,
  ScheduleRemainsRow,
  ScheduleRow,
  SecretRow,
  TaskInstanceRow,
  TriggerFiringRow,
  TriggerRow,
  TriggerThingRow,
  TriggerWatcherRow,
  WorkflowInstanceRow,
} from '@vaquita/core';
import type { AuditRow, EventRow, IdempotencyRow, ProjectRow, WorkflowRow, WorkflowVersionRow } from '../ports/api.ts';
import type { TaskGroupRow, WorkerFacts, WorkerGroupRow, WorkerRow } from '../ports/master.ts';
import type { SessionRow, TokenRow, UserRow } from '../ports/people.ts';
import * as schema from '../schema/index.ts';
import { compileTable } from './table.ts';

export const PROJECTS = compileTable<ProjectRow>(schema.projects);
export const WORKFLOWS = compileTable<WorkflowRow>(schema.workflows, { without: ['lastNumber'] });
export const VERSIONS = compileTable<WorkflowVersionRow>(schema.workflowVersions, { key: 'version' });
export const VERSION_HEADS = compileTable<Omit<WorkflowVersionRow, 'document'>>(schema.workflowVersions, {
  key: 'version',
  without: ['document'],
});

export const INSTANCES = compileTable<WorkflowInstanceRow>(schema.workflowInstances, {
  // `number` is given by the store, once, in a statement of its own.
  immutable: [
    'projectId',
    'workflowId',
    'workflowName',
    'number',
    'businessTime',
    'originKind',
    'originId',
    'timezone',
    'parentInstanceId',
    'parentTask',
    'parentTaskId',
    'childIndex',
    'lineage',
    'createdBy',
    'createdAt',
  ],
});
export const TASKS = compileTable<TaskInstanceRow>(schema.taskInstances, {
  immutable: ['workflowInstanceId', 'name', 'type', 'attempt', 'runCounter', 'previousId', 'firstSubmittedAt'],
});
export const ALERTS = compileTable<AlertRow>(schema.alerts);
export const ALERT_DELIVERIES = compileTable<AlertDeliveryRow>(schema.alertDeliveries);
export const ALERT_CHANNELS = compileTable<AlertChannelRow>(schema.alertChannels);
export const ALERT_GROUPS = compileTable<Omit<AlertGroupRow, 'channels'>>(schema.alertGroups);
export const TASK_GROUPS = compileTable<TaskGroupRow>(schema.taskGroups);
export const SCHEDULES = compileTable<ScheduleRow>(schema.schedules);
export const SCHEDULE_REMAINS = compileTable<ScheduleRemainsRow>(schema.scheduleRemains, { key: 'upTo' });
export const SCHEDULE_FIRES = compileTable<ScheduleFireRow>(schema.scheduleFires, { key: 'fireAt' });
export const CALENDARS = compileTable<CalendarRow>(schema.calendars);
export const ENVIRONMENTS = compileTable<EnvironmentRow>(schema.environments);
export const DATA_SOURCES = compileTable<DataSourceRow>(schema.dataSources);
export const SECRETS = compileTable<SecretRow>(schema.secrets);
export const BACKFILLS = compileTable<BackfillRow>(schema.backfills);
export const BACKFILL_ITEMS = compileTable<BackfillItemRow>(schema.backfillItems, { key: 'position' });
export const WORKER_GROUPS = compileTable<WorkerGroupRow>(schema.workerGroups);
export const TRIGGERS = compileTable<TriggerRow>(schema.triggers);
export const FIRINGS = compileTable<TriggerFiringRow>(schema.triggerFirings, { key: 'key' });
export const WATCHERS = compileTable<TriggerWatcherRow>(schema.triggerWatchers, { key: 'watcher' });
export const THINGS = compileTable<TriggerThingRow>(schema.triggerThings, { key: 'key' });
export const OUTBOX = compileTable<OutboxRow>(schema.outbox, {
  key: 'dispatchId',
  immutable: ['workflowInstanceId', 'createdAt'],
});

/** Commands as the queue sees them: the priority is its rank. */
export type StoredCommand = Omit<CommandRow, 'priority'> & { readonly priority: number };
export interface CommandEnd {
  readonly doneAt: number;
  readonly outcome: string;
}
export const COMMANDS = compileTable<StoredCommand>(schema.commands, { without: ['doneAt', 'outcome'] });
/** Commands that are filed and carried out in one unit. */
export const ENDED_COMMANDS = compileTable<StoredCommand & CommandEnd>(schema.commands);
export const NEW_EVENTS = compileTable<NewEvent>(schema.events, { key: 'at', without: ['seq'] });
export const EVENTS = compileTable<EventRow>(schema.events, { key: 'seq' });

export const WORKERS = compileTable<WorkerFacts & Pick<WorkerRow, 'standing'>>(schema.workers);
export const USERS = compileTable<UserRow>(schema.users);
export const TOKENS = compileTable<TokenRow>(schema.tokens);
export const SESSIONS = compileTable<SessionRow>(schema.sessions);
export const IDEMPOTENCY = compileTable<IdempotencyRow>(schema.idempotencyKeys, { key: 'key' });
export const AUDIT = compileTable<AuditRow>(schema.auditLog);
