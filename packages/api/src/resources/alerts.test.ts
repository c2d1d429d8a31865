import type { AlertId, AlertMessage, AlertRow, ProjectId } from '@vaquita/core';
import { createIdSource } from '@vaquita/core';
import { createSeededRandom } from '@vaquita/core/testing';
import { expect, it } from 'vitest';
import { testAlert } from '../alerts/test-alert.ts';
import { type ApiBench, openApi, read } from '../testing/api-bench.ts';
import type { AlertDetail, AlertPage } from '../views/alert.ts';
import type { ProblemView } from '../views/page.ts';

const PATH = '/api/v1/alerts';
const MESSAGE: Partial<AlertMessage> = { kind: 'workflow_failed', severity: 'error', title: 'daily has failed' };

async function openWithChannel() {
  const api = await openApi();
  const body = { name: 'chat', type: 'slack', settings: { url: 'https://hooks.slack.test/T/x' } };
  await read(await api.send('POST', '/api/v1/alert-channels', { body }), 201);
  const ids = createIdSource(api.clock, createSeededRandom(9));

  /** Filed as the leader would have, with one delivery. */
  async function file(change: Partial<AlertRow> = {}): Promise<AlertRow> {
    const channel = (await api.store.alertChannels.find('chat'))!;
    const { alert, delivery } = testAlert(channel, { ids, now: api.clock.now(), by: 'x' });
    const message = { ...alert.message, ...MESSAGE } as AlertMessage;
    const { kind, severity } = message;
    const row = { ...alert, groupName: 'night', ...{ message, kind, severity }, ...change };
    await api.store.alerts.fileDirect(row, delivery);
    await api.clock.advance(60_000);
    return row;
  }
  return { api, file };
}

async function failDelivery(api: ApiBench): Promise<void> {
  const now = api.clock.now();
  for (const { id, attempt } of await api.store.alertQueue.claim(1, {
    claimer: 's',
    now,
    limit: 9,
    perChannel: 9,
    limitUnproven: 9,
  })) {
    await api.store.alertQueue.finish(1, { id, attempt, claimer: 's', now, status: 'failed', reason: 'no such hook' });
  }
}

it('are listed newest first, by what is asked for, in pages', async () => {
  const { api, file } = await openWithChannel();
  const workflowId = await api.createWorkflow();
  const projectId = (await api.store.projects.find('etl'))!.id;
  const run = await api.startRun();
  const ofRun = { projectId, workflowId, workflowInstanceId: run } as Partial<AlertRow>;
  const first = await file(ofRun);
  const folded = await file({ ...ofRun, status: 'folded', foldedInto: first.id });
  const other = await file({ projectId: 'p9' as ProjectId, groupName: 'ops', severity: 'info', kind: 'task_failed' });
  const list = async (query: string) => {
    const { items } = await read<AlertPage>(await api.send('GET', `${PATH}?${query}`));
    return items.map(({ id }) => id);
  };
  expect(await list('')).toEqual([other.id, first.id]);
  expect(await list(`run=${run}`)).toEqual([folded.id, first.id]);
  for (const query of ['project=etl', `project=${projectId}&workflow=daily`, 'group=night', 'kind=workflow_failed']) {
    expect(await list(query), query).toEqual([first.id]);
  }
  expect(await list('status=folded')).toEqual([folded.id]);
  expect(await list('severity=info&kind=task_failed')).toEqual([other.id]);
  const moment = encodeURIComponent(new Date(other.createdAt).toISOString());
  expect(await list(`since=${moment}`)).toEqual([other.id]);
  expect(await list(`until=${moment}`)).toEqual([first.id]);
  const page = await read<AlertPage>(await api.send('GET', `${PATH}?limit=1`));
  expect(page.items).toMatchObject([{ group: 'ops', state: 'open', count: 1, foldedInto: null }]);
  expect(await list(`limit=1&cursor=${page.nextCursor}`)).toEqual([first.id]);
  const under = await read<AlertPage>(await api.send('GET', `${PATH}/${first.id}/folded`));
  expect(under.items).toMatchObject([{ id: folded.id, status: 'folded', foldedInto: first.id }]);
});

it.each([
  ['status=lost', 'status'],
  ['kind=any', 'kind'],
  ['workflow=daily', 'workflow'],
  ['since=yesterday', 'since'],
  ['channel=chat', 'channel'],
  ['cursor=x', 'cursor'],
])('are not listed by %s', async (query, path) => {
  const api = await openApi();
  const { errors } = await read<ProblemView>(await api.send('GET', `${PATH}?${query}`), 400);
  expect(errors?.map((problem) => problem.path)).toEqual([path]);
});

it('one that has failed says why, and is sent again by hand, which is audited and told to the leader', async () => {
  const { api, file } = await openWithChannel();
  const { id } = await file();
  await failDelivery(api);
  const show = async () => read<AlertDetail>(await api.send('GET', `${PATH}/${id}`));
  expect(await show()).toMatchObject({
    ...{ status: 'failed', title: 'daily has failed', facts: [{}, {}] },
    deliveries: [{ channelName: 'chat', status: 'failed', attempt: 1, reason: 'no such hook', nextAttemptAt: null }],
  });
  const token = await api.addUser('ann', 'editor');
  const hints = api.alertHints;
  const resend = (key: string) =>
    api.send('POST', `${PATH}/${id}/resend`, { token, headers: { 'idempotency-key': key } });
  expect(await read(await resend('k1'), 202)).toMatchObject({
    ...{ status: 'sending', deliveries: [{ status: 'waiting', attempt: 0, nextAttemptAt: expect.any(String) }] },
  });
  expect(api.alertHints).toBe(hints + 1);
  expect((await resend('k1')).status).toBe(202);
  expect((await read<ProblemView>(await resend('k2'), 409)).code).toBe('conflict');
  const audit = (await api.auditLog()).filter(({ action }) => action === 'alert.resend');
  expect(audit).toMatchObject([{ actor: 'ann', subject: 'daily has failed', data: { id, group: 'night' } }]);
});

it('one that is not there is said so, and nobody looks without signing in', async () => {
  const api = await openApi();
  const id = 'nothing' as AlertId;
  for (const [method, path] of [
    ['GET', `${PATH}/${id}`],
    ['GET', `${PATH}/${id}/folded`],
    ['POST', `${PATH}/${id}/resend`],
  ] as const) {
    expect((await api.send(method, path)).status, path).toBe(404);
    expect((await api.send(method, path, { token: null })).status, path).toBe(401);
  }
});
