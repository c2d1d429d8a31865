import { join } from 'node:path';
import { type AlertId, clusterAlert, type NewAlert } from '@vaquita/core';
import { expect, onTestFinished, test } from 'vitest';
import { openEmbeddedDriver } from '../drivers/embedded.ts';
import { migrate } from '../migrations/migrate.ts';
import { openStore } from '../open-store.ts';
import { commit, run, worker } from '../testing/contract/fixtures.ts';
import { holdLeaderLock, temporaryFolder } from '../testing/database-file.ts';

async function openLeading() {
  const folder = temporaryFolder();
  const driver = await openEmbeddedDriver({ path: join(folder.path, 'test.db') });
  onTestFinished(async () => {
    await driver.close();
    folder[Symbol.dispose]();
  });
  await migrate(driver);
  await holdLeaderLock(driver, 1);
  const sql = `select id || ' ' || coalesce(group_name, '-') || ' ' || json_extract(message, '$.state') as line from alerts order by id`;
  return {
    master: openStore(driver, { clock: Date }).master,
    filed: async () => (await driver.query({ sql, args: [] })).map(({ line }) => line),
    plan: async (text: string) =>
      (await driver.query({ sql: `explain query plan ${text}`, args: [] })).map(({ detail }) => detail),
  };
}

const alert = (id: string, state: 'open' | 'resolved' = 'open', more: Partial<NewAlert> = {}): NewAlert => ({
  ...clusterAlert('worker_lost', { id: id as AlertId, at: 5, about: 'w1', title: 'Lost', text: 'It is gone.', state }),
  ...more,
});

test('an alert is written with its unit or not at all, and once however often it is filed', async () => {
  const { master, filed } = await openLeading();
  await expect(master.commit(2, commit({ newAlerts: [alert('a1')] }))).rejects.toMatchObject({ code: 'fenced' });
  const refused = commit({ instance: run('none'), newAlerts: [alert('a1')] });
  await expect(master.commit(1, refused)).rejects.toMatchObject({ code: 'conflict' });
  expect(await filed()).toEqual([]);
  await master.commit(1, commit({ newAlerts: [alert('a1')] }));
  await master.commit(1, commit({ newAlerts: [alert('a1', 'open', { group: 'other' }), alert('a2')] }));
  expect(await filed()).toEqual(['a1 - open', 'a2 - open']);
});

test('a resolution is written where the newest of its subject is open, and goes to whom that went', async () => {
  const { master, filed } = await openLeading();
  const file = (...newAlerts: NewAlert[]) => master.commit(1, commit({ newAlerts }));
  await file(alert('a1', 'resolved'));
  expect(await filed()).toEqual([]);
  await file(alert('a2', 'open', { group: 'ops' }));
  await file(alert('a3', 'resolved', { group: 'default' }));
  await file(alert('a4', 'resolved', { group: 'default' }));
  expect(await filed()).toEqual(['a2 ops open', 'a3 ops resolved']);
  await file(alert('a5'), alert('a6', 'resolved'));
  await file(alert('a6', 'resolved'));
  expect(await filed()).toEqual(['a2 ops open', 'a3 ops resolved', 'a5 - open', 'a6 - resolved']);
});

test('what the newest of a subject is, is answered from an index', async () => {
  const { plan } = await openLeading();
  const steps = await plan(`select message from alerts where subject = 'x' order by id desc limit 1`);
  expect(steps.join()).toMatch(/SEARCH alerts USING INDEX alerts_subject/);
  expect(steps.join()).not.toMatch(/TEMP B-TREE/);
});

test('the loss of a worker is told with the change of its state, and its return only to those who were told', async () => {
  const { master, filed } = await openLeading();
  const { id } = worker('w1');
  await master.workers.upsert(1, worker('w1'), 'joined', alert('a1', 'resolved'));
  expect(await filed()).toEqual([]);
  const lost = (alertId: string) =>
    master.workers.setState(1, id, { state: 'offline', at: 9, why: 'lost', alert: alert(alertId) });
  await lost('a2');
  await lost('a3');
  expect(await filed()).toEqual(['a2 - open']);
  await master.workers.upsert(1, worker('w1'), 'joined', alert('a4', 'resolved'));
  await master.workers.upsert(1, worker('w1'), 'joined', alert('a5', 'resolved'));
  expect(await filed()).toEqual(['a2 - open', 'a4 - resolved']);
});
