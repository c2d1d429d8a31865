import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openEmbeddedDriver } from '../drivers/embedded.ts';
import { migrate } from '../migrations/migrate.ts';
import { temporaryFolder } from '../testing/database-file.ts';

test('what the newest alert of a subject is, which every success asks, is answered from an index', async () => {
  const folder = temporaryFolder();
  const driver = await openEmbeddedDriver({ path: join(folder.path, 'test.db') });
  onTestFinished(async () => {
    await driver.close();
    folder[Symbol.dispose]();
  });
  await migrate(driver);
  const plan = async (order: string) => {
    const sql = `explain query plan select message from alerts ${order} limit 1`;
    const steps = (await driver.query({ sql, args: [] })).map(({ detail }) => String(detail)).join();
    expect(steps).not.toContain('TEMP B-TREE');
    return steps;
  };
  expect(await plan(`where subject = 'x' order by id desc`)).toMatch(/SEARCH alerts USING INDEX alerts_subject/);
  const last = await plan(`indexed by alerts_filed where subject = 'x' order by rowid desc`);
  expect(last).toMatch(/SEARCH alerts USING INDEX alerts_filed/);
});
