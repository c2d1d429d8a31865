/** From a run that fails to whoever is told: filed with its end, sent with links that work, and taken back by a success. */
import { serve } from '@vaquita/runtime/testing';
import { expect, it } from 'vitest';
import { eventually } from '../support/poll.ts';
import { waitForRun } from '../support/runs.ts';
import { startTestServer } from '../support/server.ts';

interface Told {
  readonly kind: string;
  readonly state: string;
  readonly subject: string;
  readonly text: string;
  readonly source: string;
  readonly links: readonly { readonly url: string }[];
}

it('a failed run is told of to its group, also when the server dies at once, and the next success takes it back', async () => {
  await using server = await startTestServer({ env: { VAQUITA_OUTBOUND_ALLOW: '127.0.0.1' } });
  const { client } = server;
  const hook = await serve((_request, response) => response.writeHead(200).end());
  const told = () => hook.seen.map(({ body }) => JSON.parse(body) as Told);
  const post = async (path: string, body: object) => {
    const headers = { authorization: `Bearer ${server.adminToken}`, 'content-type': 'application/json' };
    const response = await fetch(`${server.url}/api/v1${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    expect(response.ok).toBe(true);
  };
  const settings = { url: `http://127.0.0.1:${hook.port}/` };
  await post('/alert-channels', { name: 'hook', type: 'webhook', settings });
  await post('/alert-groups', { name: 'ops', channels: ['hook'] });

  // The server does wait tasks itself: no worker is needed.
  const workflow = (wait: object) => ({
    name: 'invoices',
    alerts: { on: 'failure', group: 'ops' },
    tasks: [{ name: 'send', type: 'wait', ...wait }],
  });
  const runOnce = async (state: 'failure' | 'success', choice: object = {}) => {
    const run = await client.workflows.start('billing', 'invoices', choice);
    await waitForRun(client, run, state);
    return run.id;
  };
  await client.projects.create({ name: 'billing' });
  await client.workflows.create('billing', workflow({ for: '1h', timeout: { after: '1s', strategy: 'fail' } }));
  await client.workflows.online('billing', 'invoices');

  await runOnce('failure', { alertOn: 'none' });
  const failed = await runOnce('failure');
  await server.kill9();
  await server.restart();
  await eventually('the failure is told', () => told().length > 0, { withinMs: 60_000, evidence: server.log });
  expect(told()[0]).toMatchObject({
    kind: 'workflow_failed',
    state: 'open',
    text: expect.stringContaining('"send" failed'),
    links: [{ url: `${server.url}/go/r/${failed}` }],
    source: server.url,
  });

  await client.workflows.save('billing', 'invoices', workflow({ for: '1s' }));
  for (let times = 0; times < 2; times++) await runOnce('success');
  await eventually('it is taken back', () => told().length > 1, { withinMs: 60_000, evidence: server.log });
  const ofRun = told().filter(({ kind }) => kind === 'workflow_failed');
  // At least once: a server that is killed between the sending and the writing sends again.
  const states = ofRun.map(({ state }) => state);
  expect([...new Set(states)]).toEqual(['open', 'resolved']);
  expect(states.filter((state) => state === 'resolved')).toHaveLength(1);
  expect(new Set(ofRun.map(({ subject }) => subject)).size).toBe(1);
});
