/**
 * What people are told of runs that are set aside. The incident is the workflow's, so that what sets many of its runs aside
 * is told once; it is over when none of them is aside any more, which the store looks at.
 */
import type { AlertId, NewAlert } from '../alerts/alert.ts';
import { type ClusterAlertSpec, clusterAlert } from '../alerts/cluster-alert.ts';
import type { Reason, WorkflowInstanceRow } from './rows.ts';

export interface QuarantineAlertOf {
  readonly instance: WorkflowInstanceRow;
  readonly projectName: string;
}

/** @param why it is set aside; null: it is not any more. */
export function quarantineAlert(
  { id, at }: { readonly id: AlertId; readonly at: number },
  { instance, projectName }: QuarantineAlertOf,
  why: Reason | null,
): NewAlert {
  const { number, workflowId, workflowName, projectId } = instance;
  const run = number === null ? 'A run' : `Run #${number}`;
  const words: Pick<ClusterAlertSpec, 'state' | 'title' | 'text'> =
    why === null
      ? { state: 'resolved', title: `No run of "${workflowName}" is set aside any more`, text: `${run} was the last.` }
      : {
          state: 'open',
          title: `${run} of "${workflowName}" is set aside`,
          text: `${why.text}${why.next === undefined ? '' : ` What next: ${why.next}.`}`,
        };
  return clusterAlert('workflow_quarantined', {
    ...{ id, at, about: workflowId, projectId, workflowId, workflowInstanceId: instance.id },
    ...words,
    labels: { project: projectName, workflow: workflowName },
    facts: [
      { name: 'Project', value: projectName },
      { name: 'Workflow', value: workflowName },
      { name: 'Run', value: number === null ? instance.id : `#${number}` },
    ],
    links: [{ title: 'Open the run', url: `/go/r/${instance.id}` }],
  });
}
