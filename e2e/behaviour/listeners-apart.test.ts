/** Listeners of plugins that were uploaded: one that cannot take an event holds up itself, and nobody else, also over kill -9. */
import { serve } from '@vaquita/runtime/testing';
import { expect, it } from 'vitest';
import { eventually } from '../support/poll.ts';
import { define, start, waitForRun } from '../support/runs.ts';
import { startTestServer } from '../support/server.ts';

const TYPES = ['workflow.started', 'workflow.ended', 'task.started', 'task.ended'] as const;

/** Says to this machine what it hears; `fussy` throws at the first end of a task. */
const plugin = (name: string, fussy: boolean) => `export default {
  name: ${JSON.stringify(name)},
  settings: { type: 'object', properties: { to: { type: 'string' } } },
  async onEvent(event, { settings }) {
    if (${fussy} && event.type === 'task.ended') throw new Error('not this one');
    const answer = await fetch(settings.to, { method: 'POST', body: JSON.stringify({ id: event.id, type: event.type }) });
    if (!answer.ok) throw new Error('status ' + answer.status);
  },
};`;

it('hears a run in order though its server is killed and another listener is stuck, which goes on when its event is skipped', async () => {
  await using server = await startTestServer({ embeddedWorker: true });
  const { client } = server;
  const hook = await serve((_request, response) => response.writeHead(200).end());
  const heardBy = (name: string) =>
    hook.seen
      .filter(({ path }) => path === `/${name}`)
      .map(({ body }) => JSON.parse(body) as { id: string; type: string });
  for (const name of ['calm', 'fussy']) {
    await client.listenerPlugins.install({ code: plugin(name, name === 'fussy'), enable: true });
    const settings = { to: `http://127.0.0.1:${hook.port}/${name}` };
    await client.listeners.create({ name, plugin: name, settings, eventTypes: [...TYPES] });
  }
  const workflow = await define(client, { name: 'heard', tasks: [{ name: 'one', type: 'shell', script: 'true' }] });
  const run = await start(client, workflow);
  await server.kill9();
  await server.restart();
  await waitForRun(client, run, 'success');
  const evidence = async () => [
    await client.listeners.get('calm'),
    await client.listeners.get('fussy'),
    await client.listeners.log('calm'),
  ];
  const isDone = async (name: string) => (await client.listeners.get(name)).delivery.waiting === 0;
  const hasHeardAll = async () => heardBy('calm').at(-1)?.type === 'workflow.ended' && (await isDone('calm'));
  await eventually('the one to have heard all', hasHeardAll, { withinMs: 60_000, evidence });
  // What was on its way when the server died may have come twice, one right after the other.
  const heard = heardBy('calm').filter(({ id }, n, all) => id !== all[n - 1]?.id);
  expect(heard.map(({ type }) => type)).toEqual(['workflow.started', 'task.started', 'task.ended', 'workflow.ended']);

  const blocked = await eventually('the other to be stuck', async () => {
    return (await client.listeners.get('fussy')).delivery.blocked;
  });
  expect(blocked.reason).toContain('not this one');
  expect(heardBy('fussy').map(({ type }) => type)).not.toContain('workflow.ended');
  await client.listeners.skip('fussy', blocked.seq);
  await eventually('it to go on', () => heardBy('fussy').at(-1)?.type === 'workflow.ended', { evidence });
  const { items } = await client.audit.list({ limit: 50 });
  expect(items.some(({ action }) => action.startsWith('listener') && action.endsWith('skip'))).toBe(true);
}, 120_000);
