import { join } from 'node:path';
import { type AlertId, clusterAlert } from '@vaquita/core';
import Database from 'libsql';
import { expect, onTestFinished, test } from 'vitest';
import { openEmbeddedDriver } from '../drivers/embedded.ts';
import { migrate } from '../migrations/migrate.ts';
import type { SqlDriver } from '../ports/driver.ts';
import { statement } from '../sql/access.ts';
import { temporaryFolder } from '../testing/database-file.ts';
import { createAlertQueueVerbs } from './alert-queue.ts';
import { fileAlert } from './alerts.ts';

test('which alert of a subject was filed last, which every success asks, is answered from an index', async () => {
  const { driver } = await openDatabase();
  const last = "select message from alerts indexed by alerts_filed where subject = 'x' order by rowid desc limit 1";
  const steps = await driver.query({ sql: `explain query plan ${last}`, args: [] });
  const plan = steps.map(({ detail }) => String(detail)).join();
  expect(plan).not.toContain('TEMP B-TREE');
  expect(plan).toMatch(/SEARCH alerts USING INDEX alerts_filed/);
});

test('the order of filing outlasts rows that are removed and a file that is written anew', async () => {
  const { driver, path } = await openDatabase();
  await file(driver, 'a9', 'a5', 'a7', 'a1');
  await driver.write([statement("delete from alerts where id in ('a9', 'a1')")]);
  vacuum(path);
  await file(driver, 'a3');
  const waiting = await createAlertQueueVerbs(driver).waiting(null, 10);
  expect(waiting.map(({ id }) => id)).toEqual(['a5', 'a7', 'a3']);
});

async function openDatabase() {
  const folder = temporaryFolder();
  const path = join(folder.path, 'test.db');
  const driver = await openEmbeddedDriver({ path });
  onTestFinished(async () => {
    await driver.close();
    folder[Symbol.dispose]();
  });
  await migrate(driver);
  return { driver, path };
}

async function file(driver: SqlDriver, ...ids: string[]): Promise<void> {
  const of = { at: 5, about: 'w1', title: 'Lost', text: 'It is gone.' };
  for (const id of ids) await driver.write([fileAlert(clusterAlert('worker_lost', { ...of, id: id as AlertId }))]);
}

/** As an operator does who wants space back. */
function vacuum(path: string): void {
  const db = new Database(path, { timeout: 5_000 });
  db.exec('VACUUM');
  db.close();
}
