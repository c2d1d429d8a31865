/** Messages for tests: an ordinary one, one that tries to break out of every markup, and one that is far too long. */

import type { AlertMessage } from '@vaquita/core';
import type { Delivery } from '../alerts/channel.ts';

export const NOW = Date.UTC(2026, 10, 21, 7, 0, 0);

export function sampleMessage(changes: Partial<AlertMessage> = {}): AlertMessage {
  return {
    kind: 'workflow_failed',
    severity: 'error',
    state: 'open',
    subject: 'workflow_failed:01J0WORKFLOW',
    title: 'nightly-report #12 failed',
    text: 'The task load failed: exit code 2',
    facts: [
      { name: 'Project', value: 'reports' },
      { name: 'Workflow', value: 'nightly-report' },
      { name: 'Run', value: '#12' },
    ],
    links: [{ title: 'Open the run', url: 'https://vaquita.example/runs/12?tab=log&line=3' }],
    labels: { project: 'reports', workflow: 'nightly-report' },
    source: 'https://vaquita.example',
    count: 1,
    firstAt: NOW - 1_000,
    lastAt: NOW - 1_000,
    ...changes,
  };
}

/** What a stranger may put into the name of a task, and what must not come of it. */
export const HOSTILE =
  '<!channel> @everyone <@U1> <b>b</b> [x](https://evil.example) *s* _u_ `c` "q" \'a\' & {{title}} </a><at>all</at> \\';

export function hostileMessage(): AlertMessage {
  return sampleMessage({
    title: `${HOSTILE}\nsecond line\r\nBcc: eve@evil.example`,
    text: `${HOSTILE}\n# head\n- item`,
    facts: [{ name: HOSTILE, value: HOSTILE }],
    links: [{ title: HOSTILE, url: "https://vaquita.example/a)|b>c'd]" }],
  });
}

export function hugeMessage(): AlertMessage {
  const long = '🚨*<ü'.repeat(6_000);
  return sampleMessage({
    title: long,
    text: long,
    facts: Array.from({ length: 200 }, (_, index) => ({ name: `fact ${index} ${long}`, value: long })),
    links: Array.from({ length: 50 }, (_, index) => ({
      title: `link ${index} ${long}`,
      url: `https://v.example/${index}`,
    })),
    count: 1_000,
    firstAt: NOW - 600_000,
  });
}

export function sampleDelivery(changes: Partial<Delivery> = {}): Delivery {
  const { signal } = new AbortController();
  return { id: '01J0DELIVERY-7', message: sampleMessage(), timeoutMs: 10_000, signal, ...changes };
}
