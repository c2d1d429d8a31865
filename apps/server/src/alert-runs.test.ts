import { AppError, createIdSource } from '@vaquita/core';
import { createManualClock, createSeededRandom } from '@vaquita/core/testing';
import { createMemoryStore } from '@vaquita/store/testing';
import { expect, test } from 'vitest';
import { createAlertRuns } from './alert-runs.ts';
import { loadExamples } from './examples.ts';

const MEND = `
name: mend
params:
  - { name: alert_title, type: string, value: "" }
  - { name: alert_count, type: integer, value: "0" }
  - { name: ticket, type: string }
tasks: [{ name: a, type: noop }]
`;

async function open() {
  const clock = createManualClock(Date.UTC(2026, 10, 21));
  const ids = createIdSource(clock, createSeededRandom(5));
  const store = createMemoryStore({ clock });
  const host = { clock, readExamples: async () => ({ texts: [MEND], places: {} }) };
  await loadExamples({ store, ids, host, settings: {} } as unknown as Parameters<typeof loadExamples>[0]);
  const filed: unknown[] = [];
  const made = (over = {}) =>
    createAlertRuns({
      ...{ store: { ...store, ...over }, clock, from: { address: 'https://v.test/', name: 'v' } },
      filed: (command) => void filed.push(command),
    });
  const order = {
    ...{ key: ids.next<'alert-delivery'>(), project: 'examples', workflow: 'mend' },
    params: { ticket: 'T-1' },
    offered: { alert_title: 'it failed', alert_count: '3', alert_text: 'not a parameter of it' },
  };
  const runs = async () => (await store.instances.list({}, { limit: 10, cursor: null })).items;
  return { clock, store, made, order, filed, runs };
}

test('a run is filed with the alert as far as the workflow has parameters for it, and alerts nobody', async () => {
  const { store, made, order, filed, runs } = await open();
  const [answer, run] = [await made().start(order), (await runs())[0]!];
  expect(answer).toEqual({ ok: true, answer: `run ${run.id} of examples/mend (https://v.test/go/r/${run.id})` });
  expect(run).toMatchObject({
    ...{ state: 'submitted', createdBy: 'alert-engine', alertOn: 'none' },
    params: { ticket: 'T-1', alert_title: 'it failed', alert_count: '3' },
  });
  expect(filed).toMatchObject([{ kind: 'start', workflowInstanceId: run.id }]);
  const { items } = await store.requests.auditLog({ limit: 1, cursor: null });
  expect(items).toMatchObject([{ actor: 'alert-engine', action: 'workflow.start', data: { delivery: order.key } }]);
});

test('W1: it is filed once, however often it is tried, also where the answer of the database is lost', async () => {
  const { clock, store, made, order, runs } = await open();
  const { instances } = store;
  const losing = {
    ...instances,
    async start(...args: Parameters<typeof instances.start>) {
      await instances.start(...args);
      throw new AppError('outcome_unknown', 'no answer');
    },
  };
  const first = await made({ instances: losing }).start(order);
  await clock.advance(60_000);
  expect(await made().start(order)).toEqual(first);
  expect(await Promise.all([made().start(order), made().start(order)])).toEqual([first, first]);
  expect(await runs()).toHaveLength(1);
});

test.each([
  [{ project: 'nowhere' }, /no project "nowhere"/],
  [{ workflow: 'nothing' }, /no workflow "nothing"/],
  [{ params: {} }, /"ticket" \(string\) has no default/],
  [{ params: { ticket: 'T', tickte: 'T' } }, /no parameter "tickte"/],
  [{ offered: { alert_count: 'many' } }, /not of type integer/],
])('what cannot be is refused and says why: %j', async (change, message) => {
  const { made, order, runs } = await open();
  const answer = await made().start({ ...order, ...change });
  expect(answer).toEqual({ ok: false, failure: 'refused', message: expect.stringMatching(message) });
  expect(await runs()).toEqual([]);
});

test('a workflow that is offline is not started, and a database that does not answer is asked again', async () => {
  const { store, made, order } = await open();
  const projects = { ...store.projects, find: () => Promise.reject(new AppError('unavailable', 'gone')) };
  expect(await made({ projects }).start(order)).toMatchObject({ ok: false, failure: 'unavailable' });
  const { workflows } = store;
  const offline = {
    ...workflows,
    find: async (...args: Parameters<typeof workflows.find>) => ({
      ...(await workflows.find(...args))!,
      online: false,
    }),
  };
  expect(await made({ workflows: offline }).start(order)).toMatchObject({
    ...{ ok: false, failure: 'refused' },
    message: expect.stringContaining('is offline; put it online'),
  });
});
