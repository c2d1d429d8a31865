/** What people ask of alerts, and decide about who is told. What the engine asks is `AlertQueue` in core. */
import type {
  AlertChannelRow,
  AlertDeliveryRow,
  AlertGroupRow,
  AlertId,
  AlertKind,
  AlertRow,
  AlertSeverity,
  AlertStatus,
  ProjectId,
  WorkflowId,
  WorkflowInstanceId,
} from '@vaquita/core';
import type { PageRequest } from './api.ts';
import type { Page } from './master.ts';

export interface AlertGroupStore {
  /** @throws AppError `name_in_use`; `conflict`: one of its channels is not there. */
  create(row: AlertGroupRow): Promise<void>;
  /** By id or by name. */
  find(idOrName: string): Promise<AlertGroupRow | undefined>;
  list(page: PageRequest): Promise<Page<AlertGroupRow>>;
  /** @throws AppError `not_found`; `conflict`: one of its channels is not there. */
  update(id: AlertGroupRow['id'], change: AlertGroupChange): Promise<void>;
  /** @throws AppError `not_found`. */
  delete(id: AlertGroupRow['id']): Promise<void>;
  /** Workflows whose newest version names it, in order of their names. */
  namedBy(name: string, limit: number): Promise<readonly NamingWorkflow[]>;
}

export type AlertGroupChange = Partial<Pick<AlertGroupRow, 'description' | 'kinds' | 'channels'>> & {
  readonly at: number;
};

export interface NamingWorkflow {
  readonly project: string;
  readonly workflow: string;
}

export interface AlertChannelStore {
  /** @throws AppError `name_in_use`. */
  create(row: AlertChannelRow): Promise<void>;
  /** By id or by name. */
  find(idOrName: string): Promise<AlertChannelRow | undefined>;
  list(page: PageRequest): Promise<Page<AlertChannelRow>>;
  /**
   * Changes it, if its settings are still those that the caller has seen.
   * @throws AppError `name_in_use`, `not_found`; `conflict`: somebody else has changed the settings.
   */
  update(before: Pick<AlertChannelRow, 'id' | 'settings'>, change: AlertChannelChange): Promise<void>;
  /** @throws AppError `not_found`; `conflict` with the names of groups that use it. */
  delete(id: AlertChannelRow['id']): Promise<void>;
  /** Names of the groups that use it, in order. */
  groupsOf(id: AlertChannelRow['id']): Promise<readonly string[]>;
}

export type AlertChannelChange = Partial<Pick<AlertChannelRow, 'name' | 'enabled' | 'settings'>> & {
  readonly at: number;
};

export interface AlertFilter {
  readonly status?: AlertStatus;
  readonly kind?: AlertKind;
  readonly severity?: AlertSeverity;
  readonly projectId?: ProjectId;
  readonly workflowId?: WorkflowId;
  readonly workflowInstanceId?: WorkflowInstanceId;
  readonly group?: string;
  /** Filed at this time (epoch milliseconds) or later. */
  readonly since?: number;
  /** Filed before. */
  readonly until?: number;
}

export interface AlertReader {
  /**
   * Newest first. Those that another one speaks for are left out, but where they are asked for: by their status, or as
   * those of one run.
   */
  list(filter: AlertFilter, page: PageRequest): Promise<Page<AlertRow>>;
  /** Those that this one speaks for, newest first. */
  folded(id: AlertId, page: PageRequest): Promise<Page<AlertRow>>;
  /** Files an alert that is taken up already, with its one delivery. @throws AppError `conflict`: the channel is not there. */
  fileDirect(alert: AlertRow, delivery: AlertDeliveryRow): Promise<void>;
}
