/** Alerts of the cluster itself: of no workflow's choice, told to every group that takes alerts of their kind. */
import type { ProjectId, WorkflowId, WorkflowInstanceId } from '../identity/ids.ts';
import type { AlertId, NewAlert } from './alert.ts';
import { composeMessage } from './compose.ts';
import type { AlertFact, AlertKind, AlertLink, AlertMessage } from './message.ts';

export const CLUSTER_ALERT_KINDS = [
  'workflow_quarantined',
  'worker_lost',
  'server_lost',
  'failover',
  'admission_closed',
  'listener_stopped',
] as const satisfies readonly AlertKind[];
export type ClusterAlertKind = (typeof CLUSTER_ALERT_KINDS)[number];

export interface ClusterAlertSpec {
  /** `derivedId` where the same may be filed twice: the second time nothing is written. */
  readonly id: AlertId;
  /** Epoch milliseconds. */
  readonly at: number;
  /** The name or id of what it is about: the same for every alert of it and for its resolution. */
  readonly about: string;
  readonly title: string;
  readonly text: string;
  readonly facts?: readonly AlertFact[];
  readonly links?: readonly AlertLink[];
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * `open` unless told. One that is `resolved` is written only where the newest alert of its subject and kind is open, and
   * goes to whom that went: filing one too many does no harm.
   */
  readonly state?: AlertMessage['state'];
  readonly projectId?: ProjectId;
  readonly workflowId?: WorkflowId;
  readonly workflowInstanceId?: WorkflowInstanceId;
}

export function clusterAlert(kind: ClusterAlertKind, spec: ClusterAlertSpec): NewAlert {
  const { id, at, about, title, text, facts = [], links = [], labels = {}, state = 'open' } = spec;
  return {
    id,
    group: null,
    projectId: spec.projectId ?? null,
    workflowId: spec.workflowId ?? null,
    workflowInstanceId: spec.workflowInstanceId ?? null,
    message: composeMessage({ kind, state, about, title, text, facts, links, labels, at }),
    createdAt: at,
  };
}
