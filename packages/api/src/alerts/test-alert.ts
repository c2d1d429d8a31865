/** The alert with which people try a channel: real, with one delivery, and of no group. */
import {
  ALERT_SEVERITY,
  type AlertChannelRow,
  type AlertDeliveryRow,
  type AlertMessage,
  type AlertRow,
  type IdSource,
} from '@vaquita/core';

export interface TestAlert {
  readonly alert: AlertRow;
  readonly delivery: AlertDeliveryRow;
}

export function testAlert(
  { id: channelId, name: channelName }: Pick<AlertChannelRow, 'id' | 'name'>,
  { ids, now, by }: { readonly ids: IdSource; readonly now: number; readonly by: string },
): TestAlert {
  const id = ids.next<'alert'>();
  const message: AlertMessage = {
    ...{ kind: 'test', severity: ALERT_SEVERITY.test, state: 'open' },
    // Each is about itself, so that one that does not get through holds up no other.
    subject: `test:${id}`,
    title: `Test of the channel ${channelName}`,
    text: 'Somebody wants to know whether alerts arrive here. They do; nothing has happened.',
    facts: [
      { name: 'Channel', value: channelName },
      { name: 'Sent by', value: by },
    ],
    ...{ links: [], labels: { channel: channelName }, source: '', count: 1, firstAt: now, lastAt: now },
  };
  const times = { createdAt: now, updatedAt: now };
  return {
    alert: {
      ...{ id, groupName: null, kind: message.kind, severity: message.severity, subject: message.subject },
      ...{ projectId: null, workflowId: null, workflowInstanceId: null, message, status: 'sending', count: 1 },
      ...{ firstAt: now, lastAt: now, foldedInto: null, reason: null, ...times },
    },
    delivery: {
      ...{ id: ids.next<'alert-delivery'>(), alertId: id, channelId, channelName, status: 'waiting', attempt: 0 },
      ...{ nextAttemptAt: now, claimedBy: null, claimedAt: null, answer: null, reason: null, sentAt: null, ...times },
    },
  };
}
