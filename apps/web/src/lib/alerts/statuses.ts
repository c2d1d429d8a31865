/** How alerts look: which family of states gives a status its glyph and its colours, and what can be filtered by. Pure. */
import type { AlertDeliveryView, AlertGroupView, AlertView } from '@vaquita/client';
import type { Family } from '../state/families.ts';

export type AlertStatus = AlertView['status'];
export type DeliveryStatus = AlertDeliveryView['status'];
export type AlertSeverity = AlertView['severity'];

/** In the order of the filters: what needs somebody comes first. */
export const STATUS_FAMILY = {
  failed: 'failed',
  partly_sent: 'retry',
  sending: 'running',
  waiting: 'queued',
  sent: 'success',
  folded: 'skipped',
} as const satisfies Record<AlertStatus, Family>;

export const DELIVERY_FAMILY = {
  waiting: 'queued',
  sending: 'running',
  retry: 'retry',
  sent: 'success',
  failed: 'failed',
} as const satisfies Record<DeliveryStatus, Family>;

export const STATUSES = Object.keys(STATUS_FAMILY) as AlertStatus[];
export const SEVERITIES = ['critical', 'error', 'warning', 'info'] as const satisfies readonly AlertSeverity[];

/** Whether sending it again could reach somebody who was not. */
export function canBeResent({ status }: { readonly status: AlertStatus }): boolean {
  return status === 'failed' || status === 'partly_sent';
}

/** Alerts of no workflow's choice: a group says which of them it takes. */
export const CLUSTER_KINDS = [
  'worker_lost',
  'server_lost',
  'failover',
  'admission_closed',
  'workflow_quarantined',
  'listener_stopped',
] as const satisfies readonly AlertGroupView['kinds'][number][];
