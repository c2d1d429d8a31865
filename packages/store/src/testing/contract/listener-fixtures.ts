/** Instances, plugins, events and alerts of listeners for the contract. */
import type {
  ListenerEvent,
  ListenerEventType,
  ListenerInstanceId,
  ListenerPluginRow,
  NewAlert,
  ProjectId,
} from '@vaquita/core';
import type { NewListenerInstance } from '../../ports/listeners.ts';
import { PROJECT } from './fixtures.ts';

export const instanceId = (id: string) => id as ListenerInstanceId;

export function instance(id: string, more: Partial<NewListenerInstance> = {}): NewListenerInstance {
  return {
    ...{ id: instanceId(id), name: id, plugin: 'webhook', settings: 'sealed', enabled: true, createdAt: 1 },
    eventTypes: ['workflow.started', 'workflow.ended'],
    projectId: null,
    ...more,
  };
}

export function plugin(id: string): ListenerPluginRow {
  return {
    ...{ id: id as ListenerPluginRow['id'], name: id, title: `The ${id}`, version: '1.0.0', origin: 'uploaded' },
    ...{ packageName: null, settingsSchema: { type: 'object' }, digest: 'd1', enabled: false },
    ...{ createdBy: 'ann', createdAt: 1, updatedAt: 1 },
  };
}

export function heard(
  seq: number,
  type: ListenerEventType = 'workflow.ended',
  projectId: string | null = PROJECT,
): ListenerEvent {
  const of = projectId === null ? null : { id: projectId as ProjectId, name: 'first' };
  return {
    id: `event-${seq}`,
    seq,
    type,
    version: 1,
    time: 100 + seq,
    project: of,
    subject: `s${seq}`,
    data: { ü: seq },
  };
}

export function alert(id: string, state: 'open' | 'resolved'): NewAlert {
  const message: NewAlert['message'] = {
    kind: 'listener_stopped',
    severity: 'error',
    ...{ state, subject: 'listener_stopped:a', title: 't', text: 'x' },
    ...{ facts: [], links: [], labels: {}, source: 's', count: 1, firstAt: 1, lastAt: 1 },
  };
  const ofNothing = { group: null, projectId: null, workflowId: null, workflowInstanceId: null };
  return { id: id as NewAlert['id'], ...ofNothing, message, createdAt: 1 };
}

export const seqs = (events: readonly ListenerEvent[]) => events.map(({ seq }) => seq);
